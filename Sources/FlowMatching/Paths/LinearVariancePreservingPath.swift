import RealModule

/// `alpha = t`, `sigma^2 = 1 - t^2`.
///
/// *Proof*: `linear_vp_path_generates`, `linear_vp_schedule_rounding`.
public struct LinearVariancePreservingPath: AffinePath {
  public let kind = "linear_vp"
  public let preservesVariance = true

  public init() {}

  @inlinable public func alpha<S: Scalar>(_ time: Time<S>) -> S { time.t }
  @inlinable public func deficit<S: Scalar>(_ time: Time<S>) -> S { time.remaining }

  /// `1 - t^2` where t is small (its derivative -2t then has all its digits), `(1 - t)(1 + t)` after.
  @inlinable public func variance<S: Scalar>(_ time: Time<S>) -> S {
    let one = S(1.0)
    return S.choose(
      time.t, below: 0.5, then: one - time.t * time.t, otherwise: time.remaining * (one + time.t))
  }

  @inlinable public func sigma<S: Scalar>(_ time: Time<S>) -> S { S.sqrt(variance(time)) }

  /// `t = 1/sqrt(1 + e^(-2 l))`.
  public func time(atLogSNR logSNR: Double) throws(FlowError) -> Time<Double> {
    if logSNR < 0 {
      let ratio = Double.exp(logSNR)
      let t = ratio / (1 + ratio * ratio).squareRoot()
      return try checked(t: t, remaining: 1 - t, logSNR: logSNR)
    }
    let inverse = Double.exp(-2 * logSNR)
    let root = (1 + inverse).squareRoot()
    return try checked(
      t: 1 / root, remaining: inverse / (root * (1 + root)), logSNR: logSNR)
  }
}
