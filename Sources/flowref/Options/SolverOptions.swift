import ArgumentParser
import FlowFiles
import FlowIntegration
import FlowMatching

/// A solver, its steps and the interval.
struct SolverOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The solver: \(Solver.all.map(\.name).joined(separator: ", ")) (default: dop853).",
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
      "The step controller: \(Controller.all.map(\.name).joined(separator: ", ")) (default: I).",
      valueName: "name"))
  var controller: String?

  @Option(parsing: .unconditional, help: "The time at the noise end.")
  var t0 = 0.0

  @Option(parsing: .unconditional, help: "The time at the data end.")
  var t1 = 1.0

  mutating func validate() throws {
    let name = solver ?? Self.standard
    guard let method = Solver.named(name) else {
      throw ValidationError(
        Nearest.refusal("solver", name, among: Solver.all.map(\.name)))
    }
    if let controller {
      guard Controller.all.contains(where: { $0.name == controller }) else {
        throw ValidationError(
          Nearest.refusal("controller", controller, among: Controller.all.map(\.name)))
      }
      if steps != nil { throw ValidationError("--controller needs a tolerance, not --steps.") }
    }
    if steps != nil, rtol != nil || atol != nil {
      throw ValidationError("Give either --steps or --rtol and --atol.")
    }
    if steps == nil, !method.isAdaptive { throw ValidationError("\(name) needs --steps.") }
  }

  /// Whether anything is said about the solver itself.
  var isChosen: Bool {
    solver != nil || rtol != nil || atol != nil || steps != nil || controller != nil
  }

  private static let standard = "dop853"

  var method: Solver { Solver.named(solver ?? Self.standard) ?? .dop853 }

  /// Equal steps, or a tolerance, `standard` where none is given.
  func control(standard: Double = 1e-8) throws(FlowError) -> StepControl {
    if let steps { return .fixed(steps: steps) }
    return .adaptive(
      try Tolerance(relative: rtol ?? standard, absolute: atol ?? standard),
      Controller.all.first { $0.name == controller } ?? .integral)
  }
}
