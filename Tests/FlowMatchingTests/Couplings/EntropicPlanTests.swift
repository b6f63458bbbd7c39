import RealModule
import Testing

@testable import FlowMatching

@Suite struct EntropicPlanTests {
  private func costs(_ random: inout SplitMix, _ n: Int, _ m: Int, _ d: Int) throws -> CostMatrix {
    try CostMatrix(
      squaredDistancesFrom: random.vector(n * d), to: random.vector(m * d), dimension: d)
  }

  private func sums(_ plan: EntropicPlan) -> (rows: [Double], columns: [Double]) {
    let m = plan.columns
    return (
      (0..<plan.rows).map { i in plan.plan[i * m..<(i + 1) * m].reduce(0, +) },
      (0..<m).map { j in (0..<plan.rows).reduce(0) { $0 + plan.plan[$1 * m + j] } }
    )
  }

  @Test(arguments: 1...20)
  func thePlanHasItsSumsAndTheFormOfAnOptimum(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let (n, m) = (1 + random.index(below: 30), 1 + random.index(below: 30))
    let costs = try costs(&random, n, m, 2)
    let epsilon = [4, 0.5, 0.05, 0.01][seed % 4]
    let a = random.vector(n, 0.5...2)
    let b = random.vector(m, 0.5...2)
    let entropic = try EntropicPlan(
      costs, epsilon: epsilon, rowWeights: a, columnWeights: b, tolerance: 0)
    let (rows, columns) = sums(entropic)
    #expect(relativeError(rows, a.map { $0 / a.reduce(0, +) }) <= 1e-12)
    #expect(relativeError(columns, b.map { $0 / b.reduce(0, +) }) <= 1e-12)
    #expect(entropic.gap >= 0 && entropic.gap <= 1e-13)
    // log(P_ij/(a_i b_j)) = (f_i + g_j - C_ij)/epsilon: with the sums, this alone makes it optimal.
    for i in 0..<n {
      for j in 0..<m where entropic.plan[i * m + j] > 1e-200 {
        let log = Double.log(entropic.plan[i * m + j] / (rows[i] * columns[j]))
        let exponent =
          (entropic.potentials.rows[i] + entropic.potentials.columns[j] - costs[i, j]) / epsilon
        #expect(abs(log - exponent) <= 1e-11 * (1 + abs(exponent)))
      }
    }
    let cost = (0..<n * m).reduce(0) { $0 + entropic.plan[$1] * costs.values[$1] }
    #expect(abs(entropic.cost - cost) <= 1e-13 * (1 + cost))
  }

  /// Two points on each side: the plan is (p, 1/2 - p; 1/2 - p, p) with
  /// `2 log(p/(1/2 - p)) = (C_01 + C_10 - C_00 - C_11)/epsilon`.
  @Test(arguments: [10, 1, 0.1, 0.03])
  func twoPointsOnEachSideHaveAClosedForm(epsilon: Double) throws {
    let costs = try CostMatrix(squaredDistancesFrom: [0, 1], to: [0.25, 2], dimension: 1)
    let entropic = try EntropicPlan(costs, epsilon: epsilon, tolerance: 0)
    let saving = (costs[0, 1] + costs[1, 0] - costs[0, 0] - costs[1, 1]) / (2 * epsilon)
    let p = 0.5 / (1 + Double.exp(-saving))
    let q = 0.5 / (1 + Double.exp(saving))
    for (found, exact) in zip(entropic.plan, [p, q, q, p]) { #expect(abs(found - exact) <= 2e-16) }
  }

  /// Exact transport costs at most what any plan does, and the entropic plan at most
  /// `epsilon log n` more.
  @Test(arguments: 1...8)
  func theCostTendsToThatOfTheAssignment(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let n = 20
    let costs = try costs(&random, n, n, 2)
    let least = try Assignment(costs).cost / Double(n)
    var last = Double.infinity
    for epsilon in [1, 0.1, 0.01, 0.001] {
      let entropic = try EntropicPlan(costs, epsilon: epsilon, tolerance: 1e-12)
      #expect(entropic.cost >= least - 1e-12)
      #expect(entropic.cost <= least + epsilon * Double.log(Double(n)) + 1e-12)
      #expect(entropic.cost <= last)
      last = entropic.cost
    }
  }

  /// The objective at any other feasible plan is not below the dual value `primal - gap`.
  @Test(arguments: 1...10)
  func noOtherPlanIsBelowTheDualValue(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let n = 12
    let costs = try costs(&random, n, n, 3)
    let epsilon = 0.3
    func objective(_ plan: [Double]) -> Double {
      (0..<n * n).reduce(0.0) { (total: Double, k: Int) -> Double in
        let p = plan[k]
        let entropy = p > 0 ? p * Double.log(p * Double(n * n)) : 0
        return total + p * costs.values[k] + epsilon * entropy
      }
    }
    let loose = try EntropicPlan(costs, epsilon: epsilon, tolerance: 0.05)
    let tight = try EntropicPlan(costs, epsilon: epsilon, tolerance: 0)
    let dual =
      (loose.potentials.rows.reduce(0, +) + loose.potentials.columns.reduce(0, +)) / Double(n)
    let best = objective(tight.plan)
    #expect(loose.violation > 1e-9 && tight.violation < 1e-14)
    #expect(dual <= best + 1e-13)
    #expect(best <= dual + loose.gap + 1e-13)
    // Mixed with other plans: the independent one and a permutation.
    let shift = random.index(below: n)
    for share in [0.01, 0.3] {
      let even = 1 / Double(n * n)
      let other = (0..<n * n).map { (k: Int) -> Double in
        let moved = (k / n + shift) % n == k % n ? 1 / Double(n) : 0.0
        return (1 - share) * tight.plan[k] + share * (moved + even) / 2
      }
      #expect(objective(other) >= best)
    }
  }

  /// Costs moved by row and by column give the same plan.
  @Test func whatARowOrAColumnHasInCommonChangesNothing() throws {
    var random = SplitMix(seed: 5)
    let plain = try costs(&random, 6, 9, 2)
    let moved = try CostMatrix(
      rows: 6, columns: 9,
      values: (0..<54).map { (k: Int) -> Double in
        plain.values[k] + 1000 * Double(k / 9) - 300 * Double(k % 9)
      })
    let a = try EntropicPlan(plain, epsilon: 0.5, tolerance: 0)
    let b = try EntropicPlan(moved, epsilon: 0.5, tolerance: 0)
    #expect(relativeError(a.plan, b.plan, floor: 1e-3) <= 1e-10)
  }

  @Test func newtonsMethodFinishesWhereSweepsAreSlow() throws {
    var random = SplitMix(seed: 9)
    let costs = try costs(&random, 40, 40, 2)
    let entropic = try EntropicPlan(costs, epsilon: 1e-3, tolerance: 0)
    #expect(entropic.iterations.newtonSteps > 0)
    #expect(entropic.iterations.sweeps < 3000)
    #expect(entropic.violation < 1e-12)
  }

  @Test func badInputIsRefused() throws {
    let costs = try CostMatrix(rows: 2, columns: 2, values: [1, 2, 2, 1])
    for epsilon in [0, -1, 1e-14] {
      #expect(failure { try EntropicPlan(costs, epsilon: epsilon) }?.code == .outOfDomain)
    }
    #expect(failure { try EntropicPlan(costs, epsilon: .nan) }?.code == .nonFinite)
    #expect(
      failure { try EntropicPlan(costs, epsilon: 1, columnWeights: [1, 0]) }?.code == .outOfDomain)
    #expect(
      failure { try EntropicPlan(costs, epsilon: 1, rowWeights: [1, 2, 3]) }?.code
        == .dimensionMismatch)
  }

  /// Points of few digits have ties, duplicates and pairs that hang together by next to nothing. At a small
  /// epsilon no plan may be cheaper than the best assignment, and its sums are those of the weights.
  @Test(arguments: [1e-1, 1e-3, 1e-5, 1e-6, 1e-9], [8, 16, 64])
  func aSmallEpsilonKeepsTheSums(epsilon: Double, count: Int) throws {
    for (seed, digits) in [(1, 10.0), (2, 100.0), (3, 1e4)] {
      var random = SplitMix(seed: seed)
      func points() -> [Double] {
        var points = random.vector(2 * count, -2...2).map { ($0 * digits).rounded() / digits }
        for _ in 0..<3 {
          let (from, to) = (random.index(below: count), random.index(below: count))
          for axis in 0..<2 { points[2 * to + axis] = points[2 * from + axis] }
        }
        return seed == 1 ? points.map { $0 + 1e9 } : points
      }
      let costs = try CostMatrix(
        squaredDistancesFrom: points(), to: points(), dimension: 2)
      let plan = try EntropicPlan(costs, epsilon: epsilon, tolerance: 0)
      let share = 1 / Double(count)
      // The plan's own rounding and that of adding it up here.
      for sum in sums(plan).rows + sums(plan).columns {
        #expect(abs(sum - share) <= (8 + Double(count)) * 0x1p-53 * share)
      }
      let best = try Assignment(costs).cost * share
      #expect(plan.cost >= best * (1 - 16 * 0x1p-53))
      #expect(plan.cost <= best + epsilon * 2 * Double.log(Double(count)) * (1 + 1e-12))
    }
  }
}
