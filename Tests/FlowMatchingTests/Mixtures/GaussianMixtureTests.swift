import FlowMatching
import Testing

@Suite struct GaussianMixtureTests {
  private let quantities = MarginalQuantity.allCases

  /// Both mixtures' values of every quantity at a few points and times agree.
  private func expectEqual(
    _ a: GaussianMixture, _ b: GaussianMixture, within tolerance: Double, seed: Int,
    weightOrder: [Int]? = nil
  ) throws {
    var random = SplitMix(seed: seed)
    for path in [
      try OptimalTransportPath() as any ProbabilityPath, try VariancePreservingPath(), CosinePath(),
    ] {
      let time = try Time(random.uniform(0.05...0.95))
      let x = random.vector(a.dimension)
      for quantity in quantities {
        var left = try MarginalField(path: path, target: a).value(of: quantity, at: time, of: x)
        let right = try MarginalField(path: path, target: b).value(of: quantity, at: time, of: x)
        if quantity == .posteriorWeights, let weightOrder { left = weightOrder.map { left[$0] } }
        let scale = right.map(abs).max()! + 1
        #expect(
          relativeError(left, right, floor: scale) <= tolerance, "\(quantity) on \(path.kind)")
      }
    }
  }

  @Test(arguments: 1...10)
  func equalStdsGivenAsFullCovariancesChangeNothing(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let (d, count) = (3, 5)
    let means = random.vector(d * count)
    let stds = (0..<count).map { _ in random.uniform(0.2...1) }
    let weights = (0..<count).map { _ in random.uniform(0.1...1) }
    let covariances = stds.map { s in (0..<d * d).map { $0 % (d + 1) == 0 ? s * s : 0 } }
    try expectEqual(
      GaussianMixture(dimension: d, means: means, stds: stds, weights: weights),
      GaussianMixture(dimension: d, means: means, covariances: covariances, weights: weights),
      within: 1e-12, seed: seed)
  }

  @Test(arguments: 1...10)
  func theOrderOfTheComponentsDoesNotMatter(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let (d, count) = (2, 90)
    let means = random.vector(d * count)
    let stds = (0..<count).map { _ in random.uniform(0.2...1) }
    let weights = (0..<count).map { _ in random.uniform(0...1) }
    let order = random.shuffled(count)
    try expectEqual(
      GaussianMixture(dimension: d, means: means, stds: stds, weights: weights),
      GaussianMixture(
        dimension: d, means: order.flatMap { means[$0 * d..<($0 + 1) * d] },
        stds: order.map { stds[$0] }, weights: order.map { weights[$0] }),
      within: 1e-12, seed: seed, weightOrder: order)
  }

  @Test(arguments: 1...10)
  func weightsAreRelative(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let means = random.vector(8)
    let weights = (0..<4).map { _ in random.uniform(0.1...1) }
    try expectEqual(
      GaussianMixture(dimension: 2, means: means, stds: [0.5], weights: weights),
      GaussianMixture(dimension: 2, means: means, stds: [0.5], weights: weights.map { $0 * 1024 }),
      within: 1e-14, seed: seed)
  }

  @Test(arguments: 1...10)
  func aComponentOfWeightZeroNeverContributes(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let means = random.vector(6)
    let full = try GaussianMixture(
      dimension: 2, means: Array(means[..<2]) + [100, 100] + Array(means[2...]),
      stds: [0.5, 0, 0.6, 0.7], weights: [1, 0, 2, 3])
    let kept = try GaussianMixture(
      dimension: 2, means: means, stds: [0.5, 0.6, 0.7], weights: [1, 2, 3])
    let path = try OptimalTransportPath()
    let x = random.vector(2)
    // Also where the weightless point mass would make the end singular.
    for time in [try Time(random.uniform()), .end] {
      for quantity in quantities where quantity != .posteriorWeights {
        #expect(
          try MarginalField(path: path, target: full).value(of: quantity, at: time, of: x)
            == MarginalField(path: path, target: kept).value(of: quantity, at: time, of: x))
      }
      let weights = try MarginalField(path: path, target: full)
        .value(of: .posteriorWeights, at: time, of: x)
      #expect(weights.count == 4 && weights[1] == 0)
    }
  }

  @Test(arguments: 1...10)
  func aComponentSplitInTwoIsTheSameMixture(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let means = random.vector(4)
    let target = try GaussianMixture(
      dimension: 2, means: means, stds: [0.5, 0.8], weights: [2, 1])
    let split = try GaussianMixture(
      dimension: 2, means: means + Array(means[..<2]), stds: [0.5, 0.8, 0.5],
      weights: [1.5, 1, 0.5])
    let field = MarginalField(path: CosinePath(), target: target)
    let other = MarginalField(path: CosinePath(), target: split)
    let time = try Time(random.uniform(0.1...0.9))
    let x = random.vector(2)
    for quantity in quantities where quantity != .posteriorWeights {
      let (a, b) = try (
        field.value(of: quantity, at: time, of: x), other.value(of: quantity, at: time, of: x)
      )
      #expect(relativeError(a, b, floor: 1) <= 1e-13, "\(quantity)")
    }
  }

  @Test func aPointCloudIsAMixtureWithoutSpread() throws {
    let points = [0.5, -1, 2, 0.25, -3, 1]
    try expectEqual(
      PointCloud.target(dimension: 2, points: points, weights: [1, 2, 3]),
      GaussianMixture(dimension: 2, means: points, stds: [0, 0, 0], weights: [1, 2, 3]),
      within: 0, seed: 1)
  }

  @Test(arguments: 1...10)
  func movingTheDataMovesTheField(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let means = random.vector(10)
    let offset = [1024.0, -512]
    let moved = means.indices.map { means[$0] + offset[$0 % 2] }
    // The offsets are representable, so that the moved means may differ in their last digits only.
    let path = try OptimalTransportPath()
    let time = try Time(0.5)
    let x = random.vector(2)
    let far = (0..<2).map { x[$0] + 0.5 * offset[$0] }
    let here = try MarginalField(
      path: path, target: try GaussianMixture(dimension: 2, means: means, stds: [0.5])
    ).value(of: .score, at: time, of: x)
    let there = try MarginalField(
      path: path, target: try GaussianMixture(dimension: 2, means: moved, stds: [0.5])
    ).value(of: .score, at: time, of: far)
    #expect(relativeError(there, here, floor: 1) <= 1e-11)
  }

  @Test func presetsHaveTheirModesOnTheCircle() throws {
    let eight = try Preset.eightGaussians()
    #expect(eight.count == 8 && eight.dimension == 2)
    let field = MarginalField(path: try OptimalTransportPath(), target: eight)
    let axes = try field.values(of: .logDensity, at: [.end], of: [4, 0, 0, 4, -4, 0, 0, -4])
    #expect(relativeError(axes, [axes[0], axes[0], axes[0], axes[0]]) <= 1e-15)
    let score = try field.values(of: .score, at: [.end], of: [4, 0])
    #expect(abs(score[0]) + abs(score[1]) < 1e-15)
    let ring = try Preset.ringOfGaussians(modes: 3, radius: 2, std: 0.1)
    #expect(ring.count == 3)
  }
}
