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
