import FlowMatching

/// The rows of one step, rounded to float.
final class TrainingBatch: @unchecked Sendable {
  // Unsafe: tasks write to disjoint rows.
  let count: Int
  let dimension: Int
  let times: UnsafeMutablePointer<Double>
  let labels: UnsafeMutablePointer<Int32>
  let points: AlignedFloats
  let targets: AlignedFloats
  let weights: AlignedFloats
  /// The weighted squared error of every row.
  let losses: AlignedFloats

  init(count: Int, dimension: Int) {
    self.count = count
    self.dimension = dimension
    times = .allocate(capacity: count)
    times.initialize(repeating: 0, count: count)
    labels = .allocate(capacity: count)
    labels.initialize(repeating: 0, count: count)
    points = AlignedFloats(count * dimension)
    targets = AlignedFloats(count * dimension)
    weights = AlignedFloats(count)
    losses = AlignedFloats(count)
  }

  deinit {
    times.deallocate()
    labels.deallocate()
  }

  /// Sets one row; `noLabel` stands for none.
  func set(_ row: Int, _ drawn: BatchDrawing.Row, noLabel: Int) {
    times[row] = drawn.time.t
    labels[row] = Int32(drawn.label ?? noLabel)
    weights.base[row] = Float(drawn.weight)
    for i in 0..<dimension {
      points.base[row * dimension + i] = Float(drawn.point[i])
      targets.base[row * dimension + i] = Float(drawn.target[i])
    }
  }

  /// The mean of the rows' losses, added in double precision in their order.
  var loss: Double {
    var sum = 0.0
    for row in 0..<count { sum += Double(losses.base[row]) }
    return sum / Double(count)
  }
}
