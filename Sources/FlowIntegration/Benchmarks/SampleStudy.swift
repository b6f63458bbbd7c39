public import FlowMatching
import RealModule

/// What the samples of one path and one target are worth, by solver and by number of evaluations, on the
/// exact field: no training, so that all that is wrong is the solver's.
///
/// Trajectories start from exact samples `alpha x1 + sigma eps` of p_0, with the same x1 and eps for
/// every path, and end at the time at which `sigma/alpha = 1/1000`, the same remaining noise for every
/// path (`ot`: t = 0.999; `vp`: 1 - t = 1e-5, where its paper ends). The exact flow then gives exact
/// samples, and what remains of the distances to the data is that of finite sets.
public struct SampleStudy: Sendable {
  /// One solver at one setting.
  public struct Row: Sendable, Equatable {
    /// A solver; `reference` is the solution at 1e-13.
    public let solver: String
    /// Steps or a tolerance.
    public let setting: String
    /// Function evaluations, mean over the trajectories.
    public let nfe: Double
    /// The root mean square distance of the samples from where the reference carries the same starting
    /// points; it bounds the 2-Wasserstein distance of the laws.
    public let error: Double
    /// The energy distance of the samples to as many of the data, unbiased.
    public let energyDistance: Double
    /// The sliced 2-Wasserstein distance to the same data.
    public let slicedDistance: Double
    /// `1 - |x1 - x0|/length` of the trajectories through the solver's steps, mean over the first of
    /// them; 0 is a straight line.
    public let straightness: Double
    /// How many trajectories did not arrive; the other numbers are not numbers if any.
    public let failures: Int

    public init(
      solver: String, setting: String, nfe: Double, error: Double, energyDistance: Double,
      slicedDistance: Double, straightness: Double, failures: Int
    ) {
      self.solver = solver
      self.setting = setting
      self.nfe = nfe
      self.error = error
      self.energyDistance = energyDistance
      self.slicedDistance = slicedDistance
      self.straightness = straightness
      self.failures = failures
    }
  }

  /// The exact field.
  public let field: MarginalField
  /// How many samples.
  public let count: Int
  /// Where the trajectories end.
  public let end: Double
  private let starts: [Double]
  private let data: [Double]
  private let dataSpread: Double
  private let reference: [Double]

  /// Where `alpha/sigma` ends.
  public static let endRatio = 1000.0
  /// How many trajectories lengths are measured on.
  public static let measured = 256

  /// - Throws: what the field throws; `noConvergence`, `outOfDomain` for fewer than two samples.
  public init(
    path: any ProbabilityPath, target: any Target, count: Int, seed: UInt64
  ) throws(FlowError) {
    guard count >= 2 else {
      throw FlowError.outOfDomain("samples", count, accepted: "[2, infinity)")
    }
    field = MarginalField(path: path, target: target)
    self.count = count
    let last = path.schedule(at: .end)
    end =
      last.sigma * Self.endRatio >= last.alpha
      ? 1 : try path.time(atLogSNR: Double.log(Self.endRatio)).t
    let d = target.dimension
    func stream(_ k: UInt64) -> RandomStream { RandomStream(seed: seed, stream: k) }
    let first = path.schedule(at: .start)
    starts = zip(target.samples(count, from: stream(2)), stream(1).normals(count * d, at: 0)).map {
      (first.alpha * $0).addingProduct(first.sigma, $1)
    }
    data = target.samples(count, from: stream(3))
    dataSpread = SampleDistance.spread(data, dimension: d)
    reference = try ReferenceFlow.ends(of: field, from: 0, to: end, at: starts)
  }

  /// The reference itself: its samples against the data, and how much its trajectories bend,
  /// `1 - |x1 - x0|/length` through eight points to a step, ascending.
  public func referenceRow() throws(FlowError) -> (row: Row, bends: [Double]) {
    let setting = BenchmarkSetting.tolerance(ReferenceFlow.tolerance)
    return try row(.dop853, setting, name: "reference", parts: 8)
  }

  /// One row of the table.
  /// - Throws: `unsupported` where the solver cannot be set like that.
  public func row(_ solver: Solver, _ setting: BenchmarkSetting) throws(FlowError) -> Row {
    try row(solver, setting, name: solver.name, parts: 1).row
  }

  private func row(
    _ solver: Solver, _ setting: BenchmarkSetting, name: String, parts: Int
  ) throws(FlowError) -> (row: Row, bends: [Double]) {
    let d = field.dimension
    let control = try setting.control()
    let solutions = try Flow(of: field, solver: solver, steps: control).solutions(
      from: 0, to: end, at: starts)
    let failures = solutions.count { !$0.status.arrives }
    let nfe = solutions.reduce(0) { $0 + Double($1.evaluations.total) } / Double(count)
    let samples = solutions.flatMap(\.x)
    guard failures == 0, samples.allSatisfy(\.isFinite) else {
      let nothing = Row(
        solver: name, setting: setting.text, nfe: nfe, error: .nan, energyDistance: .nan,
        slicedDistance: .nan, straightness: .nan, failures: failures)
      return (nothing, [])
    }
    let kept = try Flow(of: field, solver: solver, steps: control, keepsTrajectory: true)
    let bends = try bends(kept, parts)
    let row = Row(
      solver: name, setting: setting.text, nfe: nfe,
      error: RowDistances.rootMeanSquare(RowDistances.distances(samples, reference, dimension: d)),
      energyDistance: SampleDistance.energy(
        samples, data, dimension: d, spreadOfSecond: dataSpread),
      slicedDistance: try SampleDistance.slicedWasserstein(samples, data, dimension: d),
      straightness: bends.reduce(0, +) / Double(bends.count), failures: 0)
    return (row, bends.sorted())
  }

  /// `1 - |x1 - x0|/length` of a flow's trajectories, each step in `parts`.
  private func bends(_ flow: Flow, _ parts: Int) throws(FlowError) -> [Double] {
    let d = field.dimension
    var bends: [Double] = []
    // Trajectories are kept for a few at a time: in 64 dimensions they are large.
    for first in stride(from: 0, to: min(Self.measured, count), by: 64) {
      let last = min(first + 64, min(Self.measured, count))
      let solutions = try flow.solutions(
        from: 0, to: end, at: Array(starts[first * d..<last * d]))
      for solution in solutions {
        guard let trajectory = solution.trajectory else { continue }
        let states = try trajectory.refined(parts)
        var length = 0.0
        for (a, b) in zip(states, states.dropFirst()) {
          length += RowDistances.distances(a, b, dimension: d)[0]
        }
        let chord = RowDistances.distances(states[0], states[states.count - 1], dimension: d)[0]
        bends.append(length > 0 ? 1 - chord / length : 0)
      }
    }
    return bends
  }

  /// Distances of as many exact samples to the data, from other sets: what a perfect sampler scores.
  public func floor(
    draws: Int, seed: UInt64
  ) throws(FlowError) -> [(energy: Double, sliced: Double)] {
    let d = field.dimension
    var result: [(energy: Double, sliced: Double)] = []
    for k in 0..<UInt64(draws) {
      let fresh = field.target.samples(count, from: RandomStream(seed: seed, stream: 100 + k))
      result.append(
        (
          SampleDistance.energy(fresh, data, dimension: d, spreadOfSecond: dataSpread),
          try SampleDistance.slicedWasserstein(fresh, data, dimension: d)
        ))
    }
    return result
  }
}

extension Trajectory {
  /// The states at the steps and between them, each step in `parts`.
  func refined(_ parts: Int) throws(FlowError) -> [[Double]] {
    guard parts > 1 else { return states }
    var result = [states[0]]
    for (a, b) in zip(times, times.dropFirst()) {
      for part in 1..<parts {
        result.append(try state(at: a + (b - a) * (Double(part) / Double(parts))))
      }
      result.append(try state(at: b))
    }
    return result
  }
}
