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
    var schedule = path.schedule(
      at: Time(t: times.t[0], remaining: times.remaining[0])
    ).mapped { Lanes($0) }
    try check(x, schedule, lane: 0, times)
    for lane in 1..<Lanes.count {
      let time = Time(t: times.t[lane], remaining: times.remaining[lane])
      schedule.set(lane, to: path.schedule(at: time))
      try check(x, schedule, lane: lane, times)
    }
    let halfVarianceDot = schedule.varianceDot.scaled(by: 0.5)
    if let small {
      withUnsafeTemporaryAllocation(of: Lanes.self, capacity: d) { scores in
        let g = scores.baseAddress!
        small.means(of: x, at: schedule, denoiser: velocity, negativeScore: g)
        for i in 0..<d {
          velocity[i] = (schedule.alphaDot * velocity[i]).addingProduct(halfVarianceDot, g[i])
        }
      }
      return
    }
    let points = Array(UnsafeBufferPointer(start: x, count: d))
    let posterior = try target.posterior(of: points, at: schedule, .means)
    for i in 0..<d {
      velocity[i] = (schedule.alphaDot * posterior.denoiser[i])
        .addingProduct(halfVarianceDot, posterior.negativeScore[i])
    }
  }

  /// Throws where the velocity of one lane does not exist.
  private func check(
    _ x: UnsafePointer<Lanes>, _ schedule: Schedule<Lanes>, lane: Int, _ times: Time<Lanes>
  ) throws(FlowError) {
    guard schedule.alphaDot[lane].isFinite, schedule.varianceDot[lane].isFinite else {
      throw FlowError.singular(
        "t", "the path's derivative is infinite at t = \(times.t[lane])")
    }
    // A mixture exists wherever there is noise.
    if small != nil, schedule.variance[lane] > 0 { return }
    let point = (0..<target.dimension).map { x[$0][lane] }
    try target.check(point[...], at: schedule.mapped { $0[lane] })
  }
}

extension Schedule where S == Lanes {
  /// Replaces one lane.
  fileprivate mutating func set(_ lane: Int, to other: Schedule<Double>) {
    alpha[lane] = other.alpha
    sigma[lane] = other.sigma
    variance[lane] = other.variance
    alphaDot[lane] = other.alphaDot
    sigmaDot[lane] = other.sigmaDot
    varianceDot[lane] = other.varianceDot
  }
}
