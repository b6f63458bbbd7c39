import Testing

@testable import FlowMatching

@Suite struct AssignmentTests {
  /// The least cost over all permutations.
  private func bruteForce(_ costs: CostMatrix) -> Double {
    func least(from row: Int, _ free: [Int]) -> Double {
      if row == costs.rows { return 0 }
      return free.map { j in costs[row, j] + least(from: row + 1, free.filter { $0 != j }) }.min()!
    }
    return least(from: 0, Array(0..<costs.columns))
  }

  /// Whole numbers from a small set: exact sums, and ties almost everywhere.
  private func wholeCosts(_ random: inout SplitMix, _ n: Int, below bound: Int) throws -> CostMatrix
  {
    try CostMatrix(
      rows: n, columns: n,
      values: (0..<n * n).map { _ in Double(random.index(below: bound) - bound / 3) })
  }

  @Test(arguments: 1...60)
  func noPermutationIsCheaper(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let n = 1 + random.index(below: 7)
    let costs = try wholeCosts(&random, n, below: [2, 5, 1000][seed % 3])
    let assignment = try Assignment(costs)
    #expect(assignment.permutation.sorted() == Array(0..<n))
    #expect(assignment.cost == bruteForce(costs))
    #expect(assignment.gap == 0)
  }

  /// Feasible prices with equality on the pairs prove optimality, whatever found them.
  @Test(arguments: [(1, 300, 2), (2, 257, 1), (3, 200, 16), (4, 400, 3)])
  func thePricesProveThatALargePairingIsTheCheapest(seed: Int, n: Int, d: Int) throws {
    var random = SplitMix(seed: seed)
    let costs = try CostMatrix(
      squaredDistancesFrom: random.vector(n * d), to: random.vector(n * d), dimension: d)
    let assignment = try Assignment(costs)
    #expect(Set(assignment.permutation).count == n)
    let rowPrices = (0..<n).map { costs[$0, assignment.permutation[$0]] }
    var dual = 0.0
    for i in 0..<n {
      let paid = rowPrices[i] - assignment.prices[assignment.permutation[i]]
      for j in 0..<n { #expect(paid + assignment.prices[j] <= costs[i, j] + 1e-13) }
      dual += paid + assignment.prices[i]
    }
    #expect(abs(dual - assignment.cost) <= 1e-11)
    #expect(assignment.gap >= 0 && assignment.gap <= 1e-13)
  }

  @Test(arguments: 1...20)
  func manyTiesAndEqualRowsStillGiveAPermutationThatThePricesProve(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let n = 60
    // A grid of nine places for all points: most of them coincide.
    let points = (0..<4 * n).map { _ in Double(random.index(below: 3)) }
    let costs = try CostMatrix(
      squaredDistancesFrom: Array(points[..<(2 * n)]), to: Array(points[(2 * n)...]), dimension: 2)
    let assignment = try Assignment(costs)
    #expect(assignment.permutation.sorted() == Array(0..<n))
    #expect(assignment.gap == 0)
    #expect(assignment == (try Assignment(costs)))
  }

  @Test func equalPointsEverywhereCostNothing() throws {
    let costs = try CostMatrix(
      squaredDistancesFrom: [Double](repeating: 3, count: 50),
      to: [Double](repeating: 3, count: 50), dimension: 1)
    let assignment = try Assignment(costs)
    #expect(assignment.cost == 0)
    #expect(assignment.permutation.sorted() == Array(0..<50))
  }

  @Test(arguments: 1...10)
  func onTheLineTheCheapestPairingIsTheSortedOne(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let x0 = (0..<80).map { _ in Double(random.index(below: 500)) }
    let x1 = (0..<80).map { _ in Double(random.index(below: 500)) }
    let monotone = try Assignment.monotone(x0, x1)
    #expect(monotone.sorted() == Array(0..<80))
    let costs = try CostMatrix(squaredDistancesFrom: x0, to: x1, dimension: 1)
    let sorted = (0..<80).reduce(0.0) { $0 + costs[$1, monotone[$1]] }
    #expect(sorted == (try Assignment(costs)).cost)
  }

  @Test func aRectangularMatrixAndAnOverflowAreRefused() throws {
    let costs = try CostMatrix(rows: 1, columns: 2, values: [1, 2])
    #expect(failure { try Assignment(costs) }?.code == .dimensionMismatch)
    #expect(
      failure {
        try CostMatrix(squaredDistancesFrom: [1e200], to: [-1e200], dimension: 1)
      }?.code == .outOfDomain)
    #expect(
      failure { try Assignment(CostMatrix(rows: 1, columns: 1, values: [1e301])) }?.code
        == .outOfDomain)
    #expect(
      failure { try CostMatrix(rows: 1, columns: 1, values: [.nan]) }?.code == .nonFinite)
  }
}
