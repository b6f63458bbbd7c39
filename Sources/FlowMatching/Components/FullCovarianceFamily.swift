/// Components N(m_k, S_k) with full covariances, in the eigenbasis of each S_k, where
/// `V_k = alpha^2 S_k + v I` is diagonal at every time.
///
/// *Proof*: `full_gauss_in_eigenbasis`, `eigenbasis_log_determinant`, `eigenbasis_inverse`,
/// `full_shift_equation`, `full_log_weight_difference`, `full_gauss_factors`.
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
        schedule.gap(x[$0], constant: means[k * dimension + $0])
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
    let variances = values.map { schedule.variance.addingProduct(alpha * alpha, $0) }
    let (g, square) = solve(
      (0..<d).map { schedule.gap(x[$0], mean[$0]) }, values, variances, schedule,
      vector: { $0 * vectors[$1 * d + $2] }, entry: { $0 * entries[$1 * d + $2] })
    let logVolume = blockedSum(d) { S.log(variances[$0].scaled(by: 2 * .pi)) }
    let denoiser = (0..<d).map { i in
      denoised(
        mean[i], x[i], g[i], entries[i * d + i], schedule,
        stretched: blockedSum(d) { entries[i * d + $0] * g[$0] })
    }
    return Anchor(
      mean: mean, g: g, denoiser: denoiser, square: square,
      logDensity: (square + logVolume).scaled(by: -0.5),
      spread: entries + values, variances: variances)
  }

  /// `V^-1 y` and `y.V^-1 y`: `y/v_0` and what the other axes differ by, so that without data in x
  /// (alpha = 0) no axis sees another; then one step of refinement on the entries of S, since the
  /// rotation alone would spread the rounding error of a large axis over the small ones.
  ///
  /// `vector` multiplies by the eigenvector entry (row, column), `entry` by that of S.
  @inline(__always)
  private func solve<S: Scalar>(
    _ y: [S], _ eigenvalues: [S], _ variances: [S], _ schedule: Schedule<S>,
    vector: (S, Int, Int) -> S, entry: (S, Int, Int) -> S
  ) -> (solution: [S], square: S) {
    let d = dimension
    var solution = [S](repeating: S(0.0), count: d)
    var square = S(0.0)
    var rest = y
    let spread = schedule.alpha * schedule.alpha
    for step in 0..<2 {
      for i in 0..<d { solution[i] = solution[i] + rest[i] / variances[0] }
      for a in 0..<d {
        let along = blockedSum(d) { vector(rest[$0], $0, a) }
        let inverse = along / variances[a]
        if step == 0 { square = square.addingProduct(along, inverse) }
        if a == 0 { continue }
        let more = inverse * (spread * (eigenvalues[0] - eigenvalues[a]) / variances[0])
        for i in 0..<d { solution[i] = solution[i] + vector(more, i, a) }
      }
      if step == 1 { break }
      rest = (0..<d).map { i in
        let stretched = blockedSum(d) { entry(solution[$0], i, $0) }
        return y[i].addingProduct(-schedule.variance, solution[i]).addingProduct(-spread, stretched)
      }
    }
    return (solution, square)
  }

  var hasOneSpread: Bool { false }

  func invert<S: Scalar>(
    _ k: Int, _ y: UnsafePointer<S>, _ schedule: Schedule<S>,
    into inverse: UnsafeMutablePointer<S>, stretched: UnsafeMutablePointer<S>
  ) {
    let covariance = covariances[k]
    let d = dimension
    let solution = solve(
      (0..<d).map { y[$0] }, covariance.eigenvalues.map { S($0) },
      (0..<d).map { variance(k, $0, schedule) }, schedule,
      vector: { $0.scaled(by: covariance.eigenvectors[$1 * d + $2]) },
      entry: { $0.scaled(by: covariance.entries[$1 * d + $2]) }
    ).solution
    for i in 0..<d {
      inverse[i] = solution[i]
      stretched[i] = blockedSum(d) { solution[$0].scaled(by: covariance.entries[i * d + $0]) }
    }
  }

  /// One axis of `E = m + alpha S g`, as `(x - v g)/alpha` where the prior is the wider one.
  @inline(__always)
  private func denoised<S: Scalar>(
    _ mean: S, _ x: S, _ g: S, _ prior: S, _ schedule: Schedule<S>, stretched: S
  ) -> S {
    let alpha = schedule.alpha
    return S.choose(
      schedule.variance, below: alpha * alpha * prior,
      then: x.addingProduct(-schedule.variance, g) / alpha,
      otherwise: mean.addingProduct(alpha, stretched))
  }

  func compare<S: Scalar>(
    _ k: Int, _ x: UnsafePointer<S>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    shift: UnsafeMutablePointer<S>, _ wanted: Moments
  ) -> Comparison<S> {
    let d = dimension
    let alpha = schedule.alpha
    let covariance = covariances[k]
    var result = Comparison<S>()
    // Delta g_j, exactly zero for the anchor itself.
    let change = (0..<d).map { i in
      blockedSum(d) { l in
        (S(covariance.entries[i * d + l]) - anchor.spread[i * d + l]) * anchor.g[l]
      }
    }
    let delta = (0..<d).map { S(means[k * d + $0]) - anchor.mean[$0] }
    let variances = (0..<d).map { variance(k, $0, schedule) }
    let values = covariance.eigenvalues.map { S($0) }
    func vector(_ y: S, _ i: Int, _ a: Int) -> S {
      y.scaled(by: covariance.eigenvectors[i * d + a])
    }
    func entry(_ y: S, _ i: Int, _ j: Int) -> S { y.scaled(by: covariance.entries[i * d + j]) }
    let moved = solve(
      (0..<d).map { delta[$0].addingProduct(alpha, change[$0]) }, values, variances, schedule,
      vector: vector, entry: entry)
    for i in 0..<d { shift[i] = moved.solution[i] }
    let (own, square) = solve(
      (0..<d).map { schedule.gap(x[$0], constant: means[k * d + $0]) }, values, variances,
      schedule,
      vector: vector, entry: entry)
    var farthest = S(0.0)
    var logVolume = S(0.0)
    var factors: [S] = []
    for a in 0..<d {
      let variance = variances[a]
      let difference = S(covariance.eigenvalues[a]) - anchor.spread[d * d + a]
      let change = alpha * alpha * difference
      let volume = volumeRatio(variance, over: anchor.variances[a], difference: change, power: 0.5)
      let relative = change / anchor.variances[a]
      farthest = within(relative, -0.5, 1, then: farthest, otherwise: S(1.0))
      logVolume = logVolume + volume.log
      factors.append(volume.factor)
      result.inverseTrace = result.inverseTrace + S(1.0) / variance
      result.spreadInverseTrace =
        result.spreadInverseTrace + S(covariance.eigenvalues[a]) / variance
    }
    let sum = blockedSum(d) { i in
      delta[i] * (anchor.g[i] + own[i]) + alpha * change[i] * own[i]
    }
    let plain = anchor.square - square
    result.logRatio =
      S.choose(farthest, below: S(0.5), then: alpha * sum, otherwise: plain).scaled(by: 0.5)
      + logVolume
    // Of many axes only the first few keep their factor: the product must stay in range.
    for (a, factor) in factors.enumerated() {
      if a < 4 {
        result.factor = result.factor * factor
      } else {
        result.logRatio = result.logRatio + S.log(factor)
      }
    }
    if wanted.contains(.rates) {
      let product = blockedSum(d) { i in
        let stretched = blockedSum(d) { own[$0].scaled(by: covariance.entries[i * d + $0]) }
        return own[i]
          * denoised(
            S(means[k * d + i]), x[i], own[i], S(covariance.entries[i * d + i]), schedule,
            stretched: stretched)
      }
      let square = blockedSum(d) { own[$0] * own[$0] }
      result.alphaRate = product.addingProduct(-alpha, result.spreadInverseTrace)
      result.varianceRate = (square - result.inverseTrace).scaled(by: 0.5)
    }
    return result
  }

  /// `p V^-1` and `p S V^-1`, the first refined on the entries of S. The second is `(I - v V^-1)/alpha^2`
  /// where the prior is the wider one, else the product itself.
  func addInverse<S: Scalar>(
    _ k: Int, times p: S, _ schedule: Schedule<S>, inverse: inout [S], spreadInverse: inout [S]
  ) {
    let d = dimension
    let entries = covariances[k].entries
    let spread = schedule.alpha * schedule.alpha
    let refined = refinedInverse(k, schedule)
    for i in 0..<d {
      for j in i..<d {
        let product = blockedSum(d) { refined[$0 * d + j].scaled(by: entries[i * d + $0]) }
        let one = S(i == j ? 1.0 : 0.0)
        let difference = one.addingProduct(-schedule.variance, refined[i * d + j]) / spread
        let prior = spread.scaled(by: min(entries[i * d + i], entries[j * d + j]))
        let stretched = S.choose(
          schedule.variance, below: prior, then: difference, otherwise: product)
        for place in i == j ? [i * d + j] : [i * d + j, j * d + i] {
          inverse[place] = inverse[place].addingProduct(p, refined[i * d + j])
          spreadInverse[place] = spreadInverse[place].addingProduct(p, stretched)
        }
      }
    }
  }

  /// `V^-1`: a multiple of the identity plus what the other axes differ by, the differences formed from
  /// the eigenvalues, so that what is a multiple of the identity stays one; then one step of
  /// refinement, `W + W (I - V W)`, on the entries of S.
  private func refinedInverse<S: Scalar>(_ k: Int, _ schedule: Schedule<S>) -> [S] {
    let d = dimension
    let vectors = covariances[k].eigenvectors
    let values = covariances[k].eigenvalues
    let entries = covariances[k].entries
    let spread = schedule.alpha * schedule.alpha
    let first = S(1.0) / variance(k, 0, schedule)
    var inverse = [S](repeating: S(0.0), count: d * d)
    for i in 0..<d { inverse[i * d + i] = first }
    guard d > 1 else { return inverse }
    for a in 1..<d {
      let change = spread * (first / variance(k, a, schedule)).scaled(by: values[0] - values[a])
      for i in 0..<d {
        for j in 0..<d {
          inverse[i * d + j] = inverse[i * d + j].addingProduct(
            change, constant: vectors[i * d + a] * vectors[j * d + a])
        }
      }
    }
    var rest = [S](repeating: S(0.0), count: d * d)
    for i in 0..<d {
      for j in 0..<d {
        let stretched = blockedSum(d) { inverse[$0 * d + j].scaled(by: entries[i * d + $0]) }
        rest[i * d + j] = S(i == j ? 1.0 : 0.0)
          .addingProduct(-schedule.variance, inverse[i * d + j]).addingProduct(-spread, stretched)
      }
    }
    return (0..<d * d).map { place in
      let (i, j) = (place / d, place % d)
      return inverse[place] + blockedSum(d) { inverse[i * d + $0] * rest[$0 * d + j] }
    }
  }
}
