/// The running sums of one posterior over boxes: second moments are centred inside blocks and merged
/// with positive terms only (Chan, Golub and LeVeque, 1983).
struct BoxSums<S: Scalar>: PosteriorSums {
  let dimension: Int
  let wanted: Moments
  var total = S(0.0)
  var shift: [S]
  private var inverseTrace = S(0.0)
  private var spreadInverseTrace = S(0.0)
  var traces: (inverse: S, spreadInverse: S) {
    (inverseTrace / total, spreadInverseTrace / total)
  }
  var alphaRate = S(0.0)
  var varianceRate = S(0.0)
  /// `sum p |w - mean|^2`, or the matrix.
  var squareTrace = S(0.0)
  var square: [S]
  var inverse: [S]
  var spreadInverse: [S]
  var weights: [S] = []

  init(dimension: Int, _ wanted: Moments) {
    self.dimension = dimension
    self.wanted = wanted
    shift = [S](repeating: S(0.0), count: dimension)
    let size = wanted.contains(.jacobians) ? dimension * dimension : 0
    square = [S](repeating: S(0.0), count: size)
    inverse = square
    spreadInverse = square
  }

  /// Adds one block: `shifts` holds a row of w per component.
  mutating func add(
    _ size: Int, _ shares: [S], _ terms: [Comparison<S>], _ shifts: UnsafePointer<S>
  ) {
    var blockTotal = S(0.0)
    for b in 0..<size { blockTotal = blockTotal + shares[b] }
    if wanted.contains(.traces) {
      var a = S(0.0)
      var c = S(0.0)
      for b in 0..<size {
        a = a.addingProduct(shares[b], terms[b].inverseTrace)
        c = c.addingProduct(shares[b], terms[b].spreadInverseTrace)
      }
      inverseTrace = inverseTrace + a
      spreadInverseTrace = spreadInverseTrace + c
    }
    if wanted.contains(.rates) {
      var a = S(0.0)
      var c = S(0.0)
      for b in 0..<size {
        a = a.addingProduct(shares[b], terms[b].alphaRate)
        c = c.addingProduct(shares[b], terms[b].varianceRate)
      }
      alphaRate = alphaRate + a
      varianceRate = varianceRate + c
    }
    guard !wanted.isDisjoint(with: [.means, .traces, .jacobians]) else {
      total = total + blockTotal
      return
    }
    var blockShift = [S](repeating: S(0.0), count: dimension)
    blockShift.withUnsafeMutableBufferPointer { sum in
      for b in 0..<size {
        let row = shifts + b * dimension
        let share = shares[b]
        for i in 0..<dimension { sum[i] = sum[i].addingProduct(share, row[i]) }
      }
    }
    if !wanted.isDisjoint(with: [.traces, .jacobians]) {
      addSquares(size, shares, shifts, blockTotal, blockShift)
    }
    for i in 0..<dimension { shift[i] = shift[i] + blockShift[i] }
    total = total + blockTotal
  }

  /// Adds what `body` adds to two matrices of zeros: one running sum over all components would lose
  /// a digit for every ten of them.
  mutating func addInverses(_ body: (inout [S], inout [S]) -> Void) {
    var blockInverse = [S](repeating: S(0.0), count: inverse.count)
    var blockSpreadInverse = blockInverse
    body(&blockInverse, &blockSpreadInverse)
    for i in inverse.indices {
      inverse[i] = inverse[i] + blockInverse[i]
      spreadInverse[i] = spreadInverse[i] + blockSpreadInverse[i]
    }
  }

  /// Second moments about the block's mean, then the distance of that mean from the earlier one.
  private mutating func addSquares(
    _ size: Int, _ shares: [S], _ shifts: UnsafePointer<S>, _ blockTotal: S, _ blockShift: [S]
  ) {
    let zero = S(0.0)
    // A block or a past without weight has no mean; it contributes nothing.
    let safeBlock = S.choose(zero, below: blockTotal, then: blockTotal, otherwise: S(1.0))
    let safeTotal = S.choose(zero, below: total, then: total, otherwise: S(1.0))
    let merge = total * (blockTotal / (safeTotal + safeBlock))
    let mean = blockShift.map { $0 / safeBlock }
    let step = (0..<dimension).map { mean[$0] - shift[$0] / safeTotal }
    func deviation(_ b: Int, _ i: Int) -> S { shifts[b * dimension + i] - mean[i] }
    if wanted.contains(.jacobians) {
      for i in 0..<dimension {
        for j in 0...i {
          var sum = (merge * step[i]) * step[j]
          for b in 0..<size {
            sum = sum.addingProduct(shares[b] * deviation(b, i), deviation(b, j))
          }
          square[i * dimension + j] = square[i * dimension + j] + sum
        }
      }
    }
    if wanted.contains(.traces) {
      var sum = merge * blockedSum(dimension) { step[$0] * step[$0] }
      for b in 0..<size {
        let row = blockedSum(dimension) { i in
          let difference = deviation(b, i)
          return difference * difference
        }
        sum = sum.addingProduct(shares[b], row)
      }
      squareTrace = squareTrace + sum
    }
  }
}
