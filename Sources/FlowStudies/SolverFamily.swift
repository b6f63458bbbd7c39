import FlowIntegration

/// The families that figures show apart.
enum SolverFamily {
  static func name(of solver: String) -> String {
    guard let solver = Solver.named(solver) else { return "other solvers" }
    return solver.isFromGSL
      ? "steppers of the GNU Scientific Library" : "explicit Runge-Kutta methods"
  }
}
