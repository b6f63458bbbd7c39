import RealModule

/// The optimal-transport path `alpha = t`, `sigma = 1 - (1 - sigma_min) t`, in the form
/// `sigma = (1 - t) + sigma_min t`, which does not cancel near t = 1.
///
/// *Proof*: `ot_path_generates`.
/// *Reference*: Lipman et al. (2023), equations 20 to 23.
public struct OptimalTransportPath: AffinePath {
  public let kind = "ot"
  /// Sigma at t = 1.
  public let sigmaMin: Double

  /// - Throws: `outOfDomain` unless `0 <= sigmaMin <= 1`.
  public init(sigmaMin: Double = 0) throws(FlowError) {
    try FlowError.check(sigmaMin, "sigma_min", in: 0...1)
    self.sigmaMin = sigmaMin
  }

  @inlinable public func alpha<S: Scalar>(_ time: Time<S>) -> S { time.t }
  @inlinable public func deficit<S: Scalar>(_ time: Time<S>) -> S { time.remaining }

  @inlinable public func noiseDeficit<S: Scalar>(_ time: Time<S>, alpha: S, sigma: S) -> S {
    time.t.scaled(by: 1 - sigmaMin)
  }

  /// `fma(t, sigma_min, 1 - t)`, within 2 u.
  ///
  /// *Proof*: `ot_sigma_fused64`, `ot_schedule_rounding`.
  @inlinable public func sigma<S: Scalar>(_ time: Time<S>) -> S {
    time.remaining.addingProduct(time.t, constant: sigmaMin)
  }

  public func schedule(at time: Time<Lanes>) -> Schedule<Lanes> { derivedSchedule(at: time) }

  /// `t = 1/(e^-l + 1 - sigma_min)` for `l <= -log sigma_min`.
  public func time(atLogSNR logSNR: Double) throws(FlowError) -> Time<Double> {
    if logSNR < 0 {
      let ratio = Double.exp(logSNR)
      let scale = 1 + (1 - sigmaMin) * ratio
      return try checked(
        t: ratio / scale, remaining: (1 - sigmaMin * ratio) / scale, logSNR: logSNR)
    }
    let inverse = Double.exp(-logSNR)
    let scale = inverse + 1 - sigmaMin
    return try checked(t: 1 / scale, remaining: (inverse - sigmaMin) / scale, logSNR: logSNR)
  }
}
