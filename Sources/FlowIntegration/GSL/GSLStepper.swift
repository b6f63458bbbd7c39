internal import CGSL

/// The eleven steppers of the GNU Scientific Library 2.7, with its own step control.
///
/// *Reference*: Galassi et al., GNU Scientific Library Reference Manual (2009), "Ordinary
/// Differential Equations".
enum GSLStepper: String, Sendable, CaseIterable {
  /// Explicit Runge-Kutta 2(3); the state goes on with the result of order 3.
  case rk2
  /// The classical method, its error by step doubling.
  case rk4
  /// Runge-Kutta-Fehlberg 4(5).
  case rkf45
  /// Runge-Kutta Cash-Karp 4(5).
  case rkck
  /// Runge-Kutta Prince-Dormand 8(9).
  case rk8pd
  /// Implicit Euler, its error by step doubling.
  case rk1imp
  /// The implicit midpoint rule.
  case rk2imp
  /// Gauss' implicit method of order 4.
  case rk4imp
  /// Bader and Deuflhard's semi-implicit extrapolation.
  case bsimp
  /// Adams' multistep method in Nordsieck form, orders 1 to 12.
  case msadams
  /// The backward differentiation formulas in Nordsieck form, orders 1 to 5.
  case msbdf

  /// The order of the global error; `nil` where the method chooses it.
  var order: Int? {
    switch self {
    case .rk1imp: 1
    case .rk2imp: 2
    case .rk2: 3
    case .rk4, .rk4imp: 4
    case .rkf45, .rkck: 5
    case .rk8pd: 8
    case .bsimp, .msadams, .msbdf: nil
    }
  }

  /// One line.
  var help: String {
    switch self {
    case .rk2: "explicit Runge-Kutta 2(3)"
    case .rk4: "the classical method, its error by step doubling"
    case .rkf45: "Runge-Kutta-Fehlberg 4(5)"
    case .rkck: "Runge-Kutta Cash-Karp 4(5)"
    case .rk8pd: "Runge-Kutta Prince-Dormand 8(9)"
    case .rk1imp: "implicit Euler, its error by step doubling"
    case .rk2imp: "the implicit midpoint rule"
    case .rk4imp: "Gauss' implicit method of order 4"
    case .bsimp: "Bader and Deuflhard's semi-implicit extrapolation"
    case .msadams: "Adams' multistep method in Nordsieck form, orders 1 to 12"
    case .msbdf: "backward differentiation formulas in Nordsieck form, orders 1 to 5"
    }
  }

  var isMultistep: Bool { self == .msadams || self == .msbdf }

  var needsJacobian: Bool {
    switch self {
    case .rk1imp, .rk2imp, .rk4imp, .bsimp, .msbdf: true
    case .rk2, .rk4, .rkf45, .rkck, .rk8pd, .msadams: false
    }
  }

  /// The library's own object.
  var type: UnsafePointer<gsl_odeiv2_step_type> {
    switch self {
    case .rk2: cgsl_step_rk2()
    case .rk4: cgsl_step_rk4()
    case .rkf45: cgsl_step_rkf45()
    case .rkck: cgsl_step_rkck()
    case .rk8pd: cgsl_step_rk8pd()
    case .rk1imp: cgsl_step_rk1imp()
    case .rk2imp: cgsl_step_rk2imp()
    case .rk4imp: cgsl_step_rk4imp()
    case .bsimp: cgsl_step_bsimp()
    case .msadams: cgsl_step_msadams()
    case .msbdf: cgsl_step_msbdf()
    }
  }
}
