import FlowMatching

/// Stands for the steppers of the GNU Scientific Library where the package is built without it
/// (`FLOWREF_GSL=no`): there are none, and the compiler knows it.
enum GSLStepper: Sendable, CaseIterable {
  static var allCases: [GSLStepper] { [] }

  var rawValue: String { switch self {} }
  var order: Int? { switch self {} }
  var isMultistep: Bool { switch self {} }
  var needsJacobian: Bool { switch self {} }
  var help: String { switch self {} }
}

/// A run of a stepper that there is not.
struct GSLRun {
  private let stepper: GSLStepper

  init(
    _ system: any FlowSystem, _ stepper: GSLStepper, _ tolerance: Tolerance, from start: Double,
    to end: Double, state: [Double], keepsTrajectory: Bool, budget: Budget? = nil
  ) {
    self.stepper = stepper
  }

  func run(steps: Int) -> Solution { switch stepper {} }
  func run(first: Double, limit: Int) -> Solution { switch stepper {} }
  func single(_ h: Double) throws(FlowError) -> (x: [Double], error: [Double]) {
    switch stepper {}
  }
}
