import FlowMatching

/// The pairs of a batch, drawn together because one pair depends on all.
struct CoupledPairs: Sendable {
  let dimension: Int
  let x0: [Double]
  let x1: [Double]
  let labels: [Int?]
  /// Row i of x0 goes with row `partner[i]` of x1.
  let partner: [Int]

  /// Rows `first..<first + count` of the training.
  /// - Throws: what the assignment or the plan throws.
  init(
    _ drawing: BatchDrawing, first: UInt64, count: Int, workers: Workers
  ) throws(FlowError) {
    let d = drawing.data.dimension
    var x0 = [Double](repeating: 0, count: count * d)
    var x1 = x0
    var labels = [Int?](repeating: nil, count: count)
    x0.withUnsafeMutableBufferPointer { x0 in
      x1.withUnsafeMutableBufferPointer { x1 in
        labels.withUnsafeMutableBufferPointer { labels in
          // Each task writes its own rows.
          nonisolated(unsafe) let (x0, x1, labels) = (x0, x1, labels)
          workers.perform((count + 31) / 32) { _, task in
            for row in task * 32..<min(count, task * 32 + 32) {
              let pair = drawing.pair(first + UInt64(row))
              for i in 0..<d {
                x0[row * d + i] = pair.x0[i]
                x1[row * d + i] = pair.x1[i]
              }
              labels[row] = pair.label
            }
          }
        }
      }
    }
    dimension = d
    self.x0 = x0
    self.x1 = x1
    self.labels = labels
    let costs = try CostMatrix(squaredDistancesFrom: x0, to: x1, dimension: d)
    switch drawing.recipe.coupling {
    case .independent:
      partner = Array(0..<count)
    case .assignment:
      partner = try Assignment(costs).permutation
    case .sinkhorn(let epsilon):
      let plan = try EntropicPlan(costs, epsilon: epsilon, tolerance: 1e-6)
      partner = (0..<count).map { row in
        drawing.partner(of: row, first + UInt64(row), plan.plan[row * count..<(row + 1) * count])
      }
    }
  }
}

extension CoupledPairs {
  /// Pair `row`.
  subscript(row: Int) -> (x1: [Double], x0: [Double], label: Int?) {
    let d = dimension
    let other = partner[row]
    return (
      Array(x1[other * d..<(other + 1) * d]), Array(x0[row * d..<(row + 1) * d]), labels[other]
    )
  }
}

extension BatchDrawing {
  /// A column drawn with the probabilities of a row of a plan.
  fileprivate func partner(of row: Int, _ index: UInt64, _ shares: ArraySlice<Double>) -> Int {
    let random = RandomStream(seed: recipe.seed, stream: RandomPurpose.partners.stream)
    var rest = random.uniforms(at: index).0 * shares.reduce(0, +)
    for (column, share) in shares.enumerated() {
      rest -= share
      if rest <= 0 { return column }
    }
    return shares.count - 1
  }
}
