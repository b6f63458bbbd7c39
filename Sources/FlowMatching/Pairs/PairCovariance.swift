/// One point on one set of pairs, with the heaviest of them.
struct PairQuery<F: PairFamily, S: Scalar> {
  let view: PairView<F, S>
  /// Whether matrices are wanted, or their diagonals only.
  let isWhole: Bool
  /// All pairs against the one of the view, where there are few of them.
  let terms: [PairTerm<S>]?
}

/// The covariance of `E[x1 | x, pair]` (or of `E[x0 | x, pair]`) with g, up to the sign: `Cov(a1, w)`.
///
/// It vanishes with alpha, because then x says nothing about x1, while a1 and w do not: a plain sum over
/// the pairs would leave their rounding errors. By the law of total covariance over the components k of
/// the data, with `<.|k>` the average over the components of the source given k,
///
///     Cov(a1, w) = Cov_k(<a1|k>, <w|k>) - <alpha S1_k Cov(w, w | k)>
///
/// and the differences of `<w|k>` come from differences of alpha alone: of the g of pairs that share
/// their source, and of the source's probabilities given k, whose ratios are `exp` of differences of
/// logits of such pairs. The same with the two ends exchanged vanishes with sigma.
enum PairCovariance {
  /// Which end is averaged over last.
  enum End { case source, data }

  static func of<F: PairFamily, S: Scalar>(_ end: End, _ query: PairQuery<F, S>) -> [S] {
    let view = query.view
    let table = view.table
    let d = table.dimension
    let (outerCount, innerCount) =
      end == .data ? (table.dataCount, table.sourceCount) : (table.sourceCount, table.dataCount)
    func pair(_ outer: Int, _ inner: Int) -> Int {
      end == .data ? inner * table.dataCount + outer : outer * table.dataCount + inner
    }
    func column(_ outer: Int, _ anchors: [PairAnchor<S>]?) -> [PairTerm<S>] {
      (0..<innerCount).map { inner in
        let pair = pair(outer, inner)
        if anchors == nil, let known = query.terms { return known[pair] }
        return view.family.compare(
          pair, view.x, anchors?[inner] ?? view.anchor, view.schedule, view.tube, [])
      }
    }
    // The pairs that share their outer component with the heaviest one.
    let heaviest = end == .data ? view.index.data : view.index.source
    let anchors = (0..<innerCount).map { inner in
      let other = S(Double(inner))
      return view.family.anchor(
        at: end == .data ? (other, heaviest) : (heaviest, other), view.x, view.schedule, view.tube)
    }
    var base = PairColumn<S>(count: innerCount, dimension: d)
    for outer in 0..<outerCount {
      let distance = heaviest - S(Double(outer))
      guard S.any(distance * distance, below: S(0.25)) else { continue }
      let own = PairColumn(view, column(outer, nil)) { pair(outer, $0) }
      base.replace(with: own, where: distance * distance, below: 0.25)
    }
    var sums = CrossSums<S>(dimension: d, isWhole: query.isWhole)
    for outer in 0..<outerCount {
      let terms = column(outer, nil)
      let own = PairColumn(view, terms) { pair(outer, $0) }
      let moved = own.shift(against: base, column(outer, anchors))
      let offset = end == .data ? 0 : d
      let ends = (0..<d).map { i in own.mean { terms[$0].shifts[offset + i] } }
      sums.add(own.total, ends, moved)
      sums.addOwn(own.total, own.within, view.family.scaledSpread(end, outer, view.schedule, d))
    }
    return sums.mean
  }
}

/// The pairs of one outer component: their total share, their probabilities given it, and their w.
struct PairColumn<S: Scalar> {
  private(set) var total: S
  private let dimension: Int
  private var probabilities: [S]
  /// Rows of w.
  private var shifts: [S]

  init(count: Int, dimension: Int) {
    total = S(0.0)
    self.dimension = dimension
    probabilities = [S](repeating: S(0.0), count: count)
    shifts = [S](repeating: S(0.0), count: count * dimension)
  }

  init<F: PairFamily>(_ view: PairView<F, S>, _ terms: [PairTerm<S>], _ pair: (Int) -> Int) {
    let shares = terms.enumerated().map { inner, term in view.share(pair(inner), term) }
    let total = blockedSum(shares.count) { shares[$0] }
    let safe = S.choose(S(0.0), below: total, then: total, otherwise: S(1.0))
    self.total = total
    probabilities = shares.map { $0 / safe }
    dimension = view.table.dimension
    shifts = []
    shifts.reserveCapacity(terms.count * dimension)
    for term in terms { shifts += term.shifts[(2 * dimension)...] }
  }

  mutating func replace(with other: Self, where distance: S, below bound: Double) {
    func pick(_ a: S, _ b: S) -> S { S.choose(distance, below: S(bound), then: a, otherwise: b) }
    total = pick(other.total, total)
    for n in probabilities.indices {
      probabilities[n] = pick(other.probabilities[n], probabilities[n])
    }
    for i in shifts.indices { shifts[i] = pick(other.shifts[i], shifts[i]) }
  }

  func mean(_ term: (Int) -> S) -> S {
    blockedSum(probabilities.count) { probabilities[$0] * term($0) }
  }

  /// `Cov(w, w)` given the outer component, rows first.
  var within: [S] {
    let d = dimension
    let means = (0..<d).map { i in mean { shifts[$0 * d + i] } }
    return (0..<d * d).map { e in
      let (i, j) = (e / d, e % d)
      return mean { (shifts[$0 * d + i] - means[i]) * (shifts[$0 * d + j] - means[j]) }
    }
  }

  /// `<w|k> - <w|q>`, q being the outer component of `base`; `terms` compare the pairs of k with those
  /// of q that share the inner component.
  func shift(against base: Self, _ terms: [PairTerm<S>]) -> [S] {
    let d = dimension
    let count = probabilities.count
    // What has no weight before and after may change by anything.
    let logs = (0..<count).map { n in
      S.choose(
        probabilities[n] + base.probabilities[n], below: S(0x1p-120), then: S(0.0),
        otherwise: terms[n].logRatio + S.log(terms[n].factor))
    }
    // Small changes of the probabilities come from expm1; large ones leave no small difference.
    var isLarge = S(0.0)
    for log in logs {
      isLarge = FlowMatching.within(log, -0.5, 0.5, then: isLarge, otherwise: S(1.0))
    }
    let growth = logs.map { S.expMinusOne($0) }
    let mean = blockedSum(count) { base.probabilities[$0] * growth[$0] }
    return (0..<d).map { i in
      let small = blockedSum(count) { n in
        (probabilities[n] * terms[n].shifts[2 * d + i])
          .addingProduct(
            base.probabilities[n] * ((growth[n] - mean) / (S(1.0) + mean)), base.shifts[n * d + i])
      }
      let large = self.mean { shifts[$0 * d + i] } - base.mean { base.shifts[$0 * d + i] }
      return S.choose(isLarge, below: S(0.5), then: small, otherwise: large)
    }
  }
}

/// A covariance of two vectors, merged from weighted values (Chan, Golub and LeVeque, 1983).
private struct CrossSums<S: Scalar> {
  let dimension: Int
  let isWhole: Bool
  private var total = S(0.0)
  private var left: [S]
  private var right: [S]
  private var products: [S]

  init(dimension: Int, isWhole: Bool) {
    self.dimension = dimension
    self.isWhole = isWhole
    left = [S](repeating: S(0.0), count: dimension)
    right = left
    products = [S](repeating: S(0.0), count: isWhole ? dimension * dimension : dimension)
  }

  private func places() -> [(e: Int, i: Int, j: Int)] {
    products.indices.map { isWhole ? ($0, $0 / dimension, $0 % dimension) : ($0, $0, $0) }
  }

  /// Adds one pair of vectors; `left` and `right` are the running means.
  mutating func add(_ weight: S, _ a: [S], _ b: [S]) {
    let sum = total + weight
    let share = weight / S.choose(S(0.0), below: sum, then: sum, otherwise: S(1.0))
    let steps = (0..<dimension).map { (a: a[$0] - left[$0], b: b[$0] - right[$0]) }
    for (e, i, j) in places() {
      products[e] = products[e].addingProduct(total * share * steps[i].a, steps[j].b)
    }
    for i in 0..<dimension {
      left[i] = left[i].addingProduct(share, steps[i].a)
      right[i] = right[i].addingProduct(share, steps[i].b)
    }
    total = sum
  }

  /// Adds `-weight spread within`.
  mutating func addOwn(_ weight: S, _ within: [S], _ spread: [S]) {
    for (e, i, j) in places() {
      let product = blockedSum(dimension) { l in
        spread[i * dimension + l] * within[l * dimension + j]
      }
      products[e] = products[e].addingProduct(-weight, product)
    }
  }

  var mean: [S] { products.map { $0 / total } }
}
