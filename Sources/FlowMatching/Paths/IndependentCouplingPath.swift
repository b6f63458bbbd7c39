import RealModule

/// The path of independent-coupling conditional flow matching with its noise point integrated out:
/// `alpha = t`, `sigma = sqrt((1 - t)^2 + s^2)`.
///
/// A pair (x0, x1) moves on a straight line inside a tube of constant std s; averaged over
/// x0 ~ N(0, I) that is an affine Gaussian path, and the averaged field is its Theorem-3 field.
///
/// *Proof*: `icfm_path_generates`, `icfm_average`, `icfm_schedule_rounding`.
/// *Reference*: Tong et al. (2023), section 3.2.2.
public struct IndependentCouplingPath: AffinePath {
  public let kind = "icfm"
  /// The std s of the tube.
  public let tubeSigma: Double

  /// - Throws: `outOfDomain` for a negative `sigma`.
  public init(sigma: Double) throws(FlowError) {
    try FlowError.checkNonNegative(sigma, "sigma")
    tubeSigma = sigma
  }

  @inlinable public func alpha<S: Scalar>(_ time: Time<S>) -> S { time.t }
  @inlinable public func deficit<S: Scalar>(_ time: Time<S>) -> S { time.remaining }

  /// Without a tube t; with one `(1 - sigma^2)/(1 + sigma)`.
  @inlinable public func noiseDeficit<S: Scalar>(_ time: Time<S>, alpha: S, sigma: S) -> S {
    let (t, one) = (time.t, S(1.0))
    if tubeSigma == 0 { return t }
    let rest = (t * (one + time.remaining)).addingProduct(S(-tubeSigma), S(tubeSigma))
    return rest / (one + sigma)
  }

  @inlinable public func sigma<S: Scalar>(_ time: Time<S>) -> S {
    tubeSigma == 0 ? time.remaining : S.hypot(time.remaining, S(tubeSigma))
  }

  @inlinable public func variance<S: Scalar>(_ time: Time<S>) -> S {
    S(tubeSigma * tubeSigma).addingProduct(time.remaining, time.remaining)
  }

  /// With `k = e^(-2 l)`, `c = 1 + s^2`, `D = sqrt(k c - s^2)`: `t = c/(1 + D)`,
  /// `1 - t = (k - s^2)/(k + D)`.
  public func time(atLogSNR logSNR: Double) throws(FlowError) -> Time<Double> {
    let square = tubeSigma * tubeSigma
    if logSNR < 0 {
      let ratio = Double.exp(logSNR)
      let reduced = 1 - square * ratio * ratio
      let root = (1 + square * (1 - ratio * ratio)).squareRoot()
      return try checked(
        t: (1 + square) * ratio / (ratio + root), remaining: reduced / (1 + ratio * root),
        logSNR: logSNR)
    }
    let k = Double.exp(-2 * logSNR)
    let root = max(0, k + square * (k - 1)).squareRoot()
    return try checked(
      t: (1 + square) / (1 + root), remaining: (k - square) / (k + root), logSNR: logSNR)
  }
}
