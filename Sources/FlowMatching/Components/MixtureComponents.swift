/// The weights of a mixture's components, and the bounds of their blocks of 64.
struct MixtureComponents: Sendable {
  /// Relative weights, all positive.
  let weights: [Double]
  /// `log(w_k / sum w)`.
  let logWeights: [Double]
  /// `nil` where nothing is known of the blocks: then none is left out.
  let bounds: BlockBounds?
  let hasEqualWeights: Bool

  init(weights: [Double], logWeights: [Double], bounds: BlockBounds? = nil) {
    self.weights = weights
    self.logWeights = logWeights
    self.bounds = bounds
    hasEqualWeights = weights.allSatisfy { $0 == weights[0] }
  }

  var blockCount: Int { (weights.count + BlockBounds.size - 1) / BlockBounds.size }

  func range(_ block: Int) -> Range<Int> { BlockBounds.range(block, of: weights.count) }
}
