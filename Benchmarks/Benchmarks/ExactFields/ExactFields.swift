import Benchmark
import FlowConformance
import FlowIntegration
import FlowMatching

/// Medians of what the library spends its time on. An iteration is what the name says: so many points,
/// pairs or requests.
let benchmarks: @Sendable () -> Void = {
  Benchmark.defaultConfiguration = .init(
    metrics: [.wallClock, .throughput], warmupIterations: 2, maxDuration: .seconds(1),
    maxIterations: 1_000)
  schedules()
  conditionalFields()
  clouds()
  targets()
  divergences()
  residuals()
  flows()
  oracle()
}

private func schedules() {
  Benchmark("schedule: ten paths x 1,000 times") { benchmark in
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
}

private func conditionalFields() {
  Benchmark("conditional velocity: 10,000 points, d=2") { benchmark in
    let field = ConditionalField(path: try VariancePreservingPath())
    let time = try Time(0.4)
    let points = RandomStream(seed: 3, stream: 0).normals(20_000, at: 0)
    for _ in benchmark.scaledIterations {
      for row in 0..<10_000 {
        let x = Array(points[2 * row..<2 * row + 2])
        blackHole(try field.velocity(at: time, of: x, given: [1, -1]))
      }
    }
  }
}

private func clouds() {
  for (dimension, count, queries) in [
    (2, 4_096, 1_000), (2, 50_000, 1_000), (64, 1_797, 1_000), (784, 10_000, 500),
  ] {
    for t in [0.1, 0.5, 0.9, 0.99] {
      Benchmark("cloud velocity: d=\(dimension), \(count) x \(queries), t=\(t)") { benchmark in
        let work = try Work(dimension: dimension, count: count, queries: queries, t: t)
        for _ in benchmark.scaledIterations { blackHole(try work.values(of: .velocity)) }
      }
    }
  }
  for quantity in MarginalQuantity.allCases
  where quantity != .velocity && quantity != .posteriorWeights {
    Benchmark("cloud \(quantity): d=2, 4096 x 1000, t=0.5") { benchmark in
      let work = try Work(dimension: 2, count: 4_096, queries: 1_000, t: 0.5)
      for _ in benchmark.scaledIterations { blackHole(try work.values(of: quantity)) }
    }
  }
}

private func targets() {
  let made: [(String, @Sendable () throws -> any Target)] = [
    ("eight Gaussians", { try Preset.eightGaussians() }),
    ("checkerboard of boxes", { try Preset.checkerboard() }),
    ("ring", { try Ring(radius: 2, std: 0.1) }),
    ("two moons (curves)", { try Preset.twoMoons() }),
    (
      "mixture of full covariances",
      {
        try GaussianMixture(
          dimension: 3, means: RandomStream(seed: 4, stream: 0).normals(48, at: 0),
          covariances: (0..<16).map { k in
            let b = 0.02 * Double(k)
            return [1, b, 0, b, 0.5, b, 0, b, 0.25]
          })
      }
    ),
  ]
  for (name, target) in made {
    for quantity in [MarginalQuantity.velocity, .logDensity, .divergence, .jacobian] {
      Benchmark("\(name), \(quantity): 10,000 points, t=0.5") { benchmark in
        let work = try Work(target: try target(), queries: 10_000, t: 0.5)
        for _ in benchmark.scaledIterations { blackHole(try work.values(of: quantity)) }
      }
    }
  }
}

private func divergences() {
  for (dimension, count, queries) in [(2, 4_096, 1_000), (64, 1_797, 1_000)] {
    for t in [0.1, 0.5, 0.9] {
      Benchmark(
        "cloud velocity with divergence: d=\(dimension), \(count) x \(queries), t=\(t)"
      ) { benchmark in
        let work = try Work(dimension: dimension, count: count, queries: queries, t: t)
        for _ in benchmark.scaledIterations { blackHole(try work.velocitiesAndDivergences()) }
      }
    }
  }
  Benchmark("eight Gaussians, velocity with divergence: 10,000 points, t=0.5") { benchmark in
    let work = try Work(target: try Preset.eightGaussians(), queries: 10_000, t: 0.5)
    for _ in benchmark.scaledIterations { blackHole(try work.velocitiesAndDivergences()) }
  }
}

private func residuals() {
  for method in ResidualMethod.allCases {
    Benchmark("residual of eight Gaussians, \(method): 10,000 points, t=0.5") { benchmark in
      let work = try Work(target: try Preset.eightGaussians(), queries: 10_000, t: 0.5)
      for _ in benchmark.scaledIterations {
        blackHole(
          try work.field.continuityResiduals(at: [work.time], of: work.points, method: method))
      }
    }
  }
}

private func flows() {
  for solver in ["dop853", "dopri5", "tsit5"] {
    Benchmark("flow of eight Gaussians, \(solver): 1,000 trajectories to 1e-8") { benchmark in
      let field = MarginalField(
        path: try OptimalTransportPath(), target: try Preset.eightGaussians())
      let flow = try Flow(
        of: field, solver: Solver.named(solver)!,
        steps: .adaptive(try Tolerance(relative: 1e-8, absolute: 1e-8)))
      let starts = RandomStream(seed: 5, stream: 0).normals(2_000, at: 0)
      for _ in benchmark.scaledIterations {
        blackHole(try flow.solutions(from: 0, to: 1, at: starts))
      }
    }
  }
}

private func oracle() {
  let requests = [
    ("schedule", #"{"id":1,"op":"schedule","path":{"kind":"vp"},"t":0.5}"#),
    (
      "marginal_velocity",
      #"{"id":1,"op":"marginal_velocity","path":{"kind":"ot"},"t":0.5,"x":[0.5,1],"#
        + #""target":{"kind":"gaussian_mixture","means":[[1,0],[0,1]],"std":0.3}}"#
    ),
  ]
  for (name, request) in requests {
    Benchmark("oracle, \(name): 1,000 requests") { benchmark in
      var oracle = Oracle(version: "benchmark")
      let line = Array(request.utf8)
      for _ in benchmark.scaledIterations {
        for _ in 0..<1_000 { blackHole(oracle.answer(line)) }
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

  init(dimension d: Int, count: Int, queries: Int, t: Double) throws {
    let means = RandomStream(seed: 2, stream: 0).normals(d * count, at: 0)
    try self.init(
      target: try PointCloud.target(dimension: d, points: means), queries: queries, t: t)
  }

  func values(of quantity: MarginalQuantity) throws -> [Double] {
    try field.values(of: quantity, at: [time], of: points)
  }

  func velocitiesAndDivergences() throws -> [Double] {
    try field.divergences(at: [time], of: points).divergences
  }
}
