import RealModule

/// `alpha = t^n`, `sigma = 1 - t^n`.
///
/// *Proof*: `polynomial_path_generates`, `polynomial_schedule_rounding`.
public struct PolynomialPath: AffinePath {
  public let kind = "polynomial"
  /// n.
  public let exponent: Double

  /// - Throws: `outOfDomain` unless `exponent > 0`.
  public init(exponent: Double) throws(FlowError) {
    try FlowError.checkPositive(exponent, "exponent")
    self.exponent = exponent
  }

  /// After t = 1/2 through `log t = log(1 - r)`: t itself may be rounded there.
  @inlinable func lateLogarithm<S: Scalar>(_ time: Time<S>) -> S {
    S.log(onePlus: -time.remaining).scaled(by: exponent)
  }

  @inlinable public func alpha<S: Scalar>(_ time: Time<S>) -> S {
    S.choose(
      time.t, below: 0.5, then: S.power(time.t, exponent),
      otherwise: S.exp(lateLogarithm(time)))
  }

  /// `n log t`.
  @inlinable public func logAlpha<S: Scalar>(_ time: Time<S>) -> S {
    S.choose(
      time.t, below: 0.5, then: S.log(time.t).scaled(by: exponent),
      otherwise: lateLogarithm(time))
  }

  @inlinable public func sigma<S: Scalar>(_ time: Time<S>) -> S {
    S.choose(
      time.t, below: 0.5, then: -S.powerMinusOne(time.t, exponent),
      otherwise: -S.expMinusOne(lateLogarithm(time)))
  }

  @inlinable public func deficit<S: Scalar>(_ time: Time<S>) -> S { sigma(time) }
  @inlinable public func noiseDeficit<S: Scalar>(_ time: Time<S>, alpha: S, sigma: S) -> S { alpha }

  /// `t = (1 + e^-l)^(-1/n)`.
  public func time(atLogSNR logSNR: Double) throws(FlowError) -> Time<Double> {
    let softplus =
      logSNR < 0
      ? -logSNR + Double.log(onePlus: Double.exp(logSNR))
      : Double.log(onePlus: Double.exp(-logSNR))
    let logarithm = -softplus / exponent
    return try checked(
      t: Double.exp(logarithm), remaining: -Double.expMinusOne(logarithm), logSNR: logSNR)
  }
}
