import RealModule

/// The trigonometric path `alpha = sin(pi t/2)`, `sigma = cos(pi t/2)`.
///
/// *Proof*: `cosine_path_generates`, `cosine_schedule_rounding`.
/// *Reference*: Albergo et al. (2023).
public struct CosinePath: AffinePath {
  public let kind = "cosine"
  public let preservesVariance = true

  public init() {}

  /// Both functions take the distance to the nearer end: arguments of at most pi/4.
  @inlinable public func alpha<S: Scalar>(_ time: Time<S>) -> S {
    S.choose(
      time.t, below: 0.5, then: S.sinPi(time.t.scaled(by: 0.5)),
      otherwise: S.cosPi(time.remaining.scaled(by: 0.5)))
  }

  @inlinable public func sigma<S: Scalar>(_ time: Time<S>) -> S {
    S.choose(
      time.t, below: 0.5, then: S.cosPi(time.t.scaled(by: 0.5)),
      otherwise: S.sinPi(time.remaining.scaled(by: 0.5)))
  }

  /// `2 sin^2(pi (1 - t)/4)`.
  @inlinable public func deficit<S: Scalar>(_ time: Time<S>) -> S {
    let sine = S.sinPi(time.remaining.scaled(by: 0.25))
    return (sine * sine).scaled(by: 2)
  }

  /// `t = (2/pi) atan(e^l)`.
  public func time(atLogSNR logSNR: Double) throws(FlowError) -> Time<Double> {
    try checked(
      t: Double.atan(Double.exp(logSNR)) * 2 / .pi,
      remaining: Double.atan(Double.exp(-logSNR)) * 2 / .pi, logSNR: logSNR)
  }
}
