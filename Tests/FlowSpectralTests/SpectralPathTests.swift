import FlowMatching
import RealModule
import Testing

@testable import FlowSpectral

/// The convolutions against the engine's closed forms, which share nothing with them.
struct SpectralPathTests {
  static func targets() throws -> [(String, any Target)] {
    let full = try GaussianMixture(
      dimension: 2, means: [-1, 0.5, 1.5, -1],
      covariances: [[0.5, 0.3, 0.3, 0.4], [0.2, -0.1, -0.1, 0.3]], weights: [1, 2])
    return [
      (
        "line",
        try GaussianMixture(
          dimension: 1, means: [-2, 0.5, 3], stds: [0.5, 0.1, 1], weights: [0.3, 0.2, 0.5])
      ),
      ("eight Gaussians", try Preset.eightGaussians()),
      ("full covariances", full),
      ("ring", try Ring(radius: 2, std: 0.2, center: [0.5, -1])),
      ("checkerboard", try Preset.checkerboard()),
      (
        "interval",
        try UniformBoxes(dimension: 1, lower: [-3, 1], upper: [-1, 2], weights: [1, 3])
      ),
      ("points", try GaussianMixture(dimension: 2, means: [0, 1, -1, 0.5, 2, -2], stds: [0])),
      (
        "from a mixture",
        try SourcedMixture(
          data: try Preset.ringOfGaussians(modes: 5), source: try Preset.eightGaussians())
      ),
      (
        "tube between points",
        try SourcedMixture(
          data: try GaussianMixture(dimension: 2, means: [2, 1, -2, 0], stds: [0]),
          source: try GaussianMixture(dimension: 2, means: [0, -1, 1, 1, 3, 0], stds: [0]),
          tube: .bridge(std: 0.7))
      ),
    ]
  }

  static func paths() throws -> [any ProbabilityPath] {
    [
      try OptimalTransportPath(), try VariancePreservingPath(), CosinePath(),
      try VarianceExplodingPath(),
    ]
  }

  /// The largest difference, in units of the largest value.
  static func worst(_ a: [Double], _ b: [Double]) -> Double {
    let unit = b.reduce(0) { max($0, abs($1)) }
    return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / unit
  }

  /// p, p u and dp/dt against `exp(log p)`, `p u` and `p d log p/dt` of the engine, in units of the
  /// largest value on the grid.
  @Test(arguments: [0.125, 0.5, 0.75])
  func densityFluxAndRateAreTheClosedForms(_ t: Double) throws {
    let time = try Time(t)
    var compared = 0
    for (name, target) in try Self.targets() {
      for path in try Self.paths() {
        let spectral = try SpectralPath(path: path, target: target)
        let grid = try spectral.grid(at: time)
        guard grid.count <= 1 << 16 else { continue }
        compared += 1
        let found = try spectral.marginal(at: time, on: grid)
        let field = MarginalField(path: path, target: target)
        let d = target.dimension
        let points = grid.points
        // The far tails are below every unit here, and closed forms need not answer there.
        let floor = 1e-15 * found.highest
        let all = found.density.indices.filter { found.density[$0] > floor }
        let stride = all.count / 2000 + 1
        let near = all.indices.filter { $0 % stride == 0 }.map { all[$0] }
        let places = near.flatMap { points[$0 * d..<($0 + 1) * d] }
        let p = try field.values(of: .logDensity, at: [time], of: places).map { Double.exp($0) }
        let u = try field.values(of: .velocity, at: [time], of: places)
        let rates = try field.values(of: .logDensityRate, at: [time], of: places)
        let place = "\(name), \(path.kind), t = \(t), \(grid.count) points"
        #expect(Self.worst(near.map { found.density[$0] }, p) < 1e-12, "\(place)")
        for axis in 0..<d {
          let flux = p.indices.map { p[$0] * u[$0 * d + axis] }
          #expect(Self.worst(near.map { found.flux[axis][$0] }, flux) < 1e-12, "\(place)")
        }
        #expect(
          Self.worst(near.map { found.densityRate[$0] }, zip(p, rates).map { $0 * $1 }) < 1e-12,
          "\(place)")
        #expect(abs(grid.integral(of: found.density) - 1) < 1e-13, "\(place)")
        // Where the density is large, the velocity itself.
        let large = 0.01 * found.highest
        var velocityError = 0.0
        for (row, point) in near.enumerated() where found.density[point] > large {
          for axis in 0..<d {
            let (exact, p) = (u[row * d + axis], found.density[point])
            let error = abs(found.flux[axis][point] / p - exact) / (1 + abs(exact))
            velocityError = max(velocityError, error)
          }
        }
        #expect(velocityError < 1e-11, "\(place)")
        if all.count > 8000 { continue }
        let residual = try found.residual(of: field)
        #expect(residual.relative < 1e-11, "\(place): \(residual.relative)")
      }
    }
    #expect(compared >= 30, "\(compared) of 36")
  }

  /// The quotient of flux and density where there is density enough.
  @Test func aVelocityIsTheQuotientOfFluxAndDensity() throws {
    let target = try Preset.eightGaussians()
    let spectral = try SpectralPath(path: CosinePath(), target: target)
    let time = try Time(0.4)
    let grid = try spectral.grid(at: time)
    let found = try spectral.marginal(at: time, on: grid)
    let point = try #require(found.density.firstIndex(of: found.highest))
    let exact = try MarginalField(path: CosinePath(), target: target).velocities(
      at: [time], of: Array(grid.points[2 * point..<2 * point + 2]))
    let velocity = try #require(found.velocity(at: point))
    #expect(zip(velocity, exact).allSatisfy { abs($0 - $1) < 1e-12 })
    // The corner of the period is nine stds away from everything.
    #expect(found.velocity(at: 0) == nil)
  }

  /// The rate by dual numbers against differences of the density in time, whose error falls as the
  /// eighth power of their step until rounding.
  @Test func theRateIsTheLimitOfDifferencesInTime() throws {
    let spectral = try SpectralPath(path: CosinePath(), target: try Preset.eightGaussians())
    let time = try Time(0.6)
    let grid = try spectral.grid(at: try Time(0.7))
    let exact = try spectral.marginal(at: time, on: grid).densityRate
    let weights = [(1, 4.0 / 5), (2, -1.0 / 5), (3, 4.0 / 105), (4, -1.0 / 280)]
    func error(_ h: Double) throws -> Double {
      var sum = [Double](repeating: 0, count: grid.count)
      for (k, weight) in weights {
        for sign in [1.0, -1] {
          let moved = try Time(0.6 + sign * Double(k) * h)
          let density = try spectral.marginal(at: moved, on: grid).density
          for i in sum.indices { sum[i] += sign * weight / h * density[i] }
        }
      }
      return zip(sum, exact).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
    let size = exact.reduce(0) { max($0, abs($1)) }
    let (coarse, fine) = (try error(0x1p-5), try error(0x1p-6))
    #expect(Double.log2(coarse / fine) > 7.5, "\(coarse) to \(fine)")
    #expect(try error(0x1p-8) < 1e-11 * size)
  }

  /// Without noise enough for a grid, and in three dimensions, the answer is an error.
  @Test func whatHasNoGridIsATypedError() throws {
    func code(_ body: () throws -> some Any) -> FlowError.Code? {
      do {
        _ = try body()
        return nil
      } catch { return (error as? FlowError)?.code }
    }
    let boxes = try SpectralPath(path: CosinePath(), target: try Preset.checkerboard())
    #expect(code { try boxes.grid(at: .end) } == .singular)
    #expect(code { try boxes.grid(at: try Time(1 - 1e-9)) } == .outOfDomain)
    let deep = try GaussianMixture(dimension: 3, means: [0, 0, 0], stds: [1])
    #expect(code { try SpectralPath(path: CosinePath(), target: deep) } == .unsupported)
    let line = try SpectralPath(
      path: try VariancePreservingPath(),
      target: try GaussianMixture(dimension: 1, means: [0], stds: [1]))
    let grid = try line.grid(at: try Time(0.5))
    let marginal = try line.marginal(at: try Time(0.5), on: grid)
    #expect(code { try marginal.residual(ofVelocities: [1]) } == .dimensionMismatch)
    let bad = [Double](repeating: .nan, count: grid.count)
    #expect(code { try marginal.residual(ofVelocities: bad) } == .nonFinite)
    let plane = MarginalField(path: CosinePath(), target: try Preset.eightGaussians())
    #expect(code { try marginal.residual(of: plane) } == .dimensionMismatch)
    #expect(code { try line.conservation(of: plane, from: 1, to: 0) } == .outOfDomain)
    let square = try PeriodicGrid(dimension: 2, covering: -1, 1, step: 0.1)
    #expect(code { try line.marginal(at: .start, on: square) } == .dimensionMismatch)
  }
}
