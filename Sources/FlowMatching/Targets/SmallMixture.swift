/// The posterior means of a mixture with one std and at most one block of components, without an array
/// or a logarithm: what a flow asks for, thousands of times per trajectory.
///
/// The same operations in the same order as ``mixturePosterior(_:_:_:_:_:)``, so that the results are
/// the same to the bit.
struct SmallMixture: Sendable {
  private let family: EqualSpreadFamily
  private let components: MixtureComponents

  /// Up to four axes: beyond them the arrays no longer matter.
  static let dimensions = 4

  init?(_ target: any Target) {
    guard let mixture = target as? GaussianMixture, mixture.dimension <= Self.dimensions,
      mixture.components.blockCount == 1, case .isotropic(let family) = mixture.shape,
      family.isUniform
    else { return nil }
    self.family = EqualSpreadFamily(base: family)
    components = mixture.components
  }

  /// `D` and `g`, an axis each.
  func means(
    of x: UnsafePointer<Lanes>, at schedule: Schedule<Lanes>,
    denoiser: UnsafeMutablePointer<Lanes>, negativeScore: UnsafeMutablePointer<Lanes>
  ) {
    let (d, count) = (family.dimension, family.count)
    // Components in fours, then the mean and g of the heaviest one and a sum.
    let padded = (count + 3) / 4 * 4
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: padded + 3 * d) { scratch in
      let shares = scratch.baseAddress!
      let (origin, g, sum) = (shares + padded, shares + padded + d, shares + padded + 2 * d)
      let block = 0..<count
      family.logits(block, x, schedule, into: shares)
      let index = heaviest(shares)
      let alpha = schedule.alpha
      let std = Lanes(family.base.stds[0])
      let spread = alpha * std
      let variance = schedule.variance.addingProduct(spread, spread)
      let toMean = schedule.variance / variance
      let toPoint = spread * std / variance
      family.base.means.withUnsafeBufferPointer { means in
        for i in 0..<d {
          origin[i] = Lanes.gather(at: index) { means[$0 * d + i] }
          g[i] = x[i].addingProduct(-alpha, origin[i]) / variance
          denoiser[i] = (toMean * origin[i]).addingProduct(toPoint, x[i])
        }
        let sums = RowSums(means: means.baseAddress!, dimension: d)
        let term = ComparisonTerm(
          origin: UnsafePointer(origin), g: UnsafePointer(g),
          slope: (alpha / variance).scaled(by: -0.5))
        sums(block, term, times: alpha, where: nil, into: shares)
        for b in 0..<count { shares[b] = Lanes.exp(shares[b]) }
        if !components.hasEqualWeights {
          let own = Lanes.gather(at: index) { components.weights[$0] }
          for b in 0..<count { shares[b] = shares[b] * (Lanes(components.weights[b]) / own) }
        }
        let total = blockedSum(count) { shares[$0] }
        for b in count..<padded { shares[b] = Lanes(0.0) }
        sums.weighted(
          block, from: UnsafePointer(origin), by: UnsafePointer(shares),
          times: Lanes(1.0) / variance, into: sum)
        for i in 0..<d {
          let mean = sum[i] / total
          denoiser[i] = denoiser[i].addingProduct(schedule.variance, mean)
          negativeScore[i] = g[i].addingProduct(-alpha, mean)
        }
      }
    }
  }

  /// The first of the heaviest components, from the logits without weights.
  private func heaviest(_ logits: UnsafePointer<Lanes>) -> Lanes {
    var best = Lanes(-Double.infinity)
    var index = Lanes(0.0)
    for k in 0..<family.count {
      let logit = logits[k] + Lanes(components.logWeights[k])
      index = Lanes.choose(best, below: logit, then: Lanes(Double(k)), otherwise: index)
      best = Lanes.maximum(best, logit)
    }
    return index
  }
}
