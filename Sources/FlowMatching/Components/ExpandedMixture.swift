/// Posterior means and traces of equally heavy, equal Gaussians in many dimensions by the expanded square: with
/// `m' = m - c`, `x' = x - alpha c` for a center c and `V = v + alpha^2 s^2`,
///
///     l_k - l_j = (alpha/V) (q_k - q_j),    q_k = m'_k.x' - alpha |m'_k|^2/2,
///     M' = sum p_k m'_k,    g = (x' - alpha M')/V,    D = (v/V) (c + M') + (alpha s^2/V) x.
///
/// Two operations per axis and component in one pass: shares are taken relative to one of the largest q
/// so far, and the sums are scaled down when a much larger one comes.
///
/// **Where it is allowed.** The products in `(alpha/V) q` add up to at most
/// `alpha (|x'| + alpha R) R / V` with `R = max |m'|`, and rounding moves a logit by some u of that.
/// For a point of p_t, `|x - alpha m_k|` is about `sqrt(d V)`, so that changes of u in the means alone
/// move the logits by `alpha R sqrt(d V) / V`. Hence it is used where
///
///     |x'| + alpha R <= 4 sqrt(d V),
///
/// lane by lane; nearer to the data differences are formed first (``EqualSpreadFamily``).
///
/// **Traces** need `tr Cov[m] = sum p |m - M|^2`, the sum of the second moments within the blocks of 64
/// and of those between their means, as in ``MixtureSums``. Within a block with the mean M_B it is, with
/// any fixed number c_B,
///
///     sum p |m - M_B|^2 = sum p |m - c_B|^2 - P_B |M_B - c_B|^2,
///
/// one operation per component, the squares being known. What cancels is bounded block by block: where
/// the squares about c_B taken so far add up to more than eight times the whole trace so far, as where
/// one component has nearly all of the weight, the block's deviations are summed themselves.
///
/// The center is such that no `|m'|` is above `|m|` on any axis: near 0 where the means have both
/// signs, otherwise at most twice the smallest away from it.
///
/// *Reference*: the scaling on the way is that of Milakov and Gimelshein (2018).
struct ExpandedMixture: Sendable {
  let dimension: Int
  let count: Int
  let center: [Double]
  /// Rows of `m'`.
  let means: [Double]
  /// `|m'_k|^2 / 2`.
  let halfSquares: [Double]
  /// A row of c_B per block, the middle of its means.
  let blockCenters: [Double]
  /// `|m'_k - c_B|^2`, c_B that of its block.
  let blockSquares: [Double]
  /// At least R.
  let radius: Double
  let std: Double
  let bounds: BlockBounds

  /// In fewer dimensions the exponentials cost more than the differences.
  private static let leastDimension = 16
  private static let reach = 4.0

  init?(_ family: IsotropicFamily, _ components: MixtureComponents) {
    guard family.dimension >= Self.leastDimension, family.isUniform,
      components.hasEqualWeights, let bounds = components.bounds
    else { return nil }
    let d = family.dimension
    dimension = d
    count = family.count
    std = family.stds[0]
    self.bounds = bounds
    let center = Self.center(family.means, d)
    self.center = center
    means =
      center.allSatisfy { $0 == 0 }
      ? family.means : family.means.indices.map { family.means[$0] - center[$0 % d] }
    let means = means
    halfSquares = (0..<count).map { k in
      0.5 * blockedSum(d) { means[k * d + $0] * means[k * d + $0] }
    }
    let blockCenters = (0..<bounds.count).flatMap { block in
      let range = BlockBounds.range(block, of: components.weights.count)
      return (0..<d).map { i in
        range.reduce(0) { $0 + means[$1 * d + i] } / Double(range.count)
      }
    }
    self.blockCenters = blockCenters
    blockSquares = (0..<count).map { k in
      let center = k / BlockBounds.size * d
      return blockedSum(d) {
        let away = means[k * d + $0] - blockCenters[center + $0]
        return away * away
      }
    }
    radius = (2 * halfSquares.max()!).squareRoot()
  }

  private static func center(_ means: [Double], _ d: Int) -> [Double] {
    let rows = means.count / d
    return (0..<d).map { i in
      var (low, high, sum) = (Double.infinity, -Double.infinity, 0.0)
      for k in 0..<rows {
        let mean = means[k * d + i]
        (low, high, sum) = (min(low, mean), max(high, mean), sum + mean / Double(rows))
      }
      return low > 0 ? min(sum, 2 * low) : high < 0 ? max(sum, 2 * high) : 0
    }
  }

  /// Whether nothing but means and traces is asked for.
  static func gives(_ wanted: Moments) -> Bool {
    !wanted.isDisjoint(with: [.means, .traces])
      && wanted.isDisjoint(with: [.jacobians, .rates, .weights])
  }

  func rows(_ block: Int, _ means: UnsafePointer<Double>) -> BlockRows {
    BlockRows(
      means: means, dimension: dimension, block: BlockBounds.range(block, of: count))
  }

  /// 1 in the lanes where it is allowed, 0 elsewhere.
  func allows(_ x: [Lanes], _ schedule: Schedule<Lanes>) -> Lanes {
    let distance = Lanes.sqrt(
      blockedSum(dimension) { i in
        let shifted = schedule.gap(x[i], constant: center[i])
        return shifted * shifted
      })
    let spread = schedule.alpha.scaled(by: std)
    let variance = schedule.variance.addingProduct(spread, spread)
    let allowed = Lanes.sqrt(variance.scaled(by: Double(dimension))).scaled(by: Self.reach)
    // Written so that what is not a number is not allowed.
    return Lanes.choose(
      distance.adding(schedule.alpha, timesConstant: radius), below: allowed, then: Lanes(1.0),
      otherwise: Lanes(0.0))
  }

  /// Groups of points, all of whose lanes count as allowed.
  func posteriors(
    _ points: [[Lanes]], _ schedules: [Schedule<Lanes>], _ wanted: Moments
  ) -> [Posterior<Lanes>] {
    let cut = ShareCut<Lanes>(count: count)
    let groups = Array(points.indices)
    var results = [Posterior<Lanes>](repeating: Posterior(), count: groups.count)
    func evaluate(_ groups: [Int], _ cuts: [ShareCut<Lanes>]) {
      let own = ExpandedSums.ownCount(self)
      let size = own * groups.count + ExpandedSums.commonCount(self)
      withUnsafeTemporaryAllocation(of: Lanes.self, capacity: size) { memory in
        let common = memory.baseAddress!
        let start = common + ExpandedSums.commonCount(self)
        var sums = groups.enumerated().map { place, group in
          ExpandedSums(self, points[group], schedules[group], wanted, start + place * own, common)
        }
        // Block by block, so that a block stays in the cache for all groups.
        for block in 0..<bounds.count {
          for place in sums.indices {
            sums[place].add(block, of: self, cuts[place])
          }
        }
        for (place, group) in groups.enumerated() {
          results[group] = sums[place].posterior(points[group], self)
        }
      }
    }
    evaluate(groups, groups.map { _ in cut })
    let confirmed = groups.map {
      cut.confirmed(
        by: results[$0], steepness: Lanes(0.0), bounds, schedules[$0], wanted)
    }
    let unsure = groups.filter { confirmed[$0].isExactSomewhere }
    if !unsure.isEmpty { evaluate(unsure, unsure.map { confirmed[$0] }) }
    return results
  }
}
