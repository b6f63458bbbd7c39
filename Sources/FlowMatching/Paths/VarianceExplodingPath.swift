import RealModule

/// The variance-exploding diffusion path, from noise to data: `alpha = 1`,
/// `sigma^2 = sigma_min^2 (exp(2 (1 - t) L) - 1)` with `L = log(sigma_max/sigma_min)`, so that
/// sigma(1) = 0.
///
/// p_0 is the data convolved with N(0, sigma(0)^2 I), not a standard normal.
///
/// *Proof*: `ve_path_generates`, `ve_diffusion_marginals`.
/// *Reference*: Lipman et al. (2023), equations 16 and 17.
public struct VarianceExplodingPath: AffinePath {
  public let kind = "ve"
  /// The smaller scale; sigma itself is 0 at t = 1.
  public let sigmaMin: Double
  /// The larger scale, about sigma at t = 0.
  public let sigmaMax: Double
  @usableFromInline let logRatio: Double

  /// - Throws: `outOfDomain` unless `0 < sigmaMin < sigmaMax`.
  public init(sigmaMin: Double = 0.01, sigmaMax: Double = 50) throws(FlowError) {
    logRatio = try logarithmOfRatio(sigmaMin: sigmaMin, sigmaMax: sigmaMax)
    self.sigmaMin = sigmaMin
    self.sigmaMax = sigmaMax
  }

  @inlinable public func alpha<S: Scalar>(_ time: Time<S>) -> S { S(1.0) }

  /// Near t = 0 the exponential is taken of t, not of 1 - t: the smaller argument has the smaller
  /// rounding error.
  ///
  /// *Proof*: `expm1_growing_cond`, `ve_schedule_rounding`.
  @inlinable public func variance<S: Scalar>(_ time: Time<S>) -> S {
    let exponent = time.remaining.scaled(by: 2 * logRatio)
    let late = S.expMinusOne(exponent).scaled(by: sigmaMin * sigmaMin)
    let early =
      S.exp(time.t.scaled(by: -2 * logRatio)) * -S.expMinusOne(-exponent)
    return S.choose(
      time.t, below: 0.5, then: early.scaled(by: sigmaMax * sigmaMax), otherwise: late)
  }

  @inlinable public func sigma<S: Scalar>(_ time: Time<S>) -> S { S.sqrt(variance(time)) }

  /// `r = log(1 + e^(-2 l)/sigma_min^2)/(2 L)`.
  public func time(atLogSNR logSNR: Double) throws(FlowError) -> Time<Double> {
    let power = Double.exp(-2 * logSNR) / (sigmaMin * sigmaMin)
    let remaining = Double.log(onePlus: power) / (2 * logRatio)
    return try checked(t: 1 - remaining, remaining: remaining, logSNR: logSNR)
  }
}

/// `log(sigmaMax/sigmaMin)`, checked; accurate also when the two are close.
func logarithmOfRatio(sigmaMin: Double, sigmaMax: Double) throws(FlowError) -> Double {
  try FlowError.checkPositive(sigmaMin, "sigma_min")
  try FlowError.checkPositive(sigmaMax, "sigma_max")
  guard sigmaMin < sigmaMax else {
    throw FlowError.outOfDomain("sigma_min", sigmaMin, accepted: "(0, sigma_max = \(sigmaMax))")
  }
  return sigmaMax < 2 * sigmaMin
    ? Double.log(onePlus: (sigmaMax - sigmaMin) / sigmaMin) : Double.log(sigmaMax / sigmaMin)
}
