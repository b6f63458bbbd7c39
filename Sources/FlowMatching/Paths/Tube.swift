/// The law of the noise around the interpolant of a pair, as a function of alpha and sigma: `x = alpha x1 + sigma x0 +
/// sqrt(c) e`.
///
/// *Reference*: Tong et al. (2023), section 3.2; Albergo et al. (2023).
public enum Tube: Sendable, Equatable {
  case none
  /// `c = s^2`: on `ot` the pairs of ``PairField/icfm``, on `cosine` those of
  /// ``PairField/vpTrigonometric``.
  case constant(std: Double)
  /// `c = s^2 alpha sigma`: on `ot` the pairs of ``PairField/schrodingerBridge``.
  case bridge(std: Double)
}

/// The tube's variance c and its derivatives in alpha and in sigma.
struct TubeParts<S: Scalar> {
  var variance: S
  var alphaSlope: S
  var sigmaSlope: S
}

extension Tube {
  func parts<S: Scalar>(_ schedule: Schedule<S>) -> TubeParts<S> {
    let zero = S(0.0)
    switch self {
    case .none: return TubeParts(variance: zero, alphaSlope: zero, sigmaSlope: zero)
    case .constant(let std):
      return TubeParts(variance: S(std * std), alphaSlope: zero, sigmaSlope: zero)
    case .bridge(let std):
      let square = std * std
      return TubeParts(
        variance: (schedule.alpha * schedule.sigma).scaled(by: square),
        alphaSlope: schedule.sigma.scaled(by: square), sigmaSlope: schedule.alpha.scaled(by: square)
      )
    }
  }
}
