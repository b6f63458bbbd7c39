import RealModule

/// The entropic optimal transport plan between two weighted sets of points: among all plans P with
/// row sums a and column sums b the one that minimises
///
///     <P, C> + epsilon sum_ij P_ij log(P_ij/(a_i b_j)),
///
/// which has the form `P_ij = a_i b_j exp((f_i + g_j - C_ij)/epsilon)`.
///
/// Sinkhorn's iteration in the log domain, with epsilon halved from the largest cost on; after a few sweeps
/// Newton's method on the concave dual in g finishes. For small epsilon f and g are linear in it up to
/// what is exponentially small, so that each halving starts from the line through the last two. What the costs
/// have in common by rows and by columns is taken out first: it changes f and g, not P.
///
/// *Accuracy*: the rows of `plan` sum to a to rounding, its columns to b within `violation` (in the
/// 1-norm), and `gap` bounds the rest: `KL(optimum | plan) <= gap/epsilon`. At tolerance 0 the columns sum to
/// b to rounding too, however small epsilon is: the terms of a plan are then as large as costs over epsilon, and
/// what their rounding does to the sums is taken out at the end.
///
/// *Reference*: Cuturi (2013); Peyre and Cuturi (2019), sections 4.2 and 4.4; Altschuler, Weed and
/// Rigollet (2017), algorithm 2, for the feasible plan behind the gap.
public struct EntropicPlan: Sendable {
  /// The number of points of the first set.
  public let rows: Int
  /// The number of points of the second set.
  public let columns: Int
  /// P, rows first; its entries sum to one.
  public let plan: [Double]
  /// `<P, C>`, without the entropy.
  public let cost: Double
  /// Primal minus dual value: the primal one at a plan next to P that meets both sums exactly, the
  /// dual one at (f, g). The true minimum lies between them.
  public let gap: Double
  /// `sum_j |sum_i P_ij - b_j|`.
  public let violation: Double
  /// f and g, the dual solution, in the unit of the costs.
  public let potentials: (rows: [Double], columns: [Double])
  /// Sweeps of Sinkhorn's iteration, and steps of Newton's method.
  public let iterations: (sweeps: Int, newtonSteps: Int)

  /// - Parameters:
  ///   - epsilon: The weight of the entropy, in the unit of the costs.
  ///   - rowWeights, columnWeights: a and b, relative and positive (default: equal).
  ///   - tolerance: The violation at which to stop; 0 goes on to rounding noise.
  /// - Throws: `dimensionMismatch`, `nonFinite`, `outOfDomain`; `noConvergence` after
  ///   `sweeps` sweeps at one epsilon.
  public init(
    _ costs: CostMatrix, epsilon: Double, rowWeights: [Double]? = nil,
    columnWeights: [Double]? = nil, tolerance: Double = 1e-9, sweeps: Int = 10_000
  ) throws(FlowError) {
    try FlowError.checkPositive(epsilon, "epsilon")
    try FlowError.checkNonNegative(tolerance, "tolerance")
    let a = try Self.logShares(rowWeights, costs.rows, "rowWeights")
    let b = try Self.logShares(columnWeights, costs.columns, "columnWeights")
    let reduced = ReducedCosts(costs)
    let magnitude = reduced.costs.values.max()!
    guard magnitude / epsilon <= 1e12 else {
      throw FlowError.outOfDomain(
        "epsilon", epsilon, accepted: "[\(magnitude / 1e12), infinity), 1e-12 of the largest cost")
    }
    var dual = SinkhornDual(reduced.costs, logRows: a, logColumns: b)
    var scale = max(epsilon, magnitude)
    while scale > epsilon {
      try dual.solve(epsilon: scale, tolerance: max(tolerance, 1e-6), sweeps: sweeps)
      scale = max(epsilon, scale / 2)
    }
    try dual.solve(epsilon: epsilon, tolerance: tolerance, sweeps: sweeps)
    rows = costs.rows
    columns = costs.columns
    let (plan, lack) = tolerance == 0 ? dual.polishedPlan() : dual.plainPlan()
    self.plan = plan
    cost = blockedSum(plan.count) { plan[$0] * costs.values[$0] }
    let (n, m) = (rows, columns)
    violation = blockedSum(m) { j in
      abs(blockedSum(n) { i in plan[i * m + j] } - Double.exp(b[j]))
    }
    if tolerance == 0 {
      let noise = Double(n + m) * 0x1p-50
      guard violation <= noise else {
        throw FlowError(
          .noConvergence, "epsilon",
          "the column sums are off by \(violation), more than the \(noise) of rounding; a larger epsilon "
            + "or tolerance is reached")
      }
    }
    gap = epsilon * dual.repairDivergence(of: plan, lack: lack)
    potentials = (
      (0..<rows).map { (dual.rowTerms[$0] - a[$0]) * epsilon + reduced.rowShares[$0] },
      (0..<columns).map { (dual.columnTerms[$0] - b[$0]) * epsilon + reduced.columnShares[$0] }
    )
    iterations = (dual.sweepCount, dual.newtonCount)
  }

  private static func logShares(
    _ weights: [Double]?, _ count: Int, _ name: String
  ) throws(FlowError) -> [Double] {
    guard let weights else { return [Double](repeating: -Double.log(Double(count)), count: count) }
    guard weights.count == count else {
      throw FlowError.dimensionMismatch(name, weights.count, expected: count)
    }
    for weight in weights { try FlowError.checkPositive(weight, name) }
    let total = blockedSum(count) { weights[$0] }
    try FlowError.checkFinite(total, name)
    return weights.map { Double.log($0 / total) }
  }
}

/// Costs less what rows and then columns have in common, so that the least of each is 0: no plan
/// with given sums cares.
struct ReducedCosts {
  let costs: CostMatrix
  let rowShares: [Double]
  let columnShares: [Double]

  init(_ costs: CostMatrix) {
    let (n, m) = (costs.rows, costs.columns)
    var values = costs.values
    let rows = (0..<n).map { i in values[i * m..<(i + 1) * m].min()! }
    for i in 0..<n { for j in 0..<m { values[i * m + j] -= rows[i] } }
    let columns = (0..<m).map { j in (0..<n).map { values[$0 * m + j] }.min()! }
    for i in 0..<n { for j in 0..<m { values[i * m + j] -= columns[j] } }
    self.costs = CostMatrix(rows: n, columns: m, reduced: values)
    rowShares = rows
    columnShares = columns
  }
}
