/// The running sums of one posterior.
struct MixtureSums<S: Scalar>: PosteriorSums {
  let dimension: Int
  let wanted: Moments
  let anchor: Anchor<S>
  private let anchorWeight: S
  private let anchorLogWeight: S
  /// The traces, where they are those of every component.
  private let commonTraces: (inverse: S, spreadInverse: S)?

  private var totalSum = RunningSum<S>()
  private var shiftSum: [RunningSum<S>]
  private var inverseTrace = RunningSum<S>()
  private var spreadInverseTrace = RunningSum<S>()
  private var alphaRateSum = RunningSum<S>()
  private var varianceRateSum = RunningSum<S>()
  private var squareTraceSum = RunningSum<S>()
  private var squareSum: [RunningSum<S>]
  private var inverseSum: [RunningSum<S>]
  private var spreadInverseSum: [RunningSum<S>]
  private(set) var weights: [S] = []

  var total: S { totalSum.value }
  var shift: [S] { shiftSum.map(\.value) }
  var traces: (inverse: S, spreadInverse: S) {
    let total = total
    return commonTraces ?? (inverseTrace.value / total, spreadInverseTrace.value / total)
  }
  var alphaRate: S { alphaRateSum.value }
  var varianceRate: S { varianceRateSum.value }
  var squareTrace: S { squareTraceSum.value }
  var square: [S] { squareSum.map(\.value) }
  var inverse: [S] { inverseSum.map(\.value) }
  var spreadInverse: [S] { spreadInverseSum.map(\.value) }

  /// The sums over no component yet; `index` is the heaviest one at x.
  init<F: GaussianFamily>(
    _ family: F, _ components: MixtureComponents, _ index: S, isContested: S,
    _ x: UnsafePointer<S>, _ schedule: Schedule<S>, _ wanted: Moments
  ) {
    dimension = family.dimension
    self.wanted = wanted
    var anchor = family.anchor(at: index, x, schedule)
    anchor.isContested = isContested
    self.anchor = anchor
    anchorWeight = S.gather(at: index) { components.weights[$0] }
    anchorLogWeight = S.gather(at: index) { components.logWeights[$0] }
    commonTraces = family.commonTraces(anchor)
    shiftSum = [RunningSum](repeating: RunningSum(), count: dimension)
    let size = wanted.contains(.jacobians) ? dimension * dimension : 0
    squareSum = [RunningSum](repeating: RunningSum(), count: size)
    inverseSum = squareSum
    spreadInverseSum = squareSum
    if wanted.contains(.weights) {
      weights = [S](repeating: S(0.0), count: components.weights.count)
    }
  }

  /// `w_k/w_j exp(l_k - l_j)` of one block, in the scratch's shares.
  private func compare<F: GaussianFamily>(
    _ block: Range<Int>, of family: F, _ components: MixtureComponents, _ x: UnsafePointer<S>,
    _ schedule: Schedule<S>, _ scratch: borrowing BlockScratch<S>
  ) {
    family.compare(block, x, anchor, schedule, wanted, scratch)
    if !components.hasEqualWeights {
      for (b, k) in block.enumerated() {
        scratch.shares[b] = scratch.shares[b] * (S(components.weights[k]) / anchorWeight)
      }
    }
  }

  /// The heaviest component as it is seen from the anchor.
  func heaviest<F: GaussianFamily>(
    of family: F, _ components: MixtureComponents, _ x: UnsafePointer<S>, _ schedule: Schedule<S>,
    _ scratch: borrowing BlockScratch<S>
  ) -> S {
    scratch.fours = .all
    var shares: [S] = []
    for block in 0..<components.blockCount {
      let range = components.range(block)
      compare(range, of: family, components, x, schedule, scratch)
      for b in 0..<range.count { shares.append(scratch.shares[b]) }
    }
    return Anchoring.largest(shares)
  }

  /// Adds one block, shares below the cut left out.
  mutating func add<F: GaussianFamily>(
    _ block: Range<Int>, of family: F, _ components: MixtureComponents, _ x: UnsafePointer<S>,
    _ schedule: Schedule<S>, _ cut: S, _ scratch: borrowing BlockScratch<S>
  ) {
    compare(block, of: family, components, x, schedule, scratch)
    let shares = scratch.shares
    for b in 0..<block.count {
      shares[b] = S.choose(shares[b], below: cut, then: S(0.0), otherwise: shares[b])
    }
    let blockTotal = blockedSum(block.count) { shares[$0] }
    if S.all(blockTotal, below: S(.leastNonzeroMagnitude)) { return }
    if wanted.contains(.weights) {
      for (b, k) in block.enumerated() { weights[k] = shares[b] }
    }
    if wanted.contains(.traces), commonTraces == nil {
      let traces = family.traces(block, scratch)
      inverseTrace.add(traces.inverse)
      spreadInverseTrace.add(traces.spreadInverse)
    }
    if wanted.contains(.rates) {
      alphaRateSum.add(blockedSum(block.count) { shares[$0] * scratch.terms[$0].alphaRate })
      varianceRateSum.add(blockedSum(block.count) { shares[$0] * scratch.terms[$0].varianceRate })
    }
    if !wanted.isDisjoint(with: [.means, .traces, .jacobians]) {
      for b in block.count..<(block.count + 3) / 4 * 4 { shares[b] = S(0.0) }
      if dimension > RowSums.fewAxes { scratch.fours = Fours(of: block.count, shares: shares) }
      family.sumShifts(block, anchor, schedule, scratch)
      if !wanted.isDisjoint(with: [.traces, .jacobians]) {
        addSquares(block, of: family, schedule, blockTotal, scratch)
      }
      for i in 0..<dimension { shiftSum[i].add(scratch.sum[i]) }
    }
    if wanted.contains(.jacobians) {
      addInverses { inverse, spreadInverse in
        for (b, k) in block.enumerated() {
          family.addInverse(
            k, times: shares[b], schedule, inverse: &inverse, spreadInverse: &spreadInverse)
        }
      }
    }
    totalSum.add(blockTotal)
  }

  /// Adds what `body` adds to two matrices of zeros.
  private mutating func addInverses(_ body: (inout [S], inout [S]) -> Void) {
    var blockInverse = [S](repeating: S(0.0), count: inverseSum.count)
    var blockSpreadInverse = blockInverse
    body(&blockInverse, &blockSpreadInverse)
    for i in inverseSum.indices {
      inverseSum[i].add(blockInverse[i])
      spreadInverseSum[i].add(blockSpreadInverse[i])
    }
  }

  /// Second moments about the block's mean, then the distance of that mean from the earlier one.
  private mutating func addSquares<F: GaussianFamily>(
    _ block: Range<Int>, of family: F, _ schedule: Schedule<S>,
    _ blockTotal: S, _ scratch: borrowing BlockScratch<S>
  ) {
    let (zero, total) = (S(0.0), total)
    // A block or a past without weight has no mean; it contributes nothing.
    let safeBlock = S.choose(zero, below: blockTotal, then: blockTotal, otherwise: S(1.0))
    let safeTotal = S.choose(zero, below: total, then: total, otherwise: S(1.0))
    let merge = total * (blockTotal / (safeTotal + safeBlock))
    let mean = scratch.mean
    for i in 0..<dimension { mean[i] = scratch.sum[i] / safeBlock }
    func step(_ i: Int) -> S { mean[i] - shiftSum[i].value / safeTotal }
    if wanted.contains(.jacobians) {
      let (shares, shifts) = (scratch.shares, scratch.shifts)
      func deviation(_ b: Int, _ i: Int) -> S { shifts[b * dimension + i] - mean[i] }
      for i in 0..<dimension {
        for j in 0...i {
          var sum = (merge * step(i)) * step(j)
          for b in 0..<block.count {
            sum = sum.adding(shares[b] * deviation(b, i), times: deviation(b, j))
          }
          squareSum[i * dimension + j].add(sum)
        }
      }
    }
    if wanted.contains(.traces) {
      let between =
        merge
        * blockedSum(dimension) { i in
          let step = step(i)
          return step * step
        }
      squareTraceSum.add(
        between + family.squares(block, about: mean, anchor, schedule, scratch))
    }
  }

  func posterior(_ schedule: Schedule<S>) -> Posterior<S> {
    posterior(anchor, logWeight: anchorLogWeight, schedule)
  }
}
