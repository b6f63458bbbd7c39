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

/// A target whose posterior moments come from a quadrature.
public protocol QuadratureTarget: Target {
  /// About how many components of a mixture on the same axes one answer costs as much as.
  var cost: Int { get }
  /// The moments at one point, their estimated errors and the number of evaluations.
  /// - Throws: `singular`, `noConvergence` with the best value so far.
  func estimate(
    of x: [Double], at schedule: Schedule<Double>, _ wanted: Moments
  ) throws(FlowError) -> EstimatedPosterior
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

extension QuadratureTarget {
  /// From the moments and their estimated errors: a number y with the error e counts as `|y| + e/(8 u)`, so
  /// that 8 u of its magnitude, what closed forms promise, is what was estimated and 8 u of y.
  public func magnitudes(
    of points: [Double], at times: [Time<Double>], on path: any ProbabilityPath
  ) throws(FlowError) -> [ComponentMagnitudes] {
    let d = dimension
    var result: [ComponentMagnitudes] = []
    for row in 0..<points.count / d {
      let schedule = path.schedule(at: times[times.count == 1 ? 0 : row])
      let found = try estimate(
        of: Array(points[row * d..<(row + 1) * d]), at: schedule, [.means, .jacobians, .rates])
      let (value, error) = (found.posterior, found.error)
      func size(_ value: Double, _ error: Double) -> Double { abs(value) + 0x1p50 * error }
      var own = ComponentMagnitudes(dimension: d)
      // The rates are sums over the axes.
      let rates = (
        size(value.alphaRate, error.alphaRate) / Double(d),
        2 * size(value.varianceRate, error.varianceRate) / Double(d)
      )
      for i in 0..<d {
        let diagonal = i * (d + 1)
        own.g[i] = size(value.negativeScore[i], error.negativeScore[i])
        own.denoiser[i] = size(value.denoiser[i], error.denoiser[i])
        own.product[i] = rates.0
        own.square[i] = rates.1
        own.inverse[i] = size(
          value.negativeScoreJacobian[diagonal], error.negativeScoreJacobian[diagonal])
        own.spread[i] = size(value.denoiserJacobian[diagonal], error.denoiserJacobian[diagonal])
      }
      result.append(own)
    }
    return result
  }
}
