/// The search for the heaviest component at eight points at once, and what it learns of every block on
/// the way: an upper bound of the logits, weights included.
///
/// Of equally heavy components the first is taken, whatever the order of the visits: the answer for a
/// lane depends on nothing but its own point.
struct HeaviestComponent<S: Scalar> {
  private(set) var index = S(0.0)
  private var best = S(-Double.infinity)
  /// No block with a bound below this holds the heaviest component.
  private var floor = S(-Double.infinity)
  private let x: UnsafePointer<S>
  private let schedule: Schedule<S>
  private let bounds: UnsafeMutablePointer<S>

  /// `scratch` holds the group's points and must outlive the search.
  init<F: GaussianFamily>(
    _ group: Int, _ family: F, _ components: MixtureComponents, _ schedule: Schedule<S>,
    _ scratch: borrowing BlockScratch<S>
  ) {
    x = scratch.x(group)
    bounds = scratch.bounds(group)
    self.schedule = schedule
    guard components.blockCount > 1, let boxes = components.bounds else {
      for block in 0..<components.blockCount { bounds[block] = S(Double.infinity) }
      return
    }
    boxes.fill(bounds, x, schedule)
    // Start each lane where its bound is largest.
    var top = S(-Double.infinity)
    var start = S(0.0)
    for block in 0..<components.blockCount {
      start = S.choose(top, below: bounds[block], then: S(Double(block)), otherwise: start)
      top = S.maximum(top, bounds[block])
    }
    var blocks: Set<Int> = []
    _ = S.gather(at: start) {
      blocks.insert($0)
      return 0
    }
    for block in blocks { visit(block, family, components, scratch) }
  }

  /// Whether the heaviest component may be in the block.
  @inline(__always)
  func canBe(in block: Int) -> Bool { !S.all(bounds[block], below: floor) }

  /// Whether a share in the block can be at least the cut.
  @inline(__always)
  func canMatter(_ block: Int, _ cut: ShareCut<S>) -> Bool {
    !S.all(bounds[block], below: floor + cut.logit)
  }

  /// Looks at all components of the block.
  mutating func visit<F: GaussianFamily>(
    _ block: Int, _ family: F, _ components: MixtureComponents,
    _ scratch: borrowing BlockScratch<S>
  ) {
    let range = components.range(block)
    let logits = scratch.logits
    family.logits(range, x, schedule, into: logits)
    var top = S(-Double.infinity)
    for (b, k) in range.enumerated() {
      logits[b] = logits[b] + S(components.logWeights[k])
      top = S.maximum(top, logits[b])
    }
    bounds[block] = inflated(top, family.dimension)
    if S.all(top, below: best) { return }
    for (b, k) in range.enumerated() {
      let logit = logits[b]
      let candidate = S(Double(k))
      let equal = S.choose(
        logit, below: best, then: index, otherwise: S.minimum(candidate, index))
      index = S.choose(best, below: logit, then: candidate, otherwise: equal)
      best = S.maximum(best, logit)
    }
    floor = -inflated(-best, family.dimension)
  }
}
