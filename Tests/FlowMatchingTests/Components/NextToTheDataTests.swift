import Testing

@testable import FlowMatching

/// At distances from the end below what rounding alpha moves `alpha m` by, x and the places of components are exact
/// numbers all the same, and so are the answers.
@Suite struct NextToTheDataTests {
  enum Kind: CaseIterable { case cloud, equalStds, stds, full }

  private static let r = 0x1p-60

  /// Components at whole numbers, far apart from each other in units of sigma; with stds, they are r.
  private func mixture(_ kind: Kind, d: Int, count: Int) throws -> (GaussianMixture, [Double]) {
    var random = SplitMix(seed: 17)
    let means = (0..<d * count).map { _ in Double(Int(random.uniform(1...9))) }
    let r = Self.r
    let target =
      switch kind {
      case .cloud: try PointCloud.target(dimension: d, points: means)
      case .equalStds: try GaussianMixture(dimension: d, means: means, stds: [r])
      case .stds:
        try GaussianMixture(
          dimension: d, means: means, stds: (0..<count).map { $0 == 0 ? r : 2 * r })
      case .full:
        try GaussianMixture(
          dimension: d, means: means,
          covariances: (0..<count).map { k in
            (0..<d * d).map { $0 % (d + 1) == 0 ? (k == 0 ? r * r : 4 * r * r) : 0 }
          })
      }
    return (target, Array(means[..<d]))
  }

  /// At x = m the gap is `r m`, so that `g = m/r` of a point and `m/(2 r)` with a std of r.
  @Test(arguments: Kind.allCases, [(1, 2), (2, 3), (3, 70), (20, 5), (20, 70)])
  func aPointOfTheDataIsNotTheMeanOfTheKernel(_ kind: Kind, _ size: (d: Int, count: Int)) throws {
    let (target, x) = try mixture(kind, d: size.d, count: size.count)
    // In one dimension places may coincide: then nothing is asked of the weights.
    let time = try Time(remaining: Self.r)
    let paths: [any ProbabilityPath] = [
      try OptimalTransportPath(), try PolynomialPath(exponent: 1),
    ]
    for path in paths {
      let field = MarginalField(path: path, target: target)
      let share = kind == .cloud ? 1.0 : 0.5
      let score = try field.value(of: .score, at: time, of: x)
      #expect(relativeError(score, x.map { -$0 * share / Self.r }) <= 0x1p-50)
      let denoiser = try field.value(of: .denoiser, at: time, of: x)
      #expect(relativeError(denoiser, x) <= 0x1p-52)
      let velocity = try field.value(of: .velocity, at: time, of: x)
      #expect(relativeError(velocity, x.map { $0 * (1 - share) }, floor: 0x1p-10) <= 0x1p-50)
    }
  }

  /// On `ot` the conditional velocity is `(x1 - x)/(1 - t)`, exactly where x and x1 are neighbours.
  @Test(arguments: [1.0, 3, -7, 100]) func theLineThroughANeighbourIsStraight(x1: Double) throws {
    let field = ConditionalField(path: try OptimalTransportPath())
    for x in [x1, x1.nextUp, x1.nextDown] {
      let velocity = try field.velocity(
        at: Time(remaining: Self.r), of: [x], given: [x1])
      #expect(velocity == [(x1 - x) / Self.r])
      let score = try field.score(at: Time(remaining: Self.r), of: [x], given: [x1])
      // x - (1 - r) x1 = (x - x1) + r x1
      let gap = (x - x1) + Self.r * x1
      #expect(relativeError(score, [-gap / (Self.r * Self.r)]) <= 0x1p-51)
    }
  }

  /// `|x - alpha m1|^2 - |x - alpha m0|^2 = -2 alpha (1 - alpha)` here, 2^60 of what decides: the second point has all
  /// of the weight, however the sum of squares is rounded.
  @Test func whatIsLeftBetweenTwoPointsDecides() throws {
    let cloud = try PointCloud.target(dimension: 2, points: [100, 100, 99, 101])
    let far = try PointCloud.target(
      dimension: 2, points: [100, 100, 99, 101] + [Double](repeating: 900, count: 200))
    for target in [cloud, far] {
      let field = MarginalField(path: try OptimalTransportPath(), target: target)
      let weights = try field.value(
        of: .posteriorWeights, at: Time(remaining: Self.r), of: [99.5, 100.5])
      #expect(Array(weights[..<2]) == [0, 1])
      let denoiser = try field.value(
        of: .denoiser, at: Time(remaining: Self.r), of: [99.5, 100.5])
      #expect(denoiser == [99, 101])
    }
  }

  /// The mirror image at t = 0: from a point of the source, `(x - sigma m0)/alpha = m0`.
  @Test(arguments: [false, true]) func aPointOfTheSourceIsNotTheMeanOfTheKernel(full: Bool) throws {
    let source = try PointCloud.target(dimension: 2, points: [3, -5, 40, 7])
    let data =
      full
      ? try GaussianMixture(
        dimension: 2, means: [1, 2, -1, 4], covariances: [[2, 1, 1, 3], [1, 0, 0, 1]])
      : try GaussianMixture(dimension: 2, means: [1, 2], stds: [1.5])
    let target = try SourcedMixture(data: data, source: source)
    for path in [
      try OptimalTransportPath() as any ProbabilityPath, try PolynomialPath(exponent: 1),
      try IndependentCouplingPath(sigma: 0), LinearVariancePreservingPath(),
    ] {
      let field = MarginalField(path: path, target: target)
      // From x = m0 the data point is (1 - sigma)/alpha m0.
      let time = try Time(0x1p-60)
      let scale = path is LinearVariancePreservingPath ? 0x1p-61 : 1
      let denoiser = try field.value(of: .denoiser, at: time, of: [3, -5])
      #expect(
        relativeError(denoiser, [3 * scale, -5 * scale]) <= 0x1p-49, "\(path.kind): \(denoiser)")
    }
  }

  /// Halfway between components, in units of sigma far from both, plain logits cannot tell which is heavier.
  @Test(arguments: [1e-9, 1e-14, 1e-60, 1e-100, 1e-150])
  func nothingIsRefusedHalfwayBetweenComponents(r: Double) throws {
    var random = SplitMix(seed: 3)
    let time = try Time(remaining: r)
    for d in [1, 2, 5, 20, 64] {
      for count in [2, 3, 100] {
        var means = random.vector(d * count).map { 3 * $0 }
        for k in 2 * d..<max(2 * d, d * count) { means[k] += 50 }
        let x = (0..<d).map { (means[$0] + means[d + $0]) / 2 }
        let source = try GaussianMixture(
          dimension: d, means: [Double](repeating: 0, count: d), stds: [1])
        let targets: [any Target] = [
          try PointCloud.target(dimension: d, points: means),
          try PointCloud.target(
            dimension: d, points: means, weights: (0..<count).map { Double(1 + $0 % 2) }),
          try GaussianMixture(
            dimension: d, means: means, stds: (0..<count).map { r / Double(8 + $0 % 2) }),
          try UniformBoxes(
            dimension: d, lower: means, upper: means.map { $0 + 0.01 }),
          try SourcedMixture(
            data: try PointCloud.target(dimension: d, points: means), source: source),
        ]
        for target in targets {
          let field = MarginalField(path: try OptimalTransportPath(), target: target)
          let weights = try field.value(of: .posteriorWeights, at: time, of: x)
          let total = weights.reduce(0, +)
          let least = weights.min()!
          #expect(abs(total - 1) < 1e-12 && least >= 0)
          let denoiser = try field.value(of: .denoiser, at: time, of: x)
          for i in 0..<d {
            let ends = [means[i], means[d + i]]
            #expect(
              denoiser[i] >= ends.min()! - 1e-9 && denoiser[i] <= ends.max()! + 0.0100001,
              "\(type(of: target)), d = \(d), n = \(count)")
          }
          // The squares of 1/V, which derivatives need, leave the range of doubles.
          if r < 1e-70 { continue }
          let matrix = try field.value(of: .posteriorCovariance, at: time, of: x)
          let isFinite = matrix.allSatisfy { $0.isFinite }
          #expect(isFinite)
        }
      }
    }
  }
}
