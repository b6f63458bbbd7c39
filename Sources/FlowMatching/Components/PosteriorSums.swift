/// The running sums of one posterior, whatever the components are: shares p of the anchor's weight, and what
/// deviates from the anchor, `E[x1 | component] = D_anchor + v w`, `g = g_anchor - alpha w`.
protocol PosteriorSums<S> {
  associatedtype S: Scalar

  var dimension: Int { get }
  var wanted: Moments { get }
  /// `sum p`.
  var total: S { get }
  /// `sum p w`, per axis.
  var shift: [S] { get }
  /// The averages of `tr V^-1` and `tr(S V^-1)`.
  var traces: (inverse: S, spreadInverse: S) { get }
  /// `sum p V^-1` and `sum p S V^-1`.
  var inverse: [S] { get }
  var spreadInverse: [S] { get }
  /// The parts of `d log p/dt` that belong to alpha' and v'.
  var alphaRate: S { get }
  var varianceRate: S { get }
  /// `sum p |w - mean|^2`, and the matrix of the sums, its lower triangle.
  var squareTrace: S { get }
  var square: [S] { get }
  /// The shares, per component.
  var weights: [S] { get }
}

extension PosteriorSums {
  /// The wanted moments, from the anchor's own and the sums; `logWeight` is the anchor's.
  func posterior(
    _ anchor: Anchor<S>, logWeight: S, _ schedule: Schedule<S>
  ) -> Posterior<S> {
    var result = Posterior<S>()
    let alpha = schedule.alpha
    let v = schedule.variance
    let total = total
    result.logDensity = anchor.logDensity + (logWeight + S.log(total))
    if wanted.contains(.means) {
      let shift = shift
      for i in 0..<dimension {
        let mean = shift[i] / total
        result.denoiser.append(anchor.denoiser[i].addingProduct(v, mean))
        result.negativeScore.append(anchor.g[i].addingProduct(-alpha, mean))
      }
    }
    if wanted.contains(.traces) {
      let covariance = squareTrace / total
      let traces = traces
      let whole = traces.spreadInverse.addingProduct(v, covariance)
      result.denoiserTrace = alpha * whole
      result.covarianceTraceOverVariance = whole
      result.negativeScoreTrace = traces.inverse.addingProduct(-alpha * alpha, covariance)
    }
    if wanted.contains(.rates) {
      result.alphaRate = alphaRate / total
      result.varianceRate = varianceRate / total
    }
    if wanted.contains(.jacobians) {
      let (square, inverse, spreadInverse) = (square, inverse, spreadInverse)
      for i in 0..<dimension {
        for j in 0..<dimension {
          let place = i * dimension + j
          let covariance = square[max(i, j) * dimension + min(i, j)] / total
          let whole = (spreadInverse[place] / total).addingProduct(v, covariance)
          result.covariance.append(v * whole)
          result.denoiserJacobian.append(alpha * whole)
          result.negativeScoreJacobian.append(
            (inverse[place] / total).addingProduct(-alpha * alpha, covariance))
        }
      }
    }
    if wanted.contains(.weights) { result.weights = weights.map { $0 / total } }
    return result
  }
}
