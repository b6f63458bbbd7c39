/// Posterior moments over the pairs of components of a source and of the data, each seen from the
/// heaviest one: with the averages over the posterior p of ``PairTerm``,
///
///     E[x1|x] = E1_q + <a1>     E[x0|x] = E0_q + <a0>     g = g_q - <w>
///     dE[x1|x]/dx = <alpha S1 V^-1> + Cov(a1, w)          dg/dx = <V^-1> - Cov(w, w)
///
/// (For the two covariances with w see ``PairCovariance``.)
///
/// Second moments are centred inside blocks of 32 pairs and merged with positive weights (Chan, Golub
/// and LeVeque, 1983).
func pairPosterior<F: PairFamily, S: Scalar>(
  _ family: F, _ table: PairTable, _ x: [S], _ schedule: Schedule<S>, _ tube: TubeParts<S>,
  _ wanted: Moments
) -> Posterior<S> {
  var view = PairView(family, table, x, schedule, tube)
  let needsSquares = !wanted.isDisjoint(with: [.traces, .jacobians])
  var sums: PairSums<S>
  var kept: [PairTerm<S>]?
  var attempts = 0
  repeat {
    sums = PairSums(dimension: table.dimension, family.spreadSize, wanted)
    kept = needsSquares && table.count <= 256 ? [] : nil
    for start in stride(from: 0, to: table.count, by: 32) {
      let terms = (start..<min(start + 32, table.count)).map { ($0, view.term($0, wanted)) }
      sums.add(terms.map { view.share($0.0, $0.1) }, terms.map(\.1))
      kept?.append(contentsOf: terms.lazy.map(\.1))
    }
    attempts += 1
  } while attempts <= Anchoring.attempts && view.move(total: sums.total)
  if needsSquares {
    let query = PairQuery(view: view, isWhole: wanted.contains(.jacobians), terms: kept)
    sums.data = PairCovariance.of(.data, query)
    sums.noise = PairCovariance.of(.source, query)
  }
  let logWeight =
    S.gather(at: view.index.source) { table.sourceLogWeights[$0] }
    + S.gather(at: view.index.data) { table.dataLogWeights[$0] }
  return sums.posterior(view.anchor, logWeight: logWeight, tube)
}

extension PairAnchor {
  /// The means when those of the anchor move by `shift`: a1, a0 and w of ``PairTerm``, averaged.
  func moved(by shift: [S], _ tube: TubeParts<S>) -> Posterior<S> {
    let d = g.count
    let (halfAlpha, halfSigma) = (tube.alphaSlope.scaled(by: 0.5), tube.sigmaSlope.scaled(by: 0.5))
    var result = Posterior<S>()
    var source = SourceMoments<S>()
    for i in 0..<d {
      let g = g[i] - shift[2 * d + i]
      result.negativeScore.append(g)
      result.denoiser.append(data[i] + shift[i])
      source.mean.append(noise[i] + shift[d + i])
      source.alphaFlow.append(result.denoiser[i].addingProduct(halfAlpha, g))
      source.sigmaFlow.append(source.mean[i].addingProduct(halfSigma, g))
    }
    result.source = source
    return result
  }
}

/// The running sums of one posterior over pairs.
private struct PairSums<S: Scalar> {
  let dimension: Int
  let spreadSize: Int
  let wanted: Moments
  private(set) var total = S(0.0)
  private var shift: [S]
  private var alphaRate = S(0.0)
  private var sigmaRate = S(0.0)
  /// Weighted products of deviations: w w and a1 a1; matrices, or their diagonals.
  private var products: [[S]]
  /// `Cov(a1, w)` and `Cov(a0, w)`, likewise.
  var data: [S] = []
  var noise: [S] = []
  /// `V^-1`, `alpha S1 V^-1`, `sigma S0 V^-1` and the pairs' own covariance, likewise.
  private var spreads: [[S]]
  private var weights: [S] = []

  /// Whether whole matrices are summed.
  private var isWhole: Bool { wanted.contains(.jacobians) }
  private var needsSquares: Bool { !wanted.isDisjoint(with: [.traces, .jacobians]) }
  private var size: Int { isWhole ? dimension * dimension : dimension }

  init(dimension: Int, _ spreadSize: Int, _ wanted: Moments) {
    self.dimension = dimension
    self.spreadSize = spreadSize
    self.wanted = wanted
    shift = [S](repeating: S(0.0), count: 3 * dimension)
    let size = wanted.contains(.jacobians) ? dimension * dimension : dimension
    products = [[S]](repeating: [S](repeating: S(0.0), count: size), count: 2)
    spreads = [[S]](repeating: products[0], count: 4)
  }

  private func place(_ i: Int, _ j: Int) -> Int { isWhole ? i * dimension + j : i }
  private func columns(_ i: Int) -> Range<Int> { isWhole ? 0..<dimension : i..<i + 1 }

  mutating func add(_ shares: [S], _ terms: [PairTerm<S>]) {
    let block = blockedSum(shares.count) { shares[$0] }
    if wanted.contains(.weights) { weights += shares }
    if wanted.contains(.rates) {
      alphaRate = alphaRate + blockedSum(shares.count) { shares[$0] * terms[$0].alphaRate }
      sigmaRate = sigmaRate + blockedSum(shares.count) { shares[$0] * terms[$0].sigmaRate }
    }
    let blockShift = shift.indices.map { i in
      blockedSum(shares.count) { shares[$0] * terms[$0].shifts[i] }
    }
    if needsSquares { addSquares(shares, terms, block, blockShift) }
    for i in shift.indices { shift[i] = shift[i] + blockShift[i] }
    total = total + block
  }

  private mutating func addSquares(
    _ shares: [S], _ terms: [PairTerm<S>], _ block: S, _ blockShift: [S]
  ) {
    let (zero, d) = (S(0.0), dimension)
    // A block or a past without weight has no mean; it contributes nothing.
    let safeBlock = S.choose(zero, below: block, then: block, otherwise: S(1.0))
    let safeTotal = S.choose(zero, below: total, then: total, otherwise: S(1.0))
    let merge = total * (block / (safeTotal + safeBlock))
    let mean = blockShift.map { $0 / safeBlock }
    let step = shift.indices.map { mean[$0] - shift[$0] / safeTotal }
    for (n, (left, right)) in [(2, 2), (0, 0)].enumerated() {
      for i in 0..<d {
        for j in columns(i) {
          let (a, b) = (left * d + i, right * d + j)
          let sum = blockedSum(shares.count) { p in
            shares[p] * ((terms[p].shifts[a] - mean[a]) * (terms[p].shifts[b] - mean[b]))
          }
          products[n][place(i, j)] =
            products[n][place(i, j)] + sum.addingProduct(merge * step[a], step[b])
        }
      }
    }
    for n in 0..<4 {
      for i in 0..<d {
        for j in columns(i) where i == j || spreadSize > 1 {
          let entry = n * spreadSize + (spreadSize > 1 ? i * d + j : 0)
          spreads[n][place(i, j)] =
            spreads[n][place(i, j)]
            + blockedSum(shares.count) { shares[$0] * terms[$0].spreads[entry] }
        }
      }
    }
  }

  func posterior(
    _ anchor: PairAnchor<S>, logWeight: S, _ tube: TubeParts<S>
  ) -> Posterior<S> {
    let d = dimension
    var result = Posterior<S>()
    var source = SourceMoments<S>()
    let (halfAlpha, halfSigma) = (tube.alphaSlope.scaled(by: 0.5), tube.sigmaSlope.scaled(by: 0.5))
    if wanted.contains(.means) {
      result = anchor.moved(by: shift.map { $0 / total }, tube)
      source = result.source!
    }
    result.logDensity = anchor.logDensity + (logWeight + S.log(total))
    if wanted.contains(.rates) {
      result.alphaRate = alphaRate / total
      source.sigmaRate = sigmaRate / total
    }
    if wanted.contains(.weights) { result.weights = weights.map { $0 / total } }
    if needsSquares {
      func slopes(_ i: Int, _ j: Int) -> (g: S, data: S, noise: S, alpha: S, sigma: S) {
        let e = place(i, j)
        let g = spreads[0][e] / total - products[0][e] / total
        let (data, noise) = (spreads[1][e] / total + data[e], spreads[2][e] / total + noise[e])
        return (
          g, data, noise, data.addingProduct(halfAlpha, g), noise.addingProduct(halfSigma, g)
        )
      }
      for i in 0..<d {
        let own = slopes(i, i)
        result.denoiserTrace = result.denoiserTrace + own.data
        result.negativeScoreTrace = result.negativeScoreTrace + own.g
        source.alphaTrace = source.alphaTrace + own.alpha
        source.sigmaTrace = source.sigmaTrace + own.sigma
        guard isWhole else { continue }
        for j in 0..<d {
          let entry = slopes(i, j)
          result.denoiserJacobian.append(entry.data)
          result.negativeScoreJacobian.append(entry.g)
          source.alphaJacobian.append(entry.alpha)
          source.sigmaJacobian.append(entry.sigma)
          result.covariance.append(
            spreads[3][place(i, j)] / total + products[1][place(i, j)] / total)
        }
      }
    }
    result.source = source
    return result
  }
}
