/// Posterior moments with what is known about them.
public struct EstimatedPosterior: Sendable {
  /// The moments.
  public var posterior: Posterior<Double>
  /// The estimated absolute error of each of them, rounding included.
  public var error: Posterior<Double>
  /// How often the integrand was evaluated.
  public var evaluations: Int

  /// Moments in closed form: 8 u of their own size.
  static func closed(_ posterior: Posterior<Double>) -> EstimatedPosterior {
    EstimatedPosterior(
      posterior: posterior, error: posterior.map { 8 * 0x1p-53 * abs($0) }, evaluations: 0)
  }
}

extension Posterior {
  /// Every number mapped.
  func map<T: Scalar>(_ transform: (S) -> T) -> Posterior<T> {
    var result = Posterior<T>()
    result.logDensity = transform(logDensity)
    result.denoiser = denoiser.map(transform)
    result.negativeScore = negativeScore.map(transform)
    result.denoiserTrace = transform(denoiserTrace)
    result.negativeScoreTrace = transform(negativeScoreTrace)
    result.covarianceTraceOverVariance = transform(covarianceTraceOverVariance)
    result.denoiserJacobian = denoiserJacobian.map(transform)
    result.negativeScoreJacobian = negativeScoreJacobian.map(transform)
    result.covariance = covariance.map(transform)
    result.alphaRate = transform(alphaRate)
    result.varianceRate = transform(varianceRate)
    result.weights = weights.map(transform)
    return result
  }
}
