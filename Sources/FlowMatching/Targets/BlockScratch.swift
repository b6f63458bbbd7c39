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
  /// One row each.
  let sum: UnsafeMutablePointer<S>
  let mean: UnsafeMutablePointer<S>
  let center: UnsafeMutablePointer<S>
  /// A row per group.
  private let points: UnsafeMutablePointer<S>
  private let bounds: UnsafeMutablePointer<S>

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
    for (group, x) in points.enumerated() {
      for i in 0..<dimension { self.points[group * dimension + i] = x[i] }
    }
  }

  /// The points of a group.
  func x(_ group: Int) -> UnsafePointer<S> { UnsafePointer(points + group * dimension) }
  /// The bounds of a group, one per block.
  func bounds(_ group: Int) -> UnsafeMutablePointer<S> { bounds + group * blockCount }

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

  /// Keeps every row of w.
  func compareEach<S: Scalar>(
    _ block: Range<Int>, _ x: UnsafePointer<S>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    _ wanted: Moments, _ scratch: borrowing BlockScratch<S>
  ) {
    for b in 0..<block.count {
      let term = compare(
        block.lowerBound + b, x, anchor, schedule, shift: scratch.shifts + b * dimension, wanted)
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
      for i in 0..<dimension { sum[i] = sum[i].addingProduct(share, row[i]) }
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
      sum = sum.addingProduct(scratch.shares[b], square)
    }
    return sum
  }

  func traces<S: Scalar>(
    _ block: Range<Int>, _ total: S, _ anchor: Anchor<S>, _ scratch: borrowing BlockScratch<S>
  ) -> (inverse: S, spreadInverse: S) {
    var result = (inverse: S(0.0), spreadInverse: S(0.0))
    for b in 0..<block.count {
      let term = scratch.terms[b]
      result.inverse = result.inverse.addingProduct(scratch.shares[b], term.inverseTrace)
      result.spreadInverse = result.spreadInverse.addingProduct(
        scratch.shares[b], term.spreadInverseTrace)
    }
    return result
  }
}
