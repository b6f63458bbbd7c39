package import FlowIntegration
package import FlowMatching
import RealModule

/// One exact field, followed with few evaluations: how far from the exact ends the samples are, and how far their law from
/// the data's.
///
/// Trajectories start from exact samples `alpha x1 + sigma eps` of the first time, the same x1 and eps on every path, so
/// that the exact flow ends on exact samples of the last time. The times are those of the path between which `sigma/alpha`
/// is at most 50, with which `ve` begins, and at least 1/1000: there the log-SNR by which samplers space their steps is
/// finite. So on all paths the methods that ask for the denoiser do the same on the same spacing of log-SNR, but for the
/// factor alpha of their states.
package struct FewStepPanel: Sendable {
  /// One method at one setting.
  package struct Row: Sendable, Equatable {
    package let method: String
    /// `nil` for a solver that chooses its steps, and for the exact ends.
    package let spacing: StepSpacing?
    package let setting: BenchmarkSetting?
    /// Evaluations of the field per sample, the mean.
    package let nfe: Double
    /// The largest distance of a sample from the exact end of its trajectory; NaN, as all that follows, where a state
    /// left the range of double precision.
    package let largestError: Double
    /// The root of the mean of its square, which bounds the 2-Wasserstein distance of the samples.
    package let error: Double
    /// The median, which a few trajectories that end in another part of the data do not decide.
    package let medianError: Double
    /// The energy distance of the samples to as many of the target's own law at the last time.
    package let energy: EnergyDistance.Estimate
  }

  package let path: NamedPath
  package let target: NamedTarget
  package let field: MarginalField
  package let start: Time<Double>
  package let end: Time<Double>
  /// Rows of points at the first time.
  package let points: [Double]
  package let exact: ExactEnds
  private let data: EnergyDistance

  /// - Throws: what the path, the target and the flow throw.
  package init(
    path: NamedPath, target: NamedTarget, samples: Int, seed: UInt64
  ) throws(FlowError) {
    (self.path, self.target) = (path, target)
    field = MarginalField(path: path.path, target: target.target)
    (start, end) = try Self.window(of: path.path)
    points = Self.states(of: field, at: start, samples, seed: seed, streams: (2, 1))
    exact = try ExactEnds(of: field, from: start, to: end, at: points)
    data = try EnergyDistance(
      from: Self.states(of: field, at: end, samples, seed: seed, streams: (3, 4)),
      dimension: field.dimension)
  }

  /// The largest `sigma/alpha` of a first time.
  package static let startRatio = 50.0

  /// The first and the last time.
  static func window(
    of path: any ProbabilityPath
  ) throws(FlowError) -> (start: Time<Double>, end: Time<Double>) {
    let (first, last) = (-Double.log(startRatio), Double.log(SampleStudy.endRatio))
    return (
      path.logSNR(at: .start) >= first ? .start : try path.time(atLogSNR: first),
      path.logSNR(at: .end) <= last ? .end : try path.time(atLogSNR: last)
    )
  }

  /// Exact samples of p_t.
  private static func states(
    of field: MarginalField, at time: Time<Double>, _ count: Int, seed: UInt64,
    streams: (data: UInt64, noise: UInt64)
  ) -> [Double] {
    let schedule = field.path.schedule(at: time)
    let data = field.target.samples(count, from: RandomStream(seed: seed, stream: streams.data))
    let noise = RandomStream(seed: seed, stream: streams.noise)
      .normals(count * field.dimension, at: 0)
    return zip(data, noise).map { (schedule.alpha * $0).addingProduct(schedule.sigma, $1) }
  }

  /// Steps of a fixed number.
  /// - Throws: what the method throws.
  package func row(
    _ method: StepMethod, _ spacing: StepSpacing, steps: Int
  ) throws(FlowError) -> Row {
    let (ends, nfe) = try method.ends(
      of: field, at: try times(steps, spacing), from: points)
    return try row(method.name, spacing, .steps(steps), nfe, ends)
  }

  /// Steps that the solver chooses.
  package func row(_ solver: Solver, tolerance: Double) throws(FlowError) -> Row {
    let setting = BenchmarkSetting.tolerance(tolerance)
    let (ends, nfe) = try StepMethod.followed(
      field, solver, try setting.control(), between: (start.t, end.t), from: points)
    return try row(solver.name, nil, setting, nfe, ends)
  }

  /// The exact ends themselves: what a perfect sampler scores.
  package func exactRow() throws(FlowError) -> Row {
    try row("exact", nil, nil, .nan, exact.points)
  }

  private func row(
    _ name: String, _ spacing: StepSpacing?, _ setting: BenchmarkSetting?, _ nfe: Double,
    _ ends: [Double]?
  ) throws(FlowError) -> Row {
    let errors = ends.map {
      RowDistances.distances($0, exact.points, dimension: field.dimension)
    }
    return Row(
      method: name, spacing: spacing, setting: setting, nfe: nfe,
      largestError: errors.flatMap { $0.max() } ?? .nan,
      error: errors.map(RowDistances.rootMeanSquare) ?? .nan,
      medianError: errors.map(RowDistances.median) ?? .nan,
      energy: try ends.map { ends throws(FlowError) in try data.estimate(of: ends) } ?? .none)
  }

  func times(_ steps: Int, _ spacing: StepSpacing) throws(FlowError) -> [Time<Double>] {
    try spacing.times(steps, from: start, to: end, on: field.path)
  }
}
