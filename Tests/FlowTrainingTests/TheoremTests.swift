import FlowMatching
import Testing

@testable import FlowTraining

/// The paper's theorem 2 on networks: the losses differ by a constant, their gradients are equal.
@Suite struct TheoremTests {
  private func recipe(_ kind: PathKind) throws -> TrainingRecipe {
    var recipe = TrainingRecipe(
      network: try NetworkShape(kind: .mlp, dimension: 2, width: 24, layers: 3, activation: .tanh),
      path: kind, pathParameters: BatchTests.path(kind))
    recipe.times = TimeSampling(lower: 0.05, upper: 0.05)
    recipe.batch = 40_000
    return recipe
  }

  /// For every row the conditional loss minus the marginal loss: their mean is the integrated gap.
  @Test(arguments: [PathKind.ot, .vp, .cosine, .linearVP])
  func lossesDifferByTheGap(kind: PathKind) throws {
    let recipe = try recipe(kind)
    let path = try recipe.makePath()
    let target = try Preset.ringOfGaussians(modes: 3, radius: 1.5, std: 0.4)
    let trainer = try Trainer(recipe: recipe, data: .target(target), threads: 2)
    try trainer.computeGradient()
    let batch = trainer.lastBatch
    let field = MarginalField(path: path, target: target)
    let times = (0..<batch.count).map { Time(t: batch.times[$0], remaining: 1 - batch.times[$0]) }
    let points = batch.points.array.map { Double($0) }
    let exact = try field.velocities(at: times, of: points)
    let found = try TrainedField(
      network: trainer.network, path: path, prediction: .velocity, threads: 2
    ).velocities(at: times, of: points)
    var differences: [Double] = []
    for row in 0..<batch.count {
      var marginal = 0.0
      for i in 0..<2 {
        let error = found[2 * row + i] - exact[2 * row + i]
        marginal += error * error
      }
      differences.append(Double(batch.losses.base[row]) - marginal)
    }
    // Gauss's rule with eight points on the interval; the gap is smooth there.
    let gap = LossGap(path: path, target: target)
    var expected = 0.0
    let nodes = [
      (0.183_434_642_495_649_8, 0.362_683_783_378_362_0),
      (0.525_532_409_916_329_0, 0.313_706_645_877_887_3),
      (0.796_666_477_413_626_7, 0.222_381_034_453_374_5),
      (0.960_289_856_497_536_2, 0.101_228_536_290_376_3),
    ]
    for (node, weight) in nodes {
      for side in [-1.0, 1] {
        expected += try gap.value(at: try Time(0.5 + 0.45 * side * node)).value * weight / 2
      }
    }
    let mean = differences.reduce(0, +) / Double(batch.count)
    let spread = differences.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let error = (spread / Double(batch.count * (batch.count - 1))).squareRoot()
    #expect(abs(mean - expected) < 5 * error, "\(mean) +- \(error), expected \(expected)")
    // The statistic has to be sharp enough to see a gap that is wrong by 5 per cent.
    #expect(error < 0.01 * expected)
  }

  /// The conditional and the marginal gradient on one large batch: their difference has mean zero, and
  /// its size falls with the batch as that of a mean does.
  @Test func gradientsOfBothLossesAgree() throws {
    let recipe = try recipe(.ot)
    let target = try Preset.ringOfGaussians(modes: 3, radius: 1.5, std: 0.4)
    let trainer = try Trainer(recipe: recipe, data: .target(target), threads: 2)
    let field = MarginalField(path: try recipe.makePath(), target: target)
    // Sixteen groups of the batch give the mean difference and its standard error per parameter.
    let groups = 16
    let size = recipe.batch / groups
    let drawing = trainer.drawing
    var sums = [Double](repeating: 0, count: trainer.network.parameters.count)
    var squares = sums
    var conditionalSums = sums
    for group in 0..<groups {
      let batch = TrainingBatch(count: size, dimension: 2)
      let gradient = LossGradient(
        network: trainer.network, batch: size, workers: Workers(count: 2))
      gradient.run(batch) { row in
        let index = UInt64(group * size + row)
        let (x1, x0, label) = drawing.pair(index)
        batch.set(row, drawing.row(index, x1, x0, label), noLabel: 0)
      }
      let conditional = gradient.gradient.array
      let times = (0..<size).map { Time(t: batch.times[$0], remaining: 1 - batch.times[$0]) }
      let exact = try field.velocities(at: times, of: batch.points.array.map { Double($0) })
      batch.targets.array = exact.map { Float($0) }
      gradient.run(batch) { _ in }
      let marginal = gradient.gradient.array
      for k in sums.indices {
        let difference = Double(conditional[k]) - Double(marginal[k])
        sums[k] += difference
        squares[k] += difference * difference
        conditionalSums[k] += Double(conditional[k])
      }
    }
    // The sum of squared z-scores of n parameters with 15 degrees of freedom each: mean 15/13.
    var total = 0.0
    var count = 0.0
    for k in sums.indices {
      let mean = sums[k] / Double(groups)
      let variance = (squares[k] / Double(groups) - mean * mean) / Double(groups - 1)
      guard variance > 1e-20 else { continue }
      total += mean * mean / variance
      count += 1
    }
    #expect(count > 600)
    #expect(total / count < 2, "mean squared z-score \(total / count)")
    // And the difference is small beside the gradient.
    let difference = sums.reduce(0) { $0 + $1 * $1 }.squareRoot()
    let length = conditionalSums.reduce(0) { $0 + $1 * $1 }.squareRoot()
    #expect(difference < 0.1 * length, "\(difference) of \(length)")
  }
}
