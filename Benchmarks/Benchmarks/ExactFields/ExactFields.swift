import Benchmark
import FlowMatching

/// Medians of what the library spends its time on; one scaled iteration is one point, pair or schedule,
/// as each name says.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput, .peakMemoryResident], warmupIterations: 2,
    maxDuration: .seconds(2), maxIterations: 1_000)

  let times = [0.1, 0.5, 0.9, 0.99]

  Benchmark("schedule of ten paths x 1,000 times") { benchmark in
    let paths: [any ProbabilityPath] = [
      try OptimalTransportPath(), try VariancePreservingPath(), try VarianceExplodingPath(),
      try GeometricVarianceExplodingPath(), CosinePath(), LinearVariancePreservingPath(),
      try PolynomialPath(exponent: 2), try ShiftedOptimalTransportPath(),
      try IndependentCouplingPath(sigma: 0.1), try SchrodingerBridgePath(sigma: 0.1),
    ]
    let grid = try (0..<1_000).map { try Time((Double($0) + 0.5) / 1_000) }
    for _ in benchmark.scaledIterations {
      for path in paths { for time in grid { blackHole(path.schedule(at: time)) } }
    }
  }

  for (dimension, count, queries) in [(2, 4_096, 1_000), (2, 50_000, 1_000), (64, 1_797, 1_000)] {
    for t in times {
      Benchmark("velocity of a cloud, d=\(dimension), \(count) x \(queries), t=\(t)") { benchmark in
        let work = try Work(dimension: dimension, count: count, std: 0, queries: queries, t: t)
        for _ in benchmark.scaledIterations { blackHole(try work.values(of: .velocity)) }
      }
    }
  }

  for quantity in [MarginalQuantity.velocity, .divergence, .logDensity, .score, .jacobian] {
    Benchmark("\(quantity) of a cloud, d=2, 4096 x 1000, t=0.5") { benchmark in
      let work = try Work(dimension: 2, count: 4_096, std: 0, queries: 1_000, t: 0.5)
      for _ in benchmark.scaledIterations { blackHole(try work.values(of: quantity)) }
    }
    Benchmark("\(quantity) of eight Gaussians x 10,000, t=0.5") { benchmark in
      let work = try Work(target: try Preset.eightGaussians(), queries: 10_000, t: 0.5)
      for _ in benchmark.scaledIterations { blackHole(try work.values(of: quantity)) }
    }
  }

  for method in ResidualMethod.allCases {
    Benchmark("\(method) residual of eight Gaussians x 10,000, t=0.5") { benchmark in
      let work = try Work(target: try Preset.eightGaussians(), queries: 10_000, t: 0.5)
      for _ in benchmark.scaledIterations {
        blackHole(
          try work.field.continuityResiduals(at: [work.time], of: work.points, method: method))
      }
    }
  }
}

/// A field and the points to evaluate it at: drawn from its own p_t.
private struct Work {
  let field: MarginalField
  let time: Time<Double>
  let points: [Double]

  init(target: any Target, queries: Int, t: Double) throws {
    field = MarginalField(path: try OptimalTransportPath(), target: target)
    time = try Time(t)
    let random = RandomStream(seed: 1, stream: 0)
    let noise = RandomStream(seed: 1, stream: 1)
    let d = target.dimension
    points = (0..<UInt64(queries)).flatMap { row in
      let data = target.sample(row, from: random)
      let z = noise.normals(d, at: row &* UInt64((d + 1) / 2))
      return (0..<d).map { t * data[$0] + (1 - t) * z[$0] }
    }
  }

  init(dimension d: Int, count: Int, std: Double, queries: Int, t: Double) throws {
    let random = RandomStream(seed: 2, stream: 0)
    let means = random.normals(d * count, at: 0)
    try self.init(
      target: try GaussianMixture(dimension: d, means: means, stds: [std]), queries: queries, t: t)
  }

  func values(of quantity: MarginalQuantity) throws -> [Double] {
    try field.values(of: quantity, at: [time], of: points)
  }
}
