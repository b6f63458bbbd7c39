import ArgumentParser
import FlowFiles
import FlowIntegration
import FlowMatching

/// A solver, its steps and the interval.
struct SolverOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The solver: \(Solver.all.map(\.name).joined(separator: ", ")) (default: dop853); for few steps of flow and "
        + "sample also \(FewStepMethod.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "name"))
  var solver: String?

  @Option(
    parsing: .unconditional,
    help: "The relative tolerance of a step (default: 1e-8; of a model 1e-5).")
  var rtol: Double?

  @Option(parsing: .unconditional, help: "The absolute tolerance of a step (default: as --rtol).")
  var atol: Double?

  @Option(parsing: .unconditional, help: "This many equal steps instead of a tolerance.")
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "Of --steps: time, log_snr or karras (default: time).", valueName: "name"))
  var spacing: String?

  @Option(
    help: ArgumentHelp(
      "The times between the steps, such as 0,0.5,0.9,1, instead of --steps, --t0 and --t1.",
      valueName: "numbers"))
  var times: TimeList?

  @Option(
    help: ArgumentHelp(
      "The step controller: \(Controller.all.map(\.name).joined(separator: ", ")) (default: I).",
      valueName: "name"))
  var controller: String?

  @Option(parsing: .unconditional, help: "The time at the noise end.")
  var t0 = 0.0

  @Option(parsing: .unconditional, help: "The time at the data end.")
  var t1 = 1.0

  mutating func validate() throws {
    let name = solver ?? Self.standard
    guard Solver.named(name) != nil || FewStepMethod(rawValue: name) != nil else {
      throw ValidationError(
        Nearest.refusal(
          "solver", name,
          among: Solver.all.map(\.name) + FewStepMethod.allCases.map(\.rawValue)))
    }
    let isAdaptive = Solver.named(name)?.isAdaptive ?? false
    if let controller {
      guard Controller.all.contains(where: { $0.name == controller }) else {
        throw ValidationError(
          Nearest.refusal("controller", controller, among: Controller.all.map(\.name)))
      }
      if hasSteps { throw ValidationError("--controller needs a tolerance, not given steps.") }
    }
    if steps != nil, rtol != nil || atol != nil {
      throw ValidationError("Give either --steps or --rtol and --atol.")
    }
    if times != nil, steps != nil || rtol != nil || atol != nil || spacing != nil {
      throw ValidationError("--times goes without --steps, --spacing, --rtol and --atol.")
    }
    if let times {
      if t0 != 0 || t1 != 1 {
        throw ValidationError("--times has both ends: leave out --t0 and --t1.")
      }
      guard times.values.count >= 2 else {
        throw ValidationError("--times needs two times or more.")
      }
      (t0, t1) = (times.values[0], times.values[times.values.count - 1])
    }
    if let spacing {
      guard StepSpacing(rawValue: spacing) != nil else {
        throw ValidationError(
          Nearest.refusal("spacing", spacing, among: StepSpacing.allCases.map(\.rawValue)))
      }
      if steps == nil { throw ValidationError("--spacing needs --steps.") }
    }
    if !hasSteps, !isAdaptive { throw ValidationError("\(name) needs --steps or --times.") }
  }

  private var hasSteps: Bool { steps != nil || times != nil }

  /// Whether anything is said about the solver itself.
  var isChosen: Bool {
    solver != nil || rtol != nil || atol != nil || steps != nil || controller != nil
      || times != nil
  }

  private static let standard = "dop853"

  var method: Solver { Solver.named(solver ?? Self.standard) ?? .dop853 }

  /// The method of few steps, if one is meant.
  var fewSteps: FewStepMethod? { solver.flatMap(FewStepMethod.init) }

  /// The sampler of few steps, if one is meant.
  func fewStepSampler(
    of field: MarginalField, from start: Double, to end: Double
  ) throws(FlowError) -> FewStepSampler? {
    guard let fewSteps else { return nil }
    return try FewStepSampler(
      of: field, method: fewSteps, times: try stepTimes(from: start, to: end, on: field.path))
  }

  /// Throws for a method of few steps where `what` is followed.
  func refuseFewSteps(_ what: String) throws {
    if let fewSteps {
      throw ValidationError(
        "--solver \(fewSteps.rawValue) goes by the exact denoiser: flow and sample of --data take it, not \(what)."
      )
    }
  }

  /// The times between given steps from `start` to `end`.
  func stepTimes(
    from start: Double, to end: Double, on path: any ProbabilityPath
  ) throws(FlowError) -> [Time<Double>] {
    guard let times else {
      return try (spacing.flatMap(StepSpacing.init) ?? .time).times(
        steps ?? 1, from: try Time(start), to: try Time(end), on: path)
    }
    var result: [Time<Double>] = []
    for t in start <= end ? times.values : times.values.reversed() {
      try FlowError.check(t, "times", in: 0...1)
      result.append(try Time(t))
    }
    return result
  }

  /// Given steps, or a tolerance, `standard` where none is given; `path` where steps may be spaced by it.
  func control(
    standard: Double = 1e-8, from start: Double, to end: Double, on path: any ProbabilityPath
  ) throws(FlowError) -> StepControl {
    guard times != nil || spacing != nil else { return try control(standard: standard) }
    return .times(try stepTimes(from: start, to: end, on: path).map(\.t))
  }

  /// Equal steps, given times, or a tolerance, `standard` where none is given.
  func control(standard: Double = 1e-8) throws(FlowError) -> StepControl {
    if let steps { return .fixed(steps: steps) }
    if let times { return .times(times.values) }
    return .adaptive(
      try Tolerance(relative: rtol ?? standard, absolute: atol ?? standard),
      Controller.all.first { $0.name == controller } ?? .integral)
  }
}
