import RealModule

/// `alpha = t`, `sigma = (1 - t) + sigma_min`: the noise of an optimal-transport path raised by a
/// constant, so that a trace of it is left at the data.
///
/// *Proof*: `shifted_ot_path_generates`, `shifted_ot_schedule_rounding`.
public struct ShiftedOptimalTransportPath: AffinePath {
  public let kind = "shifted_ot"
  /// Sigma at t = 1.
  public let sigmaMin: Double

  /// - Throws: `outOfDomain` for a negative `sigmaMin`.
  public init(sigmaMin: Double = 1e-4) throws(FlowError) {
    try FlowError.checkNonNegative(sigmaMin, "sigma_min")
    self.sigmaMin = sigmaMin
  }

  @inlinable public func alpha<S: Scalar>(_ time: Time<S>) -> S { time.t }
  @inlinable public func deficit<S: Scalar>(_ time: Time<S>) -> S { time.remaining }
  @inlinable public func noiseDeficit<S: Scalar>(_ time: Time<S>, alpha: S, sigma: S) -> S {
    time.t - S(sigmaMin)
  }
  @inlinable public func sigma<S: Scalar>(_ time: Time<S>) -> S { time.remaining + S(sigmaMin) }

  /// `t = (1 + sigma_min)/(1 + e^-l)`.
  public func time(atLogSNR logSNR: Double) throws(FlowError) -> Time<Double> {
    if logSNR < 0 {
      let ratio = Double.exp(logSNR)
      return try checked(
        t: (1 + sigmaMin) * ratio / (1 + ratio), remaining: (1 - sigmaMin * ratio) / (1 + ratio),
        logSNR: logSNR)
    }
    let inverse = Double.exp(-logSNR)
    return try checked(
      t: (1 + sigmaMin) / (1 + inverse), remaining: (inverse - sigmaMin) / (1 + inverse),
      logSNR: logSNR)
  }
}
