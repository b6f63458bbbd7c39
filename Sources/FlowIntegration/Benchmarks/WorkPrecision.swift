import Dispatch
public import FlowMatching

/// How much a solver works for how small an error, on one field and one set of starting points.
///
/// *Reference*: Hairer, Norsett and Wanner (1993), section II.10.
public struct WorkPrecision: Sendable {
  /// One solver at one setting.
  public struct Row: Sendable {
    public let solver: String
    public let setting: BenchmarkSetting
    /// Accepted steps, mean over the trajectories.
    public let steps: Double
    /// Function evaluations, mean over the trajectories.
    public let nfe: Double
    /// Jacobian evaluations, which are not among them.
    public let jacobians: Double
    /// The root mean square distance from the reference at the end.
    public let finalError: Double
    /// The largest distance from it over all trajectories at the checkpoints, each reached by an integration of
    /// its own.
    public let largestError: Double
    /// Wall-clock time for all trajectories to the end, the best of several runs.
    public let seconds: Double
    /// How many trajectories did not arrive; the errors are not numbers if any.
    public let failures: Int
  }

  /// The field that is followed.
  public let field: any VelocityField
  /// The time at which trajectories start.
  public let start: Double
  public let end: Double
  /// Rows of points at the start.
  public let points: [Double]
  /// The reference's distance from the same solver at ten times the tolerance, root mean square at the
  /// end: what errors below it mean.
  public let referenceError: Double
  private let references: [[Double]]
  /// At how many equidistant times, the end among them, errors are looked at.
  public let checkpoints: Int

  /// - Throws: what the field and ``Flow`` throw; `noConvergence`; `outOfDomain` for less than one checkpoint.
  public init(
    of field: any VelocityField, from start: Double, to end: Double, at points: [Double],
    checkpoints: Int = 8
  ) throws(FlowError) {
    guard checkpoints > 0 else {
      throw FlowError.outOfDomain("checkpoints", checkpoints, accepted: "[1, infinity)")
    }
    self.checkpoints = checkpoints
    self.field = field
    self.start = start
    self.end = end
    self.points = points
    var references: [[Double]] = []
    for k in 1...checkpoints {
      references.append(
        try ReferenceFlow.ends(
          of: field, from: start, to: Self.time(k, of: checkpoints, start, end), at: points))
    }
    self.references = references
    let looser = try ReferenceFlow.ends(
      of: field, from: start, to: end, at: points, tolerance: 10 * ReferenceFlow.tolerance)
    referenceError = RowDistances.rootMeanSquare(
      RowDistances.distances(looser, references[checkpoints - 1], dimension: field.dimension))
  }

  private static func time(
    _ k: Int, of checkpoints: Int, _ start: Double, _ end: Double
  ) -> Double {
    k == checkpoints ? end : start + (end - start) * (Double(k) / Double(checkpoints))
  }

  /// What a solver is worth trying at: tolerances for the adaptive ones, down to where a method of its
  /// order would need some ten thousand steps, else equal steps, a multiple of the checkpoints.
  public static func settings(for solver: Solver) -> [BenchmarkSetting] {
    guard solver.isAdaptive else { return (3...11).map { .steps(1 << $0) } }
    let smallest = min(12, 3 * ((solver.order ?? 4) + 1))
    return BenchmarkSetting.decades.prefix(smallest).map { .tolerance($0) }
  }

  /// One row of the table.
  /// - Throws: `unsupported` where the solver cannot be set like that.
  public func row(_ solver: Solver, _ setting: BenchmarkSetting) throws(FlowError) -> Row {
    var largest = 0.0
    var failures = 0
    let d = field.dimension
    for k in 1..<checkpoints {
      let solutions = try solve(solver, setting, to: k)
      failures = max(failures, solutions.count { !$0.status.arrives })
      let ends = solutions.flatMap(\.x)
      largest = max(
        largest, RowDistances.distances(ends, references[k - 1], dimension: d).max() ?? 0)
    }
    var seconds = Double.infinity
    var spent = 0.0
    var solutions: [Solution] = []
    repeat {
      let begin = DispatchTime.now().uptimeNanoseconds
      solutions = try solve(solver, setting, to: checkpoints)
      let elapsed = Double(DispatchTime.now().uptimeNanoseconds - begin) * 1e-9
      seconds = min(seconds, elapsed)
      spent += elapsed
    } while spent < 0.03
    failures = max(failures, solutions.count { !$0.status.arrives })
    let errors = RowDistances.distances(
      solutions.flatMap(\.x), references[checkpoints - 1], dimension: d)
    func mean(_ count: (Solution) -> Int) -> Double {
      solutions.reduce(0) { $0 + Double(count($1)) } / Double(solutions.count)
    }
    return Row(
      solver: solver.name, setting: setting, steps: mean(\.accepted),
      nfe: mean(\.evaluations.total), jacobians: mean(\.evaluations.jacobians),
      finalError: failures == 0 ? RowDistances.rootMeanSquare(errors) : .nan,
      largestError: failures == 0 ? max(largest, errors.max() ?? 0) : .nan, seconds: seconds,
      failures: failures)
  }

  private func solve(
    _ solver: Solver, _ setting: BenchmarkSetting, to checkpoint: Int
  ) throws(FlowError) -> [Solution] {
    var part = setting
    if case .steps(let count) = setting {
      guard count.isMultiple(of: checkpoints) else {
        throw FlowError.outOfDomain(
          "steps", count, accepted: "the multiples of \(checkpoints)")
      }
      part = .steps(count * checkpoint / checkpoints)
    }
    return try Flow(of: field, solver: solver, steps: try part.control()).solutions(
      from: start, to: Self.time(checkpoint, of: checkpoints, start, end), at: points)
  }
}
