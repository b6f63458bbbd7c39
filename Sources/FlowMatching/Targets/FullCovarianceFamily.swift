/// Components N(m_k, S_k) with full covariances, in the eigenbasis of each S_k, where
/// `V_k = alpha^2 S_k + v I` is diagonal at every time.
struct FullCovarianceFamily: GaussianFamily {
  let dimension: Int
  /// Rows of means.
  let means: [Double]
  let covariances: [Covariance]

  var count: Int { covariances.count }

  @inline(__always)
  private func variance<S: Scalar>(_ k: Int, _ a: Int, _ schedule: Schedule<S>) -> S {
    schedule.variance.addingProduct(
      schedule.alpha * schedule.alpha, constant: covariances[k].eigenvalues[a])
  }

  /// Component a of `Q_k^T y`.
  @inline(__always)
  private func turned<S: Scalar>(_ k: Int, _ a: Int, _ y: (Int) -> S) -> S {
    let vectors = covariances[k].eigenvectors
    return blockedSum(dimension) { y($0).scaled(by: vectors[$0 * dimension + a]) }
  }

  func logit<S: Scalar>(_ k: Int, _ x: UnsafePointer<S>, _ schedule: Schedule<S>) -> S {
    var sum = S(0.0)
    for a in 0..<dimension {
      let y = turned(k, a) {
        x[$0].addingProduct(-schedule.alpha, constant: means[k * dimension + $0])
      }
      let variance = variance(k, a, schedule)
      sum = sum + (y * y / variance + S.log(variance))
    }
    return sum.scaled(by: -0.5)
  }

  func anchor<S: Scalar>(
    at index: S, _ x: UnsafePointer<S>, _ schedule: Schedule<S>
  ) -> Anchor<S> {
    let d = dimension
    let mean = (0..<d).map { i in S.gather(at: index) { means[$0 * d + i] } }
    let vectors = (0..<d * d).map { e in S.gather(at: index) { covariances[$0].eigenvectors[e] } }
    let values = (0..<d).map { a in S.gather(at: index) { covariances[$0].eigenvalues[a] } }
    let entries = (0..<d * d).map { e in S.gather(at: index) { covariances[$0].entries[e] } }
    let alpha = schedule.alpha
    var g = [S](repeating: S(0.0), count: d)
    var denoiser = g
    var variances: [S] = []
    var sum = S(0.0)
    for a in 0..<d {
      let variance = schedule.variance.addingProduct(alpha * alpha, values[a])
      variances.append(variance)
      let y = blockedSum(d) { x[$0].addingProduct(-alpha, mean[$0]) * vectors[$0 * d + a] }
      let meanPart = blockedSum(d) { mean[$0] * vectors[$0 * d + a] }
      let pointPart = blockedSum(d) { x[$0] * vectors[$0 * d + a] }
      let inverse = y / variance
      let posterior =
        (schedule.variance / variance * meanPart)
        .addingProduct(alpha * values[a] / variance, pointPart)
      sum = sum.addingProduct(y, inverse) + S.log(variance.scaled(by: 2 * .pi))
      for i in 0..<d {
        g[i] = g[i].addingProduct(inverse, vectors[i * d + a])
        denoiser[i] = denoiser[i].addingProduct(posterior, vectors[i * d + a])
      }
    }
    return Anchor(
      mean: mean, g: g, denoiser: denoiser, logDensity: sum.scaled(by: -0.5),
      spread: entries + values, variances: variances)
  }

  func compare<S: Scalar>(
    _ k: Int, _ anchor: Anchor<S>, _ schedule: Schedule<S>, shift: UnsafeMutablePointer<S>,
    _ wanted: Moments
  ) -> Comparison<S> {
    let d = dimension
    let alpha = schedule.alpha
    let halfAlpha = alpha.scaled(by: 0.5)
    let covariance = covariances[k]
    var result = Comparison<S>()
    // Delta g_j, exactly zero for the anchor itself.
    let change = (0..<d).map { i in
      blockedSum(d) { l in
        (S(covariance.entries[i * d + l]) - anchor.spread[i * d + l]) * anchor.g[l]
      }
    }
    let delta = (0..<d).map { S(means[k * d + $0]) - anchor.mean[$0] }
    for i in 0..<d { shift[i] = S(0.0) }
    var logVolume = S(0.0)
    for a in 0..<d {
      let variance = variance(k, a, schedule)
      let along = turned(k, a) { delta[$0].addingProduct(alpha, change[$0]) } / variance
      for i in 0..<d {
        shift[i] = shift[i].addingProduct(along, constant: covariance.eigenvectors[i * d + a])
      }
      let difference = S(covariance.eigenvalues[a]) - anchor.spread[d * d + a]
      logVolume =
        logVolume
        + logQuotient(
          variance, over: anchor.variances[a], difference: alpha * alpha * difference)
      result.inverseTrace = result.inverseTrace + S(1.0) / variance
      result.spreadInverseTrace =
        result.spreadInverseTrace + S(covariance.eigenvalues[a]) / variance
    }
    let sum = blockedSum(d) { i in
      (delta[i] * anchor.g[i].addingProduct(-halfAlpha, shift[i]))
        .addingProduct(halfAlpha * change[i], anchor.g[i].addingProduct(-alpha, shift[i]))
    }
    result.logRatio = (alpha * sum).addingProduct(logVolume, constant: -0.5)
    if wanted.contains(.rates) {
      let g = (0..<d).map { anchor.g[$0].addingProduct(-alpha, shift[$0]) }
      var stretched = S(0.0)
      for a in 0..<d {
        let along = turned(k, a) { g[$0] }
        stretched = stretched.addingProduct(along * along, constant: covariance.eigenvalues[a])
      }
      let toMean = blockedSum(d) { g[$0].scaled(by: means[k * d + $0]) }
      result.alphaRate = toMean.addingProduct(alpha, stretched - result.spreadInverseTrace)
      result.varianceRate = (blockedSum(d) { g[$0] * g[$0] } - result.inverseTrace).scaled(by: 0.5)
    }
    return result
  }

  func addInverse<S: Scalar>(
    _ k: Int, times p: S, _ schedule: Schedule<S>, inverse: inout [S], spreadInverse: inout [S]
  ) {
    let d = dimension
    let vectors = covariances[k].eigenvectors
    for a in 0..<d {
      let share = p / variance(k, a, schedule)
      let spreadShare = share.scaled(by: covariances[k].eigenvalues[a])
      for i in 0..<d {
        for j in 0..<d {
          let outer = vectors[i * d + a] * vectors[j * d + a]
          inverse[i * d + j] = inverse[i * d + j].addingProduct(share, constant: outer)
          spreadInverse[i * d + j] = spreadInverse[i * d + j].addingProduct(
            spreadShare, constant: outer)
        }
      }
    }
  }
}
