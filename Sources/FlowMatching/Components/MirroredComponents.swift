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
  /// c.
  let center: [Double]
  /// Component, image; the same twice for a component at the centre.
  private let pairs: [(first: Int, second: Int)]
  /// A row of d_k per pair, k its first component.
  private let halves: [Double]
  /// The largest coordinate of a d_k.
  private let reach: Double

  /// `nil` where a component has no image with the same weight and the same spread, each coordinate exactly
  /// `2c - m`; `haveEqualSpreads` compares the spreads of two components.
  init?(
    dimension: Int, means: [Double], weights: [Double], haveEqualSpreads: (Int, Int) -> Bool
  ) {
    let count = weights.count
    guard count > 1 else { return nil }
    func row(_ k: Int) -> ArraySlice<Double> { means[k * dimension..<(k + 1) * dimension] }
    // The extreme rows of the first axis must be each other's images: all that most mixtures are asked.
    var center: [Double] = []
    for i in 0..<dimension {
      var (least, largest) = (means[i], means[i])
      for k in 1..<count {
        least = min(least, means[k * dimension + i])
        largest = max(largest, means[k * dimension + i])
      }
      center.append(least / 2 + largest / 2)
      guard center[i].isFinite, Self.image(least, in: center[i]) == largest else { return nil }
    }
    func image(_ k: Int) -> [Double]? {
      var result: [Double] = []
      for (m, c) in zip(row(k), center) {
        guard let other = Self.image(m, in: c) else { return nil }
        result.append(other)
      }
      return result
    }
    guard let first = image(0), (0..<count).contains(where: { row($0).elementsEqual(first) }) else {
      return nil
    }
    var places: [[Double]: [Int]] = [:]
    for k in 0..<count { places[Array(row(k)), default: []].append(k) }
    var isPaired = [Bool](repeating: false, count: count)
    var pairs: [(first: Int, second: Int)] = []
    for k in 0..<count where !isPaired[k] {
      guard let image = image(k) else { return nil }
      let isCentral = row(k).elementsEqual(center)
      let partner =
        isCentral
        ? k
        : places[image]?.first {
          !isPaired[$0] && weights[$0] == weights[k] && haveEqualSpreads($0, k)
        }
      guard let partner else { return nil }
      isPaired[k] = true
      isPaired[partner] = true
      pairs.append((k, partner))
    }
    self.center = center
    self.pairs = pairs
    halves = pairs.flatMap { pair in zip(row(pair.first), center).map { $0 - $1 } }
    reach = halves.reduce(0) { max($0, abs($1)) }
  }

  /// `2c - m` where that and `m - c` are exact.
  private static func image(_ m: Double, in c: Double) -> Double? {
    let half = exactSum(m, -c)
    let image = exactSum(c, -half.high)
    return half.low == 0 && image.low == 0 ? image.high : nil
  }

  /// Less than half in the lanes where D is so near to c that the pairs are to be taken, 1 elsewhere.
  @inline(__always)
  func distance<S: Scalar>(_ denoiser: (Int) -> S) -> S {
    let near = S(reach * 0x1p-5)
    var result = S(0.0)
    for i in center.indices {
      let away = denoiser(i) - S(center[i])
      result = S.choose(S.maximum(away, -away), below: near, then: result, otherwise: S(1.0))
    }
    return result
  }

  /// D and g by pairs, an axis each, from the posterior probabilities of the components.
  @inline(__always)
  func means<F: GaussianFamily, S: Scalar>(
    _ family: F, of x: UnsafePointer<S>, at schedule: Schedule<S>, probability: (Int) -> S,
    denoiser: UnsafeMutablePointer<S>, negativeScore: UnsafeMutablePointer<S>
  ) {
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
