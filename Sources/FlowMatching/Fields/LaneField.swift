/// A velocity field that evaluates eight points side by side, each at its own time, without building
/// arrays: what a solver that advances eight trajectories at once asks thousands of times.
///
/// Lanes are independent: what stands in one lane never changes the bits of another.
public protocol LaneField: VelocityField {
  /// `dx/dt` of eight points: `x` and `velocity` hold one `Lanes` per axis. A lane whose result
  /// leaves the range of double precision is not finite; the caller looks.
  /// - Throws: as ``VelocityField/velocities(at:of:)``, when any of the lanes would.
  func velocity(
    at times: Time<Lanes>, of x: UnsafePointer<Lanes>, into velocity: UnsafeMutablePointer<Lanes>
  ) throws(FlowError)
}

extension MarginalField: LaneField {
  public func velocity(
    at times: Time<Lanes>, of x: UnsafePointer<Lanes>, into velocity: UnsafeMutablePointer<Lanes>
  ) throws(FlowError) {
    let d = target.dimension
    let schedule = path.schedule(at: times)
    try check(x, schedule, times)
    if let small = abilities.small {
      let rate = schedule.noiseRate(isSourced: false)
      withUnsafeTemporaryAllocation(of: Lanes.self, capacity: d + small.scratchCount) { memory in
        let g = memory.baseAddress!
        small.means(
          of: x, small.scales(schedule), denoiser: velocity, negativeScore: g, g + d)
        for i in 0..<d {
          velocity[i] = schedule.flow(velocity[i], g[i], rate: rate)
        }
      }
      return
    }
    let points = Array(UnsafeBufferPointer(start: x, count: d))
    let quantity = MarginalQuantity.velocity
    let posterior = try target.posterior(of: points, at: schedule, quantity.moments)
    for (i, component) in quantity.lanes(posterior, at: schedule, x: points).enumerated() {
      velocity[i] = component
    }
  }

  /// Throws where the velocity of one lane does not exist.
  private func check(
    _ x: UnsafePointer<Lanes>, _ schedule: Schedule<Lanes>, _ times: Time<Lanes>
  ) throws(FlowError) {
    // Infinities and what is not a number leave a remainder.
    let remainder = (schedule.alphaDot + schedule.varianceDot).scaled(by: 0)
    // A mixture exists wherever there is noise.
    let existsInNoise = abilities.small != nil
    if existsInNoise, Lanes.all(remainder, below: schedule.variance) { return }
    for lane in 0..<Lanes.count {
      guard schedule.alphaDot[lane].isFinite, schedule.varianceDot[lane].isFinite,
        !abilities.isSourced || schedule.sigmaDot[lane].isFinite
      else {
        throw FlowError.singular(
          "t", "the path's derivative is infinite at t = \(times.t[lane])")
      }
      if existsInNoise, schedule.variance[lane] > 0 { continue }
      let point = (0..<target.dimension).map { x[$0][lane] }
      try abilities.check(
        point[...], at: schedule.mapped { $0[lane] }, for: MarginalQuantity.velocity.moments)
    }
  }
}
