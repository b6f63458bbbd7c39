/// The search for the heaviest component at eight points at once, and what it learns of every block on
/// the way: an upper bound of the logits, weights included, and which fours of components can matter.
///
/// Of equally heavy components the first is taken, whatever the order of the visits: the answer for a
/// lane depends on nothing but its own point.
struct HeaviestComponent<S: Scalar> {
  var index = S(0.0)
  private var best = S(-Double.infinity)
  /// No block with a bound below this holds the heaviest component.
  private var floor = S(-Double.infinity)
  private let x: UnsafePointer<S>
  private let schedule: Schedule<S>
  private let bounds: UnsafeMutablePointer<S>
  private let fours: UnsafeMutablePointer<Fours>
  private let cut: ShareCut<S>

  /// `scratch` holds the group's points and must outlive the search; by `cut` fours are left out.
  init<F: GaussianFamily>(
    _ group: Int, _ family: F, _ components: MixtureComponents, _ schedule: Schedule<S>,
    _ cut: ShareCut<S>, _ scratch: borrowing BlockScratch<S>
  ) {
    x = scratch.x(group)
    bounds = scratch.bounds(group)
    fours = scratch.fours(group)
    self.schedule = schedule
    self.cut = cut
    for block in 0..<components.blockCount { fours[block] = .all }
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

  /// The fours of the block in which a share can be at least the cut that the search was told.
  func fours(in block: Int) -> Fours { fours[block] }

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
    if !S.all(top, below: best) { look(range, logits, family.dimension) }
    if components.bounds != nil, family.dimension >= Fours.leastDimension {
      chooseFours(block, range.count, logits, family.dimension)
    }
  }

  /// Looks for the heaviest component in a block.
  private mutating func look(_ range: Range<Int>, _ logits: UnsafePointer<S>, _ dimension: Int) {
    for (b, k) in range.enumerated() {
      let logit = logits[b]
      let candidate = S(Double(k))
      let equal = S.choose(
        logit, below: best, then: index, otherwise: S.minimum(candidate, index))
      index = S.choose(best, below: logit, then: candidate, otherwise: equal)
      best = S.maximum(best, logit)
    }
    floor = lowered(best, dimension)
  }

  /// Leaves out the fours whose logits are all too low, by the margin that blocks are left out with.
  private func chooseFours(
    _ block: Int, _ count: Int, _ logits: UnsafeMutablePointer<S>, _ dimension: Int
  ) {
    for b in count..<(count + 3) / 4 * 4 { logits[b] = S(-Double.infinity) }
    // Twice, because a number is moved by more the larger it is: a logit below this is below the cut
    // when it is moved up.
    let least = lowered(lowered(floor + cut.logit, dimension), dimension)
    fours[block] = Fours(of: count) { b in
      let largest = S.maximum(
        S.maximum(logits[b], logits[b + 1]), S.maximum(logits[b + 2], logits[b + 3]))
      return !S.all(largest, below: least)
    }
  }

  private func lowered(_ logit: S, _ dimension: Int) -> S { -inflated(-logit, dimension) }
}
