internal import CGSL

/// The GNU Scientific Library behind the solvers named `gsl_...`.
enum GSL {
  /// Called once before any other function of the library: its default error handler ends the
  /// process; without it every function returns a status instead.
  static let ready: Void = {
    gsl_set_error_handler_off()
  }()

  /// What a status of the library means.
  static func description(of status: Int32) -> String {
    String(cString: gsl_strerror(status))
  }
}
