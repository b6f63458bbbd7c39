/// A mixture that is its own mirror image in a point: `q(c + y) = q(c - y)`, component by component.
///
/// Then `D - c` and g are odd in `y = x - alpha c`, and near the centre as small as y. Added up component by component
/// they keep only the digits that are left of the largest one; here a component and its image come together. With
/// `m_k = c + d_k`, the image k' and the shares p,
///
///     p_k - p_k' = (p_k + p_k') tanh(alpha d_k.V_k^-1 y),
///     D - c = sum over pairs of (p_k + p_k') alpha S_k V_k^-1 y + (p_k - p_k') v V_k^-1 d_k,
///     g     = sum over pairs of (p_k + p_k') V_k^-1 y - alpha (p_k - p_k') V_k^-1 d_k,
///
/// and nothing cancels but what cancels between pairs.
///
/// *Accuracy*: relative to |y| and to what the two terms of every pair add up to; used where the plain sums have lost
/// five binary digits of `D - c`.
struct MirroredComponents: Sendable {
  let mirror: MirrorPairs
  /// A row of d_k per pair, k its first component.
  private let halves: [Double]

  /// `nil` where the components are not each other's images; `haveEqualSpreads` compares the spreads of two.
  init?(
    dimension: Int, means: [Double], weights: [Double], haveEqualSpreads: (Int, Int) -> Bool
  ) {
    guard
      let mirror = MirrorPairs(
        dimension: dimension, rows: means, weights: weights, haveEqualSpreads: haveEqualSpreads)
    else { return nil }
    self.mirror = mirror
    halves = mirror.pairs.flatMap { pair in
      (0..<dimension).map { means[pair.first * dimension + $0] - mirror.center[$0] }
    }
  }

  /// D and g by pairs, an axis each, from the posterior probabilities of the components.
  @inline(__always)
  func means<F: GaussianFamily, S: Scalar>(
    _ family: F, of x: UnsafePointer<S>, at schedule: Schedule<S>, probability: (Int) -> S,
    denoiser: UnsafeMutablePointer<S>, negativeScore: UnsafeMutablePointer<S>
  ) {
    let (center, pairs) = (mirror.center, mirror.pairs)
    let d = center.count
    let alpha = schedule.alpha
    for i in 0..<d { (denoiser[i], negativeScore[i]) = (S(0.0), S(0.0)) }
    withUnsafeTemporaryAllocation(of: S.self, capacity: 6 * d) { memory in
      let y = memory.baseAddress!
      let (inverse, stretched, half) = (y + d, y + 2 * d, y + 3 * d)
      let (away, unused) = (y + 4 * d, y + 5 * d)
      for i in 0..<d { y[i] = schedule.gap(x[i], constant: center[i]) }
      for (place, pair) in pairs.enumerated() {
        if place == 0 || !family.hasOneSpread {
          family.invert(pair.first, y, schedule, into: inverse, stretched: stretched)
        }
        let isCentral = pair.first == pair.second
        let both =
          isCentral ? probability(pair.first) : probability(pair.first) + probability(pair.second)
        let pull = both * alpha
        for i in 0..<d {
          denoiser[i] = denoiser[i].adding(pull, times: stretched[i])
          negativeScore[i] = negativeScore[i].adding(both, times: inverse[i])
        }
        if isCentral { continue }
        for i in 0..<d { half[i] = S(halves[place * d + i]) }
        let difference = both * hyperbolicTangent(alpha * blockedSum(d) { half[$0] * inverse[$0] })
        family.invert(pair.first, half, schedule, into: away, stretched: unused)
        let (ahead, back) = (difference * schedule.variance, -(difference * alpha))
        for i in 0..<d {
          denoiser[i] = denoiser[i].adding(ahead, times: away[i])
          negativeScore[i] = negativeScore[i].adding(back, times: away[i])
        }
      }
    }
    for i in 0..<d { denoiser[i] = denoiser[i] + S(center[i]) }
  }
}
