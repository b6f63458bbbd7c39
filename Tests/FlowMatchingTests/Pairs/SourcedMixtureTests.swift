import Testing

@testable import FlowMatching

struct SourcedMixtureTests {
  /// All that a target with a source answers.
  static let quantities = MarginalQuantity.allCases

  static func compare(
    _ a: MarginalField, _ b: MarginalField, at time: Time<Double>, of x: [Double],
    _ chosen: [MarginalQuantity] = quantities, tolerance: Double = 1e-12
  ) throws {
    for quantity in chosen {
      let left = try a.value(of: quantity, at: time, of: x)
      let right = try b.value(of: quantity, at: time, of: x)
      let scale = right.map(abs).max()! + 1
      #expect(
        relativeError(left, right, floor: scale) <= tolerance,
        "\(quantity) at \(time): \(left) and \(right)")
    }
  }

  static func mixture(_ random: inout SplitMix, full: Bool) throws -> GaussianMixture {
    let means = random.vector(6)
    if full {
      return try GaussianMixture(
        dimension: 2, means: means,
        covariances: [[1, 0.5, 0.5, 2], [0.1, 0, 0, 0.3], [0.5, -0.25, -0.25, 0.25]],
        weights: [1, 2, 3])
    }
    return try GaussianMixture(
      dimension: 2, means: means, stds: [0.3, 1, 0.5], weights: [3, 1, 2])
  }

  @Test(arguments: EveryPath.kinds, [false, true])
  func aStandardNormalSourceIsNoSource(kind: String, full: Bool) throws {
    var random = SplitMix(seed: 7)
    let path = try EveryPath.make(kind, seed: 0).path
    let data = try Self.mixture(&random, full: full)
    let normal = try GaussianMixture(dimension: 2, means: [0, 0], stds: [1])
    let sourced = MarginalField(
      path: path, target: try SourcedMixture(data: data, source: normal))
    let plain = MarginalField(path: path, target: data)
    for _ in 0..<10 {
      let time = try Time(random.uniform(0.05...0.95))
      let s = path.schedule(at: time)
      let x = random.vector(2).map { $0 * (s.alpha + s.sigma) }
      try Self.compare(sourced, plain, at: time, of: x, tolerance: 1e-11)
    }
  }

  /// A source far wider than it is moved by its means decides nothing; one that is a mixture of equal
  /// components is one Gaussian.
  @Test func equalComponentsAreOne() throws {
    let data = try GaussianMixture(dimension: 1, means: [1, -2], stds: [0.5, 0.25])
    let one = try GaussianMixture(dimension: 1, means: [3], stds: [0.7])
    let three = try GaussianMixture(
      dimension: 1, means: [3, 3, 3], stds: [0.7], weights: [1, 0, 5])
    let path = CosinePath()
    try Self.compare(
      MarginalField(path: path, target: try SourcedMixture(data: data, source: three)),
      MarginalField(path: path, target: try SourcedMixture(data: data, source: one)),
      at: try Time(0.4), of: [1.25])
  }

  @Test(arguments: [false, true], 0..<4)
  func theResidualOfTheContinuityEquationIsRoundingNoise(full: Bool, seed: Int) throws {
    var random = SplitMix(seed: seed)
    for kind in EveryPath.kinds {
      let path = try EveryPath.make(kind, seed: seed).path
      for tube in [Tube.none, .constant(std: 0.3), .bridge(std: 0.5)] {
        let target = try SourcedMixture(
          data: try Self.mixture(&random, full: full),
          source: try Self.mixture(&random, full: false),
          tube: tube)
        let field = MarginalField(path: path, target: target)
        let times = try (0..<8).map { _ in try Time(random.uniform(0.02...0.98)) }
        let points = times.flatMap { time -> [Double] in
          let s = path.schedule(at: time)
          return random.vector(2).map { $0 * (s.alpha + s.sigma) }
        }
        for method in ResidualMethod.allCases {
          let values = try field.continuityResiduals(at: times, of: points, method: method)
          for (i, value) in values.enumerated() {
            #expect(
              abs(value.residual) <= 2000 * 0x1p-53 * value.scale,
              "\(kind), \(tube), \(method), \(times[i])")
          }
        }
      }
    }
  }

  /// Averaged over a normal source, the pairs of `icfm` and of the bridge are paths of their own.
  @Test(arguments: [0.1, 0.5, 0.9])
  func overANormalSourcePairPathsAreTheirMarginalPaths(t: Double) throws {
    let data = try PointCloud.target(dimension: 2, points: [0, 1, 2, -1, 0.5, 0.5])
    let normal = try GaussianMixture(dimension: 2, means: [0, 0], stds: [1])
    let line = try OptimalTransportPath()
    let chosen: [MarginalQuantity] = [
      .logDensity, .logDensityRate, .velocity, .score, .denoiser, .divergence, .jacobian,
      .posteriorCovariance, .posteriorWeights,
    ]
    for (tube, path) in [
      (.constant(std: 0.3), try IndependentCouplingPath(sigma: 0.3)),
      (.bridge(std: 0.6), try SchrodingerBridgePath(sigma: 0.6)),
    ] as [(Tube, any ProbabilityPath)] {
      let target = try SourcedMixture(data: data, source: normal, tube: tube)
      try Self.compare(
        MarginalField(path: line, target: target), MarginalField(path: path, target: data),
        at: try Time(t), of: [0.4, -0.3], chosen)
    }
  }

  /// Between two point clouds the velocity is the average of the pairs' own velocities.
  @Test(arguments: [PairField.icfm, .schrodingerBridge, .vpTrigonometric], [0.2, 0.5, 0.85])
  func betweenCloudsTheFieldIsTheAverageOverPairs(kind: PairField, t: Double) throws {
    let std = 0.4
    let source = [[-1.0, 0], [0.5, 1], [2, -1]]
    let data = [[3.0, 1], [1, -2]]
    let time = try Time(t)
    let path: any ProbabilityPath =
      kind == .vpTrigonometric ? CosinePath() : try OptimalTransportPath()
    let s = path.schedule(at: time)
    let width = kind == .schrodingerBridge ? std * (t * (1 - t)).squareRoot() : std
    let x = [0.75, 0.25]
    var (total, sum) = (0.0, [0.0, 0.0])
    for a in source {
      for b in data {
        let square = (0..<2).reduce(0.0) {
          let away = x[$1] - s.sigma * a[$1] - s.alpha * b[$1]
          return $0 + away * away
        }
        let weight = Plain<Double>.exp(-square / (2 * width * width))
        let own = try kind.velocity(sigma: std, at: time, of: x, from: a, to: b)
        total += weight
        for i in 0..<2 { sum[i] += weight * own[i] }
      }
    }
    let target = try SourcedMixture(
      data: try PointCloud.target(dimension: 2, points: data.flatMap { $0 }),
      source: try PointCloud.target(dimension: 2, points: source.flatMap { $0 }),
      tube: kind == .schrodingerBridge ? .bridge(std: std) : .constant(std: std))
    let got = try MarginalField(path: path, target: target).value(of: .velocity, at: time, of: x)
    #expect(relativeError(got, sum.map { $0 / total }, floor: 1) < 1e-14)
  }

  @Test func cloudsWithoutATubeHaveNoDensity() throws {
    let cloud = try PointCloud.target(dimension: 1, points: [0, 1])
    let path = try OptimalTransportPath()
    let bare = MarginalField(path: path, target: try SourcedMixture(data: cloud, source: cloud))
    #expect(failure { try bare.value(of: .score, at: try Time(0.5), of: [0.5]) }?.code == .singular)
    let bridge = MarginalField(
      path: path, target: try SourcedMixture(data: cloud, source: cloud, tube: .bridge(std: 1)))
    #expect(failure { try bridge.value(of: .score, at: .end, of: [0.5]) }?.code == .singular)
    #expect(failure { try bridge.value(of: .score, at: try Time(0.5), of: [0.5]) } == nil)
  }

  /// The velocity contains sigma' itself.
  @Test func anInfiniteSlopeOfSigmaIsSingular() throws {
    let target = try SourcedMixture(
      data: try Preset.eightGaussians(), source: try Preset.ringOfGaussians())
    let field = MarginalField(path: try VariancePreservingPath(), target: target)
    #expect(failure { try field.value(of: .velocity, at: .end, of: [4, 0]) }?.code == .singular)
    #expect(failure { try field.value(of: .score, at: .end, of: [4, 0]) } == nil)
  }

  @Test func theScoreIsNotTheNoiseOverSigma() throws {
    let target = try SourcedMixture(
      data: try Preset.eightGaussians(), source: try Preset.ringOfGaussians())
    let field = MarginalField(path: CosinePath(), target: target)
    let time = try Time(0.5)
    let noise = try field.value(of: .noisePrediction, at: time, of: [1, 2])
    let score = try field.value(of: .score, at: time, of: [1, 2])
    let sigma = field.path.schedule(at: time).sigma
    #expect(relativeError(score, noise.map { -$0 / sigma }, floor: 1) > 0.1)
  }

  @Test func badPairsAreRefused() throws {
    let line = try GaussianMixture(dimension: 1, means: [0], stds: [1])
    let plane = try Preset.eightGaussians()
    #expect(
      failure { try SourcedMixture(data: line, source: plane) }?.code == .dimensionMismatch)
    #expect(
      failure { try SourcedMixture(data: line, source: line, tube: .bridge(std: -1)) }?.code
        == .outOfDomain)
  }

  @Test func guidanceRestrictsTheData() throws {
    let data = try GaussianMixture(
      dimension: 1, means: [-1, 1], stds: [0.5], labels: ["a", "b"])
    let source = try GaussianMixture(dimension: 1, means: [4], stds: [2])
    let both = try SourcedMixture(data: data, source: source)
    let alone = try SourcedMixture(
      data: try GaussianMixture(dimension: 1, means: [1], stds: [0.5]), source: source)
    let guided = try GuidedField(path: CosinePath(), target: both, label: "b", weight: 1)
    let time = try Time(0.3)
    #expect(
      try guided.velocities(at: [time], of: [0.5])
        == MarginalField(path: CosinePath(), target: alone).velocities(at: [time], of: [0.5]))
  }

  /// Neither covariance is regular, and their sum is. By hand at t = 1/2: V = ((1, 1), (1, 3))/4, so
  /// g = (-1.5, 1.5) at x = (1/4, 1/2), E[x1] = (1, 0), E[x0] = (0, 1.5).
  @Test func covariancesThatLackDifferentDirectionsGiveEachOtherADensity() throws {
    let source = try GaussianMixture(
      dimension: 2, means: [0, 0], covariances: [[0, 0, 0, 2]])
    let data = try GaussianMixture(
      dimension: 2, means: [1, 0], covariances: [[1, 1, 1, 1]])
    let field = MarginalField(
      path: try OptimalTransportPath(), target: try SourcedMixture(data: data, source: source))
    let velocity = try field.value(of: .velocity, at: Time(0.5), of: [0.25, 0.5])
    #expect(relativeError(velocity, [0.5, -2]) <= 1e-15)
    for end in [Time<Double>.start, .end] {
      #expect(
        failure { try field.value(of: .velocity, at: end, of: [0.25, 0.5]) }?.code == .singular)
    }
  }

  /// One direction that both lack leaves no density at any time, however many pairs there are.
  @Test func aDirectionThatBothLackIsSingular() throws {
    let line = [1.0, 2, 2, 4]
    let source = try GaussianMixture(
      dimension: 2, means: [0, 0, 1, 1], covariances: [[1, 0, 0, 1], line])
    let data = try GaussianMixture(
      dimension: 2, means: [1, 0, 3, 3], covariances: [[2, 4, 4, 8], [1, 0, 0, 0]])
    let field = MarginalField(
      path: try OptimalTransportPath(), target: try SourcedMixture(data: data, source: source))
    #expect(
      failure { try field.value(of: .score, at: Time(0.5), of: [0.25, 0.5]) }?.code == .singular)
  }
}
