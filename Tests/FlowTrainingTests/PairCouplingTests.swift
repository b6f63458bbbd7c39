import FlowMatching
import Testing

@testable import FlowTraining

@Suite struct PairCouplingTests {
  private func pairs(
    _ coupling: TrainingRecipe.Coupling, count: Int, threads: Int = 2
  ) throws -> CoupledPairs {
    var recipe = try CheckpointTests.recipe()
    recipe.coupling = coupling
    let drawing = BatchDrawing(
      recipe: recipe, path: try recipe.makePath(), data: CheckpointTests.data, source: .gaussian)
    return try CoupledPairs(drawing, first: 100, count: count, workers: Workers(count: threads))
  }

  private func cost(_ pairs: CoupledPairs, _ partner: [Int]) -> Double {
    var sum = 0.0
    for (i, j) in partner.enumerated() {
      for k in 0..<2 {
        let difference = pairs.x0[2 * i + k] - pairs.x1[2 * j + k]
        sum += difference * difference
      }
    }
    return sum
  }

  private func permutations(_ n: Int) -> [[Int]] {
    if n == 0 { return [[]] }
    return permutations(n - 1).flatMap { p in
      (0..<n).map { place in Array(p[..<place]) + [n - 1] + Array(p[place...]) }
    }
  }

  @Test func assignmentIsTheCheapestOfAllPermutations() throws {
    let found = try pairs(.assignment, count: 6)
    let best = permutations(6).map { cost(found, $0) }.min()!
    #expect(cost(found, found.partner) <= best * (1 + 1e-12))
    #expect(found.partner.sorted() == Array(0..<6))
  }

  @Test func sinkhornGoesFromTheAssignmentToIndependencePairs() throws {
    let exact = try pairs(.assignment, count: 60)
    let cheapest = cost(exact, exact.partner)
    let sharp = try pairs(.sinkhorn(epsilon: 0.02), count: 60)
    #expect(cost(sharp, sharp.partner) < 1.3 * cheapest)
    let blurred = try pairs(.sinkhorn(epsilon: 1e4), count: 60)
    let all =
      (0..<60).map { shift in
        cost(exact, (0..<60).map { ($0 + shift) % 60 })
      }.reduce(0, +) / 60
    #expect(abs(cost(blurred, blurred.partner) - all) < 0.4 * all)
    #expect(cost(blurred, blurred.partner) > 1.5 * cheapest)
  }

  /// A label belongs to its data point, wherever that is sent.
  @Test func labelsFollowTheirPoints() throws {
    let found = try pairs(.assignment, count: 40)
    let table: [[Double]: Int] = [[0, 1]: 0, [2, 1]: 1, [-1, 3]: 2, [0.5, -2]: 1]
    for row in 0..<40 { #expect(table[found[row].x1] == found[row].label) }
  }

  @Test(arguments: [TrainingRecipe.Coupling.assignment, .sinkhorn(epsilon: 0.5)])
  func coupledTrainingHasTheSameBitsForEveryNumberOfThreads(
    coupling: TrainingRecipe.Coupling
  ) throws {
    var recipe = try CheckpointTests.recipe()
    recipe.coupling = coupling
    func run(_ threads: Int) throws -> [Float] {
      let trainer = try Trainer(recipe: recipe, data: CheckpointTests.data, threads: threads)
      for _ in 0..<5 { try trainer.advance() }
      return trainer.network.parameters.array
    }
    #expect(try run(1) == run(3))
    let text = RunConfiguration(recipe: recipe, data: []).json
    #expect(try RunConfiguration(parsing: text).recipe == recipe)
  }

  /// Pairs that cross less have straighter conditional targets: the loss that remains is smaller.
  @Test func assignmentLowersTheLossThatNoNetworkCanAvoid() throws {
    var recipe = TrainingRecipe(
      network: try NetworkShape(kind: .mlp, dimension: 2, width: 32, layers: 3))
    recipe.batch = 128
    recipe.rate.peak = 3e-3
    recipe.steps = 150
    func loss(_ coupling: TrainingRecipe.Coupling) throws -> Double {
      recipe.coupling = coupling
      let trainer = try Trainer(
        recipe: recipe, data: .target(try Preset.eightGaussians()), threads: 2)
      let losses = try (0..<150).map { _ in try trainer.advance() }
      return losses.suffix(30).reduce(0, +) / 30
    }
    #expect(try loss(.assignment) < 0.6 * loss(.independent))
  }
}
