/// The cheapest pairing of equally many points: the permutation p that minimises
/// `sum_i cost(i, p(i))`, every row and every column used once.
///
/// With squared distances this is the optimal transport between two batches, without the repeated
/// and missing points of pairs drawn from a transport plan.
///
/// *Accuracy*: `gap` bounds how much dearer the pairing is than the cheapest, by the prices of the
/// columns: it is rounding noise (tested below `16 u` times the sum of the magnitudes).
///
/// *Edge cases*: ties are broken the same way every time; rows or points may be equal.
///
/// *Cost*: O(n^3) at worst, and O(n^2) memory.
///
/// *Reference*: Jonker and Volgenant (1987); Crouse (2016).
public struct Assignment: Sendable, Equatable {
  /// Row i goes with column `permutation[i]`.
  public let permutation: [Int]
  /// `sum_i cost(i, permutation[i])`.
  public let cost: Double
  /// One price v_j per column, the dual solution: every row i has a cheapest column by
  /// `cost(i, j) - v_j`, and it is the one that it was given.
  public let prices: [Double]
  /// `sum_i [cost(i, p(i)) - v_p(i) - min_j (cost(i, j) - v_j)]`: no pairing is cheaper than
  /// `cost - gap`, whatever the prices are.
  public let gap: Double

  /// - Throws: `dimensionMismatch` unless there are as many rows as columns; `outOfDomain` for costs
  ///   above 1e300, whose differences could overflow.
  public init(_ costs: CostMatrix) throws(FlowError) {
    guard costs.rows == costs.columns else {
      throw FlowError(
        .dimensionMismatch, "x1",
        "there are \(costs.columns) columns (points of x1) for \(costs.rows) rows (points of x0)")
    }
    if let largest = costs.values.first(where: { abs($0) > 1e300 }) {
      throw FlowError.outOfDomain("costs", largest, accepted: "[-1e300, 1e300]")
    }
    var search = ShortestAugmentingPaths(costs)
    try search.assignAll()
    let permutation = search.columnOfRow
    let prices = search.prices
    self.permutation = permutation
    self.prices = prices
    let n = costs.rows
    cost = blockedSum(n) { costs[$0, permutation[$0]] }
    let excess = (0..<n).map { i in
      var least = Double.infinity
      for j in 0..<n { least = min(least, costs[i, j] - prices[j]) }
      return costs[i, permutation[i]] - prices[permutation[i]] - least
    }
    gap = blockedSum(n) { excess[$0] }
  }

  /// The cheapest pairing by squared distance of points on a line: both sorted, equal ones in the
  /// order in which they stand. O(n log n), and the cheapest for every convex function of distance.
  /// - Throws: `dimensionMismatch`, `nonFinite`.
  public static func monotone(_ x0: [Double], _ x1: [Double]) throws(FlowError) -> [Int] {
    guard x0.count == x1.count else {
      throw FlowError.dimensionMismatch("x1", x1.count, expected: x0.count)
    }
    try FlowError.checkFinite(x0, "x0")
    try FlowError.checkFinite(x1, "x1")
    func order(_ points: [Double]) -> [Int] {
      points.indices.sorted { points[$0] != points[$1] ? points[$0] < points[$1] : $0 < $1 }
    }
    var permutation = [Int](repeating: 0, count: x0.count)
    for (i, j) in zip(order(x0), order(x1)) { permutation[i] = j }
    return permutation
  }
}
