package import FlowIntegration
package import FlowMatching
import RealModule

/// Samples of p_0 and the trajectories that carry them, for figures and tables.
package struct FlowSamples: Sendable {
  /// Where the trajectories start and end: 0 and 1, or as near as the field exists.
  package let interval: (start: Double, end: Double)
  /// One per sample, with its trajectory.
  package let solutions: [Solution]

  /// How near to an end of time that has atoms trajectories go.
  package static let nearest = 0x1p-20

  /// - Parameters:
  ///   - start: points of p_0, rows of numbers.
  ///   - tolerance: relative and absolute.
  /// - Throws: what ``Flow`` throws.
  package init(
    of field: any VelocityField, from start: [Double], tolerance: Double = 1e-9
  ) throws(FlowError) {
    let interval = Self.interval(field, start)
    let flow = try Flow(
      of: field, solver: .dop853,
      steps: .adaptive(try Tolerance(relative: tolerance, absolute: tolerance)),
      keepsTrajectory: true)
    self.interval = interval
    solutions = try flow.solutions(from: interval.start, to: interval.end, at: start)
  }

  /// Whether the field exists at the very ends is found by asking it there.
  static func interval(_ field: any VelocityField, _ points: [Double]) -> (
    start: Double, end: Double
  ) {
    func exists(_ time: Time<Double>) -> Bool {
      (try? field.velocities(at: [time], of: points)) != nil
    }
    return (exists(.start) ? 0 : nearest, exists(.end) ? 1 : 1 - nearest)
  }

  /// Samples of p_0 of a path: `alpha(0) x1 + sigma(0) x0`.
  package static func start(
    _ target: any Target, _ path: any ProbabilityPath, count: Int, seed: UInt64
  ) -> [Double] {
    let d = target.dimension
    let schedule = path.schedule(at: .start)
    let data = RandomStream(seed: seed, stream: 2)
    let noise = RandomStream(seed: seed, stream: 1)
    return (0..<UInt64(count)).flatMap { index -> [Double] in
      let x1 = target.sample(index, from: data)
      let x0 =
        (target as? any SourcedTarget)?.noise.sample(index, from: noise)
        ?? noise.normals(d, at: index * UInt64((d + 1) / 2))
      return zip(x1, x0).map { (schedule.alpha * $0).addingProduct(schedule.sigma, $1) }
    }
  }

  /// The states at a time, clamped to where each trajectory came: rows of numbers.
  package func states(at t: Double) throws(FlowError) -> [Double] {
    var result: [Double] = []
    for solution in solutions {
      guard let trajectory = solution.trajectory else { continue }
      result += try trajectory.state(at: min(max(t, interval.start), solution.t))
    }
    return result
  }

  /// Points along every trajectory.
  func curves(points: Int) throws(FlowError) -> [[Double]] {
    var result: [[Double]] = []
    for solution in solutions {
      guard let trajectory = solution.trajectory else { continue }
      var curve: [Double] = []
      for k in 0..<points {
        let share = Double(k) / Double(points - 1)
        let t = interval.start + (solution.t - interval.start) * share
        curve += try trajectory.state(at: k == points - 1 ? solution.t : t)
      }
      result.append(curve)
    }
    return result
  }

  /// `1 - |x1 - x0| / length`, averaged over the trajectories: 0 for straight lines.
  func bend() throws(FlowError) -> Double {
    let curves = try curves(points: 201)
    let bends = curves.map { curve -> Double in
      let d = 2
      var length = 0.0
      for k in stride(from: d, to: curve.count, by: d) {
        length += Double.hypot(curve[k] - curve[k - d], curve[k + 1] - curve[k - d + 1])
      }
      let end = curve.count - d
      let direct = Double.hypot(curve[end] - curve[0], curve[end + 1] - curve[1])
      return length > 0 ? 1 - direct / length : 0
    }
    return bends.reduce(0, +) / Double(bends.count)
  }
}
