/// The Laplacian of the graph whose nodes are the columns of a plan, nodes j and k joined with the
/// weight `w_jk = sum_i P_ij P_ik/r_i` (r_i the row sums): minus the second derivative of the
/// entropic dual in the column terms. One more node is the ground, whose value is 0; a link to it
/// holds a node back.
///
/// Solved by elimination without subtractions, so that weak links keep their digits.
///
/// *Reference*: Grassmann, Taksar and Heyman (1985).
struct WeightedLaplacian {
  /// The nodes, the ground last.
  private let count: Int
  /// Off-diagonal weights; what stands on the diagonal is ignored.
  private var weights: [Double]

  /// - Parameter ground: The weights of the links to the ground.
  init(plan: [Double], rows: Int, columns: Int, ground: [Double]) {
    let n = columns + 1
    count = n
    var weights = [Double](repeating: 0, count: n * n)
    for i in 0..<rows {
      let row = Array(plan[i * columns..<(i + 1) * columns])
      let sum = blockedSum(columns) { row[$0] }
      for j in 0..<columns where row[j] > 0 {
        let share = row[j] / sum
        weights.withUnsafeMutableBufferPointer { weights in
          for k in 0..<columns { weights[j * n + k] += share * row[k] }
        }
      }
    }
    for j in 0..<columns { weights[j * n + columns] = ground[j] }
    self.weights = weights
  }

  /// The x with `L x = right`. A node without links gets 0. The weights are used up.
  mutating func solve(_ right: [Double]) -> [Double] {
    var flow = right + [0]
    var degrees = [Double](repeating: 0, count: count)
    let n = count
    for k in 0..<n - 1 {
      let links = Array(weights[k * n + k + 1..<(k + 1) * n])
      let degree = blockedSum(links.count) { links[$0] }
      degrees[k] = degree
      guard degree > 0 else { continue }
      for (offset, link) in links.enumerated() where link > 0 {
        let j = k + 1 + offset
        let share = link / degree
        flow[j] += share * flow[k]
        weights.withUnsafeMutableBufferPointer { weights in
          for l in 0..<links.count { weights[j * n + k + 1 + l] += share * links[l] }
        }
      }
    }
    var x = [Double](repeating: 0, count: n)
    for k in (0..<n - 1).reversed() where degrees[k] > 0 {
      let inflow = blockedSum(n - 1 - k) { weights[k * n + k + 1 + $0] * x[k + 1 + $0] }
      x[k] = (flow[k] + inflow) / degrees[k]
    }
    return Array(x.dropLast())
  }
}
