import ArgumentParser
import FlowFiles
import FlowIntegration
import FlowMatching

/// A solver, its steps and the interval.
struct SolverOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The solver: \(Solver.all.map(\.name).joined(separator: ", ")).", valueName: "name"))
  var solver = "dop853"

  @Option(parsing: .unconditional, help: "The relative tolerance of a step.")
  var rtol: Double?

  @Option(parsing: .unconditional, help: "The absolute tolerance of a step.")
  var atol: Double?

  @Option(parsing: .unconditional, help: "This many equal steps instead of a tolerance.")
  var steps: Int?

  @Option(
    help: ArgumentHelp(
      "The step controller: \(Controller.all.map(\.name).joined(separator: ", ")).",
      valueName: "name"))
  var controller = "I"

  @Option(parsing: .unconditional, help: "The time at the noise end.")
  var t0 = 0.0

  @Option(parsing: .unconditional, help: "The time at the data end.")
  var t1 = 1.0

  mutating func validate() throws {
    guard let method = Solver.named(solver) else {
      throw ValidationError(
        "There is no solver \(solver); there are "
          + Solver.all.map(\.name).joined(separator: ", ") + ".")
    }
    guard Controller.all.contains(where: { $0.name == controller }) else {
      throw ValidationError("There is no controller \(controller).")
    }
    if steps != nil, rtol != nil || atol != nil {
      throw ValidationError("Give either --steps or --rtol and --atol.")
    }
    if steps == nil, !method.isAdaptive { throw ValidationError("\(solver) needs --steps.") }
  }

  var method: Solver { Solver.named(solver) ?? .dop853 }

  /// Equal steps, or a tolerance, `standard` where none is given.
  func control(standard: Double = 1e-8) throws(FlowError) -> StepControl {
    if let steps { return .fixed(steps: steps) }
    return .adaptive(
      try Tolerance(relative: rtol ?? standard, absolute: atol ?? standard),
      Controller.all.first { $0.name == controller } ?? .integral)
  }
}
