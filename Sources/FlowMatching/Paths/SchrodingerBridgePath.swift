import RealModule

/// The path of the Brownian-bridge pair field with its noise point integrated out (independent
/// coupling): `alpha = t`, `sigma^2 = (1 - t)((1 - t) + s^2 t)`.
///
/// The name is the literature's; with independent coupling this is a Brownian-bridge interpolant.
///
/// *Proof*: `schrodinger_bridge_path_generates`, `schrodinger_bridge_average`,
/// `bridge_schedule_rounding`.
/// *Reference*: Tong et al. (2023), section 3.2.4.
public struct SchrodingerBridgePath: AffinePath {
  public let kind = "schrodinger_bridge"
  /// The diffusion s of the bridge.
  public let bridgeSigma: Double

  /// - Throws: `outOfDomain` unless `sigma > 0`.
  public init(sigma: Double) throws(FlowError) {
    try FlowError.checkPositive(sigma, "sigma")
    bridgeSigma = sigma
  }

  @inlinable public func alpha<S: Scalar>(_ time: Time<S>) -> S { time.t }
  @inlinable public func deficit<S: Scalar>(_ time: Time<S>) -> S { time.remaining }

  /// `(1 - sigma^2)/(1 + sigma)`.
  @inlinable public func noiseDeficit<S: Scalar>(_ time: Time<S>, alpha: S, sigma: S) -> S {
    let square = bridgeSigma * bridgeSigma
    let slope = S(2 - square).addingProduct(time.t, constant: square - 1)
    return time.t * slope / (S(1.0) + sigma)
  }

  @inlinable public func variance<S: Scalar>(_ time: Time<S>) -> S {
    time.remaining * time.remaining.addingProduct(time.t, constant: bridgeSigma * bridgeSigma)
  }

  @inlinable public func sigma<S: Scalar>(_ time: Time<S>) -> S { S.sqrt(variance(time)) }

  /// With `k = e^(-2 l)`, `h = 1 - s^2/2`, `D = sqrt(k + s^4/4)`: `t = 1/(h + D)`,
  /// `1 - t = k/(k + s^2/2 + D)`.
  public func time(atLogSNR logSNR: Double) throws(FlowError) -> Time<Double> {
    let half = bridgeSigma * bridgeSigma / 2
    let h = 1 - half
    // For l < 0 everything is divided by the growing powers of e^-l.
    let ratio = Double.exp(-abs(logSNR))
    let (one, unit) = logSNR < 0 ? (ratio, 1.0) : (1.0, ratio)
    let root = Double.hypot(unit, half * one)
    let t =
      h >= 0
      ? one / (h * one + root)
      : one * (root - h * one) / (unit * unit + (2 * half - 1) * one * one)
    let remaining = unit * unit / (unit * unit + half * one * one + root * one)
    return try checked(t: t, remaining: remaining, logSNR: logSNR)
  }
}
