import RealModule

/// The discrete kernels of denoising diffusion, steps k = 1...K with `beta_1...beta_K`,
/// `alpha_k = 1 - beta_k`, `abar_k = alpha_1 ... alpha_k`, `abar_0 = 1`.
///
/// *Reference*: Ho, Jain and Abbeel (2020), equations 6 and 7.
public enum DDPM {
  /// The reverse conditional `q(z_(k-1) | z_k, x) = N(mean, variance I)`:
  ///
  ///     mean = sqrt(abar_(k-1)) beta_k/(1 - abar_k) x
  ///            + sqrt(alpha_k) (1 - abar_(k-1))/(1 - abar_k) z
  ///     variance = (1 - abar_(k-1))/(1 - abar_k) beta_k
  ///
  /// At k = 1 the mean is x and the variance 0.
  ///
  /// *Accuracy*: 4 u (|y| + sensitivity): `1 - abar` is summed from logarithms.
  /// - Throws: `outOfDomain` unless every beta is in (0, 1) and `step` in 1...K.
  ///
  /// *Proof*: `ddpm_posterior`, `ddpm_kernel_composes`.
  public static func posterior(
    betas: [Double], step: Int, data x: [Double], latent z: [Double]
  ) throws(FlowError) -> (mean: [Double], variance: Double) {
    try FlowError.checkFinite(betas, "betas")
    if let bad = betas.firstIndex(where: { !($0 > 0 && $0 < 1) }) {
      throw FlowError.outOfDomain("betas[\(bad)]", betas[bad], accepted: "(0, 1)")
    }
    guard step >= 1, step <= betas.count else {
      throw FlowError.outOfDomain("step", step, accepted: "[1, \(betas.count)]")
    }
    try checkPair(x, "x", z, "z")
    let beta = betas[step - 1]
    if step == 1 { return (x, 0) }
    let before = blockedSum(step - 1) { Double.log(onePlus: -betas[$0]) }
    let noiseBefore = -Double.expMinusOne(before)
    let noise = -Double.expMinusOne(before + Double.log(onePlus: -beta))
    let toData = Double.exp(before / 2) * beta / noise
    let toLatent = (1 - beta).squareRoot() * noiseBefore / noise
    return (
      zip(x, z).map { (toData * $0).addingProduct(toLatent, $1) }, noiseBefore / noise * beta
    )
  }
}

/// `log2(levels/2) - log p/(d log 2)`: bits per dimension of data in [-1, 1] that stand for grey levels
/// 2/levels apart, from a log density in nats.
///
/// With the usual 256 levels that is `7 - log p/(d log 2)`. It is comparable between models of one data set with one
/// number of levels; data of fewer levels than are assumed have fewer bits than are counted.
/// - Throws: `outOfDomain` for a dimension below 1, fewer than 2 levels or a result that overflows,
///   `nonFinite`.
///
/// *Proof*: `grey_density`, `bits_per_dimension` (for 256).
/// *Reference*: Lipman et al. (2023), appendix E.1: the map `2^7 (y + 1)`.
public func bitsPerDimension(
  logDensity: Double, dimension: Int, levels: Int = 256
) throws(FlowError) -> Double {
  try FlowError.checkFinite(logDensity, "log_density")
  guard dimension >= 1 else {
    throw FlowError.outOfDomain("dimension", dimension, accepted: "[1, infinity)")
  }
  guard levels >= 2 else {
    throw FlowError.outOfDomain("levels", levels, accepted: "[2, infinity)")
  }
  return try FlowError.checked(
    [Double.log2(Double(levels) / 2) - logDensity / (Double(dimension) * Double.log(2))])[0]
}
