/// Working memory for the evaluation of a few groups of points, block by block. Plain pointers, because
/// these are the arrays of the innermost loops; they end with the scratch.
///
/// Beside one block's numbers it holds a bound per block and group: a 64th of a number per component
/// and point, whatever the dimension.
struct BlockScratch<S: Scalar>: ~Copyable {
  let dimension: Int
  let blockCount: Int
  let logits: UnsafeMutablePointer<S>
  /// `exp(l_k - l_j)`, then times `w_k/w_j`.
  let shares: UnsafeMutablePointer<S>
  let terms: UnsafeMutablePointer<Comparison<S>>
  /// A row of w per component. Only what is used of it takes up memory.
  let shifts: UnsafeMutablePointer<S>
  /// Of the block at hand.
  private let chosen: UnsafeMutablePointer<Fours>
  /// One row each.
  let sum: UnsafeMutablePointer<S>
  let mean: UnsafeMutablePointer<S>
  let center: UnsafeMutablePointer<S>
  /// A row per group.
  private let points: UnsafeMutablePointer<S>
  private let bounds: UnsafeMutablePointer<S>
  private let allFours: UnsafeMutablePointer<Fours>

  init(dimension: Int, points: [[S]], blockCount: Int) {
    self.dimension = dimension
    self.blockCount = blockCount
    logits = .allocate(capacity: BlockBounds.size)
    shares = .allocate(capacity: BlockBounds.size)
    terms = .allocate(capacity: BlockBounds.size)
    shifts = .allocate(capacity: BlockBounds.size * dimension)
    sum = .allocate(capacity: dimension)
    mean = .allocate(capacity: dimension)
    center = .allocate(capacity: dimension)
    self.points = .allocate(capacity: points.count * dimension)
    bounds = .allocate(capacity: points.count * blockCount)
    allFours = .allocate(capacity: points.count * blockCount)
    chosen = .allocate(capacity: 1)
    chosen.initialize(to: .all)
    for (group, x) in points.enumerated() {
      for i in 0..<dimension { self.points[group * dimension + i] = x[i] }
    }
  }

  /// The points of a group.
  func x(_ group: Int) -> UnsafePointer<S> { UnsafePointer(points + group * dimension) }
  /// The bounds of a group, one per block.
  func bounds(_ group: Int) -> UnsafeMutablePointer<S> { bounds + group * blockCount }
  /// What is worth looking at in the blocks of a group.
  func fours(_ group: Int) -> UnsafeMutablePointer<Fours> { allFours + group * blockCount }
  /// What is worth looking at in the block at hand.
  var fours: Fours {
    get { chosen.pointee }
    nonmutating set { chosen.pointee = newValue }
  }

  deinit {
    logits.deallocate()
    shares.deallocate()
    terms.deallocate()
    shifts.deallocate()
    sum.deallocate()
    mean.deallocate()
    center.deallocate()
    points.deallocate()
    bounds.deallocate()
    allFours.deallocate()
    chosen.deallocate()
  }
}

extension GaussianFamily {
  func logits<S: Scalar>(
    _ block: Range<Int>, _ x: UnsafePointer<S>, _ schedule: Schedule<S>,
    into logits: UnsafeMutablePointer<S>
  ) {
    for k in block { logits[k - block.lowerBound] = logit(k, x, schedule) }
  }

  func compare<S: Scalar>(
    _ block: Range<Int>, _ x: UnsafePointer<S>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    _ wanted: Moments, _ scratch: borrowing BlockScratch<S>
  ) {
    compareEach(block, x, anchor, schedule, wanted, scratch)
  }

  /// Keeps every row of w; zero outside the fours worth looking at.
  func compareEach<S: Scalar>(
    _ block: Range<Int>, _ x: UnsafePointer<S>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    _ wanted: Moments, _ scratch: borrowing BlockScratch<S>
  ) {
    for b in 0..<block.count {
      let shift = scratch.shifts + b * dimension
      guard scratch.fours.contains(b) else {
        scratch.shares[b] = S(0.0)
        scratch.terms[b] = Comparison()
        for i in 0..<dimension { shift[i] = S(0.0) }
        continue
      }
      let term = compare(
        block.lowerBound + b, x, anchor, schedule, shift: shift, wanted)
      scratch.shares[b] = S.exp(term.logRatio) * term.factor
      scratch.terms[b] = term
    }
  }

  func sumShifts<S: Scalar>(
    _ block: Range<Int>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    _ scratch: borrowing BlockScratch<S>
  ) {
    let sum = scratch.sum
    for i in 0..<dimension { sum[i] = S(0.0) }
    for b in 0..<block.count {
      let row = scratch.shifts + b * dimension
      let share = scratch.shares[b]
      for i in 0..<dimension { sum[i] = sum[i].adding(share, times: row[i]) }
    }
  }

  func squares<S: Scalar>(
    _ block: Range<Int>, about mean: UnsafePointer<S>, _ anchor: Anchor<S>,
    _ schedule: Schedule<S>, _ scratch: borrowing BlockScratch<S>
  ) -> S {
    var sum = S(0.0)
    for b in 0..<block.count {
      let row = scratch.shifts + b * dimension
      let square = blockedSum(dimension) { i in
        let difference = row[i] - mean[i]
        return difference * difference
      }
      sum = sum.adding(scratch.shares[b], times: square)
    }
    return sum
  }

  func commonTraces<S: Scalar>(_ anchor: Anchor<S>) -> (inverse: S, spreadInverse: S)? { nil }

  func traces<S: Scalar>(
    _ block: Range<Int>, _ scratch: borrowing BlockScratch<S>
  ) -> (inverse: S, spreadInverse: S) {
    var result = (inverse: S(0.0), spreadInverse: S(0.0))
    for b in 0..<block.count {
      let term = scratch.terms[b]
      result.inverse = result.inverse.adding(scratch.shares[b], times: term.inverseTrace)
      result.spreadInverse = result.spreadInverse.adding(
        scratch.shares[b], times: term.spreadInverseTrace)
    }
    return result
  }
}
