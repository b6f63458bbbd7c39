/// The running sums of one posterior.
struct MixtureSums<S: Scalar>: PosteriorSums {
  let dimension: Int
  let wanted: Moments
  var total = S(0.0)
  var shift: [S]
  var inverseTrace = S(0.0)
  var spreadInverseTrace = S(0.0)
  var alphaRate = S(0.0)
  var varianceRate = S(0.0)
  /// `sum p |w - mean|^2`, or the matrix.
  var squareTrace = S(0.0)
  var square: [S]
  var inverse: [S]
  var spreadInverse: [S]
  var weights: [S] = []

  let anchor: Anchor<S>
  private let anchorWeight: S
  private let anchorLogWeight: S

  /// The sums over no component yet; `index` is the heaviest one at x.
  init<F: GaussianFamily>(
    _ family: F, _ components: MixtureComponents, _ index: S, _ x: UnsafePointer<S>,
    _ schedule: Schedule<S>, _ wanted: Moments
  ) {
    dimension = family.dimension
    self.wanted = wanted
    anchor = family.anchor(at: index, x, schedule)
    anchorWeight = S.gather(at: index) { components.weights[$0] }
    anchorLogWeight = S.gather(at: index) { components.logWeights[$0] }
    shift = [S](repeating: S(0.0), count: dimension)
    let size = wanted.contains(.jacobians) ? dimension * dimension : 0
    square = [S](repeating: S(0.0), count: size)
    inverse = square
    spreadInverse = square
    if wanted.contains(.weights) {
      weights = [S](repeating: S(0.0), count: components.weights.count)
    }
  }

  /// Adds one block, shares below the cut left out.
  mutating func add<F: GaussianFamily>(
    _ block: Range<Int>, of family: F, _ components: MixtureComponents, _ x: UnsafePointer<S>,
    _ schedule: Schedule<S>, _ cut: S, _ scratch: borrowing BlockScratch<S>
  ) {
    family.compare(block, x, anchor, schedule, wanted, scratch)
    if !components.hasEqualWeights {
      for (b, k) in block.enumerated() {
        scratch.shares[b] = scratch.shares[b] * (S(components.weights[k]) / anchorWeight)
      }
    }
    let shares = scratch.shares
    for b in 0..<block.count {
      shares[b] = S.choose(shares[b], below: cut, then: S(0.0), otherwise: shares[b])
    }
    let blockTotal = blockedSum(block.count) { shares[$0] }
    if S.all(blockTotal, below: S(.leastNonzeroMagnitude)) { return }
    if wanted.contains(.weights) {
      for (b, k) in block.enumerated() { weights[k] = shares[b] }
    }
    if wanted.contains(.traces) {
      let traces = family.traces(block, blockTotal, anchor, scratch)
      inverseTrace = inverseTrace + traces.inverse
      spreadInverseTrace = spreadInverseTrace + traces.spreadInverse
    }
    if wanted.contains(.rates) {
      var a = S(0.0)
      var c = S(0.0)
      for b in 0..<block.count {
        a = a.addingProduct(shares[b], scratch.terms[b].alphaRate)
        c = c.addingProduct(shares[b], scratch.terms[b].varianceRate)
      }
      alphaRate = alphaRate + a
      varianceRate = varianceRate + c
    }
    if !wanted.isDisjoint(with: [.means, .traces, .jacobians]) {
      family.sumShifts(block, anchor, schedule, scratch)
      if !wanted.isDisjoint(with: [.traces, .jacobians]) {
        addSquares(block, of: family, schedule, blockTotal, scratch)
      }
      for i in 0..<dimension { shift[i] = shift[i] + scratch.sum[i] }
    }
    if wanted.contains(.jacobians) {
      addInverses { inverse, spreadInverse in
        for (b, k) in block.enumerated() {
          family.addInverse(
            k, times: shares[b], schedule, inverse: &inverse, spreadInverse: &spreadInverse)
        }
      }
    }
    total = total + blockTotal
  }

  /// Adds what `body` adds to two matrices of zeros: one running sum over all components would lose
  /// a digit for every ten of them.
  private mutating func addInverses(_ body: (inout [S], inout [S]) -> Void) {
    var blockInverse = [S](repeating: S(0.0), count: inverse.count)
    var blockSpreadInverse = blockInverse
    body(&blockInverse, &blockSpreadInverse)
    for i in inverse.indices {
      inverse[i] = inverse[i] + blockInverse[i]
      spreadInverse[i] = spreadInverse[i] + blockSpreadInverse[i]
    }
  }

  /// Second moments about the block's mean, then the distance of that mean from the earlier one.
  private mutating func addSquares<F: GaussianFamily>(
    _ block: Range<Int>, of family: F, _ schedule: Schedule<S>,
    _ blockTotal: S, _ scratch: borrowing BlockScratch<S>
  ) {
    let zero = S(0.0)
    // A block or a past without weight has no mean; it contributes nothing.
    let safeBlock = S.choose(zero, below: blockTotal, then: blockTotal, otherwise: S(1.0))
    let safeTotal = S.choose(zero, below: total, then: total, otherwise: S(1.0))
    let merge = total * (blockTotal / (safeTotal + safeBlock))
    let mean = scratch.mean
    for i in 0..<dimension { mean[i] = scratch.sum[i] / safeBlock }
    let step = (0..<dimension).map { mean[$0] - shift[$0] / safeTotal }
    if wanted.contains(.jacobians) {
      let (shares, shifts) = (scratch.shares, scratch.shifts)
      func deviation(_ b: Int, _ i: Int) -> S { shifts[b * dimension + i] - mean[i] }
      for i in 0..<dimension {
        for j in 0...i {
          var sum = (merge * step[i]) * step[j]
          for b in 0..<block.count {
            sum = sum.addingProduct(shares[b] * deviation(b, i), deviation(b, j))
          }
          square[i * dimension + j] = square[i * dimension + j] + sum
        }
      }
    }
    if wanted.contains(.traces) {
      let between = merge * blockedSum(dimension) { step[$0] * step[$0] }
      squareTrace =
        squareTrace
        + (between + family.squares(block, about: mean, anchor, schedule, scratch))
    }
  }

  func posterior(_ schedule: Schedule<S>) -> Posterior<S> {
    posterior(anchor, logWeight: anchorLogWeight, schedule)
  }
}
