/// Working memory for one block of components. Plain pointers, because these are the arrays of the
/// innermost loops and are used again for every block; they end with the scratch.
struct BlockScratch<S: Scalar>: ~Copyable {
  let dimension: Int
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

  init(dimension: Int) {
    self.dimension = dimension
    logits = .allocate(capacity: BlockBounds.size)
    shares = .allocate(capacity: BlockBounds.size)
    terms = .allocate(capacity: BlockBounds.size)
    shifts = .allocate(capacity: BlockBounds.size * dimension)
    sum = .allocate(capacity: dimension)
    mean = .allocate(capacity: dimension)
    center = .allocate(capacity: dimension)
  }

  deinit {
    logits.deallocate()
    shares.deallocate()
    terms.deallocate()
    shifts.deallocate()
    sum.deallocate()
    mean.deallocate()
    center.deallocate()
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
