/// A method that moves points along a velocity field. The list ``Solver/all`` is what the oracle
/// offers and what the tests run through: a solver that is added there is tested.
public struct Solver: Sendable {
  /// What makes the steps.
  enum Method: Sendable {
    case rungeKutta(Tableau)
    case gsl(GSLStepper)
  }

  /// The name on the wire and on the command line.
  public let name: String
  let method: Method
  /// The numbers of the method in machine precision.
  let coefficients: ExplicitCoefficients?

  init(_ name: String, _ tableau: Tableau) {
    self.name = name
    method = .rungeKutta(tableau)
    coefficients = ExplicitCoefficients(tableau)
  }

  init(_ name: String, _ stepper: GSLStepper) {
    self.name = name
    method = .gsl(stepper)
    coefficients = nil
  }

  /// The exact coefficients, for the solvers that have their own.
  public var tableau: Tableau? {
    if case .rungeKutta(let tableau) = method { tableau } else { nil }
  }

  /// The first solver of the list whose steps of a given size are these, whatever its error estimate: `dopri5` for
  /// ``dopri5Shampine``; the solver itself where there is no other.
  package var stepsOf: Solver {
    guard let tableau else { return self }
    return Self.all.first { $0.tableau?.hasStages(of: tableau) ?? false } ?? self
  }

  /// The order of the global error in the step; `nil` for methods that choose their order.
  public var order: Int? {
    switch method {
    case .rungeKutta(let tableau): tableau.order
    case .gsl(let stepper): stepper.order
    }
  }

  /// One line: order, stages and source.
  package var help: String {
    switch method {
    case .rungeKutta(let tableau):
      let lower = tableau.embeddedOrder.map { "(\($0))" } ?? ""
      return "order \(tableau.order)\(lower), \(tableau.weights.count) stages; "
        + tableau.reference
    case .gsl(let stepper): return "GSL: \(stepper.help)"
    }
  }

  /// Whether it is a stepper of the GNU Scientific Library.
  public var isFromGSL: Bool { if case .gsl = method { true } else { false } }

  /// Whether the method estimates its error, so that it can choose its steps.
  public var isAdaptive: Bool {
    switch method {
    case .rungeKutta(let tableau): tableau.embedded != nil
    case .gsl: true
    }
  }

  /// Whether steps of a given size are possible; multistep methods choose theirs.
  public var takesFixedSteps: Bool {
    switch method {
    case .rungeKutta: true
    case .gsl(let stepper): !stepper.isMultistep
    }
  }

  /// Whether the method asks for the field's Jacobian and time derivative.
  public var needsJacobian: Bool {
    switch method {
    case .rungeKutta: false
    case .gsl(let stepper): stepper.needsJacobian
    }
  }

  /// Every solver.
  public static let all: [Solver] =
    [
      euler, midpoint, heun, rk4, rk4ThreeEighths, bogackiShampine, dopri5, dopri5Shampine, tsit5,
      verner65, dop853,
    ] + GSLStepper.allCases.map { Solver("gsl_\($0.rawValue)", $0) }

  /// The solver of that name.
  public static func named(_ name: String) -> Solver? {
    all.first { $0.name == name }
  }
}
