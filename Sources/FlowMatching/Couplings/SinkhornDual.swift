import RealModule

/// The dual of entropic transport: terms A_i and G_j with `P_ij = exp(A_i + G_j - C_ij/epsilon)`,
/// `A_i = f_i/epsilon + log a_i`, `G_j = g_j/epsilon + log b_j`. A is always the one that gives the
/// rows their sums, so that G alone is sought.
struct SinkhornDual {
  /// With more columns Newton's method is not tried: its memory and time would be too large.
  private static let newtonLimit = 2048
  /// Sinkhorn's iteration is given this many sweeps before Newton's method is tried: about as many as cost
  /// what one of its steps does.
  private var patience: Int { max(8, costs.columns / 16) }

  let logRows: [Double]
  let logColumns: [Double]
  private(set) var rowTerms: [Double]
  private(set) var columnTerms: [Double]
  private(set) var violation = Double.infinity
  private(set) var sweepCount = 0
  private(set) var newtonCount = 0

  private let costs: CostMatrix
  private var epsilon = Double.infinity
  /// g at the epsilon before the present one.
  private var last: (epsilon: Double, potentials: [Double])?
  private var byRow: LaneTable
  private var byColumn: LaneTable

  init(_ costs: CostMatrix, logRows: [Double], logColumns: [Double]) {
    self.costs = costs
    self.logRows = logRows
    self.logColumns = logColumns
    rowTerms = logRows
    columnTerms = logColumns
    byRow = LaneTable(rows: 0, columns: 0) { _, _ in 0 }
    byColumn = byRow
  }

  /// Moves on to `epsilon`, keeping the potentials, and iterates until the column sums differ from b
  /// by at most `tolerance`, or by no more than rounding noise.
  mutating func solve(epsilon: Double, tolerance: Double, sweeps: Int) throws(FlowError) {
    prepare(epsilon)
    fitRows()
    var fitted = fittedColumns()
    violation = violation(fitted)
    var sweep = 0
    while violation > tolerance {
      try Budget.current?.check()
      if violation < 1e-6, violation <= noise() { return }
      if sweep >= patience, costs.columns <= Self.newtonLimit {
        if sweep < sweeps, newtonStep(&fitted) {
          sweep += 1
          continue
        }
        if violation <= 16 * noise() { return }
      }
      guard sweep < sweeps else {
        throw FlowError(
          .noConvergence, "epsilon",
          "after \(sweep) sweeps at epsilon = \(epsilon) the column sums are off by \(violation); a "
            + "larger epsilon or tolerance is reached sooner")
      }
      columnTerms = fitted
      fitRows()
      fitted = fittedColumns()
      violation = violation(fitted)
      sweep += 1
      sweepCount += 1
    }
  }

  /// The plan, rows first.
  var plan: [Double] {
    (0..<costs.rows).flatMap { i in
      (0..<costs.columns).map { j in Double.exp(logEntry(i, j)) }
    }
  }

  /// The plan with the rounding of the terms taken out again: large terms have coarse last digits,
  /// which act as factors of rows and columns. Steps of Newton's method on those factors, as long as the
  /// column sums get nearer to b.
  func polishedPlan() -> (plan: [Double], lack: [Double]) {
    let (n, m) = (costs.rows, costs.columns)
    var best = balanced(plan)
    guard m <= Self.newtonLimit else { return (best.plan, best.lack) }
    // Columns that hang together by less than the ground all move by a factor that rounding decides; the
    // rows take it back. It is bounded, so that nothing else suffers.
    let ground = logColumns.map { 0x1p-46 * Double.exp($0) }
    var next = best
    var failures = 0
    while failures < 2 {
      var laplacian = WeightedLaplacian(plan: next.plan, rows: n, columns: m, ground: ground)
      let factors = laplacian.solve(next.lack).map { 1 + min(0.5, max(-0.5, $0)) }
      var plan = next.plan
      for i in 0..<n { for j in 0..<m { plan[i * m + j] *= factors[j] } }
      next = balanced(plan)
      if next.violation < best.violation {
        best = next
      } else {
        failures += 1
      }
    }
    return (best.plan, best.lack)
  }

  /// The plan as the terms give it, and what its columns lack.
  func plainPlan() -> (plan: [Double], lack: [Double]) {
    (plan, surplus(fittedColumns()).map { -$0 })
  }

  /// A plan scaled so that its rows have their sums, and what its columns then lack.
  private func balanced(_ plan: [Double]) -> (plan: [Double], lack: [Double], violation: Double) {
    let (n, m) = (costs.rows, costs.columns)
    var plan = plan
    for i in 0..<n {
      let factor = Double.exp(logRows[i]) / blockedSum(m) { plan[i * m + $0] }
      for j in 0..<m { plan[i * m + j] *= factor }
    }
    let lack = (0..<m).map { j in
      Double.exp(logColumns[j]) - blockedSum(n) { plan[$0 * m + j] }
    }
    return (plan, lack, blockedSum(m) { abs(lack[$0]) })
  }

  /// `log P_ij`, which exists where P_ij underflows too.
  func logEntry(_ i: Int, _ j: Int) -> Double {
    rowTerms[i] + columnTerms[j] - costs[i, j] / epsilon
  }

  /// How far rounding alone moves the column sums, in the 1-norm.
  private func noise() -> Double {
    let scale = blockedSum(costs.rows) { i in
      blockedSum(costs.columns) { j in
        let scaled = costs[i, j] / epsilon
        return Double.exp(rowTerms[i] + columnTerms[j] - scaled)
          * (1 + abs(rowTerms[i]) + abs(columnTerms[j]) + abs(scaled))
      }
    }
    return 0x1p-53 * scale
  }

  private mutating func prepare(_ epsilon: Double) {
    if self.epsilon.isFinite {
      let potentials = columnTerms.indices.map {
        (columnTerms[$0] - logColumns[$0]) * self.epsilon
      }
      // On the line through the last two, where there are two.
      let slopes = last.map { last in
        potentials.indices.map {
          (last.potentials[$0] - potentials[$0]) / (last.epsilon - self.epsilon)
        }
      }
      for j in columnTerms.indices {
        let moved = potentials[j] + (slopes?[j] ?? 0) * (epsilon - self.epsilon)
        columnTerms[j] = logColumns[j] + moved / epsilon
      }
      last = (self.epsilon, potentials)
    }
    self.epsilon = epsilon
    let costs = costs
    byRow = LaneTable(rows: costs.rows, columns: costs.columns) { i, j in costs[i, j] / epsilon }
    byColumn = LaneTable(rows: costs.columns, columns: costs.rows) { j, i in
      costs[i, j] / epsilon
    }
  }

  /// `A_i = log a_i - log sum_j exp(G_j - C_ij/epsilon)`: the rows get their sums.
  private mutating func fitRows() {
    let terms = LaneTable.packed(columnTerms)
    for i in rowTerms.indices { rowTerms[i] = logRows[i] - byRow.logSumExp(i, terms) }
  }

  /// The G that would give the columns their sums, for the A at hand.
  private func fittedColumns() -> [Double] {
    let terms = LaneTable.packed(rowTerms)
    return columnTerms.indices.map { logColumns[$0] - byColumn.logSumExp($0, terms) }
  }

  /// The column sums as they are, `b_j exp(G_j - fitted_j)`, less b.
  private func surplus(_ fitted: [Double]) -> [Double] {
    columnTerms.indices.map { j in
      Double.exp(logColumns[j]) * Double.expMinusOne(columnTerms[j] - fitted[j])
    }
  }

  private func violation(_ fitted: [Double]) -> Double {
    let surplus = surplus(fitted)
    return blockedSum(surplus.count) { abs(surplus[$0]) }
  }

  /// One step of Newton's method on the concave dual in G, damped (Levenberg and Marquardt) and halved
  /// until the dual value rises by a tenth of what its slope promises or the violation falls; false
  /// where neither happens, and nothing has changed.
  private mutating func newtonStep(_ fitted: inout [Double]) -> Bool {
    let kept = (columnTerms, rowTerms)
    let lack = surplus(fitted).map { -$0 }
    let shares = logColumns.map { Double.exp($0) }
    // Where columns hang together by next to nothing the step would be long, and what the second
    // derivative says holds for a few units: the ground keeps it within ten.
    let hold = 0.1 * zip(lack, shares).reduce(0) { max($0, abs($1.0) / $1.1) }
    var laplacian = WeightedLaplacian(
      plan: plan, rows: costs.rows, columns: costs.columns, ground: shares.map { hold * $0 })
    let step = laplacian.solve(lack)
    let slope = blockedSum(lack.count) { lack[$0] * step[$0] }
    var length = 1.0
    for _ in 0..<12 {
      for j in columnTerms.indices { columnTerms[j] = kept.0[j] + length * step[j] }
      fitRows()
      let tried = fittedColumns()
      let moved = violation(tried)
      let rise =
        blockedSum(step.count) { shares[$0] * length * step[$0] }
        + blockedSum(rowTerms.count) { Double.exp(logRows[$0]) * (rowTerms[$0] - kept.1[$0]) }
      if rise >= 0.1 * length * slope || moved <= (1 - length / 4) * violation {
        (fitted, violation) = (tried, moved)
        newtonCount += 1
        return true
      }
      length /= 2
    }
    (columnTerms, rowTerms) = kept
    return false
  }
}

extension SinkhornDual {
  /// `KL(P' | P) = sum P' log(P'/P) - P' + P`, P' the plan next to P that meets both sums: columns
  /// with too much are scaled down, and what then is missing is spread in proportion. Epsilon times
  /// it is the duality gap at P' and (f, g), without cancellation.
  /// - Parameter lack: `b_j - sum_i P_ij`.
  func repairDivergence(of plan: [Double], lack: [Double]) -> Double {
    let m = costs.columns
    let scales = lack.indices.map { j in
      lack[j] < 0 ? -lack[j] / (Double.exp(logColumns[j]) - lack[j]) : 0
    }
    let missing = lack.map { max(0, $0) }
    let total = blockedSum(m) { missing[$0] }
    guard total > 0 else { return 0 }
    return blockedSum(costs.rows) { i in
      let taken = blockedSum(m) { plan[i * m + $0] * scales[$0] }
      return blockedSum(m) { j in
        let p = plan[i * m + j]
        return Self.divergence(
          p, log: p > 0 ? Double.log(p) : logEntry(i, j), lessShare: scales[j],
          plus: taken * (missing[j] / total))
      }
    }
  }

  /// `p' log(p'/p) - p' + p` for p and its logarithm and `p' = p (1 - share) + added`.
  private static func divergence(
    _ p: Double, log: Double, lessShare share: Double, plus added: Double
  ) -> Double {
    let change = added / p - share
    if change.isFinite, abs(change) < 0.01 {
      // (1 + x) log(1 + x) - x = x^2/2 - x^3/6 + x^4/12 - ..., term k: (-x)^k/(k (k - 1)).
      var sum = 0.0
      for k in (2...8).reversed() { sum = 1 / Double(k * (k - 1)) - change * sum }
      return p * change * change * sum
    }
    let moved = p * (1 - share) + added
    return moved > 0 ? moved * (Double.log(moved) - log) - moved + p : p
  }
}
