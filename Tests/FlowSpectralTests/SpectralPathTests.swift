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
        // Little noise around boxes and points asks for grids that take a minute.
        guard grid.count <= 1 << 14 || t == 0.5 && grid.count <= 1 << 16 else { continue }
        compared += 1
        let found = try spectral.marginal(at: time, on: grid)
        let field = MarginalField(path: path, target: target)
        let d = target.dimension
        let points = grid.points
        // The far tails are below every unit here, and closed forms need not answer there.
        let all = found.density.indices.filter { found.density[$0] > 1e-15 * found.highest }
        let stride = all.count / 500 + 1
        let near = all.indices.filter { $0 % stride == 0 }.map { all[$0] }
        let places = near.flatMap { points[$0 * d..<($0 + 1) * d] }
        let p = try field.values(of: .logDensity, at: [time], of: places).map { Double.exp($0) }
        let u = try field.values(of: .velocity, at: [time], of: places)
        let rates = try field.values(of: .logDensityRate, at: [time], of: places)
        func worst(_ a: [Double], _ b: [Double]) -> Double {
          let unit = b.reduce(0) { max($0, abs($1)) }
          return zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / unit
        }
        let place = "\(name), \(path.kind), t = \(t), \(grid.count) points"
        #expect(worst(near.map { found.density[$0] }, p) < 1e-12, "\(place)")
        for axis in 0..<d {
          let flux = p.indices.map { p[$0] * u[$0 * d + axis] }
          #expect(worst(near.map { found.flux[axis][$0] }, flux) < 1e-12, "\(place)")
        }
        #expect(
          worst(near.map { found.densityRate[$0] }, zip(p, rates).map { $0 * $1 }) < 1e-12,
          "\(place)")
        #expect(abs(grid.integral(of: found.density) - 1) < 1e-13, "\(place)")
        // Where the density is large, the velocity itself.
        for (row, point) in near.enumerated() {
          guard let velocity = found.velocity(at: point, above: 0.01) else { continue }
          for axis in 0..<d {
            #expect(abs(velocity[axis] - u[row * d + axis]) < 1e-11 * (1 + abs(u[row * d + axis])))
          }
        }
        if all.count > 3000 { continue }
        let residual = try found.residual(of: field)
        #expect(residual.relative < 1e-11, "\(place): \(residual.relative)")
      }
    }
    #expect(compared >= 15, "\(compared) of 36")
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

  /// Any density as values: the same marginal as its closed form.
  @Test func aSampledDensityIsAsGoodAsItsClosedForm() throws {
    let mixture = try GaussianMixture(
      dimension: 2, means: [-1, 0.5, 1.5, -1], stds: [0.5, 0.7], weights: [1, 2])
    let field = MarginalField(path: CosinePath(), target: mixture)
    let own = try PeriodicGrid(dimension: 2, covering: -8, 8, step: 0.125)
    let logs = try field.values(of: .logDensity, at: [.end], of: own.points)
    let law = try SampledLaw(density: logs.map { Double.exp($0) }, on: own)
    let closed = try SpectralPath(path: CosinePath(), target: mixture)
    let sampled = try SpectralPath(path: CosinePath(), data: law)
    for t in [0.0, 0.3, 0.9] {
      let time = try Time(t)
      let grid = try closed.grid(at: time)
      let (a, b) = (
        try closed.marginal(at: time, on: grid), try sampled.marginal(at: time, on: grid)
      )
      func worst(_ a: [Double], _ b: [Double]) -> Double {
        zip(a, b).reduce(0) { max($0, abs($1.0 - $1.1)) } / a.reduce(0) { max($0, abs($1)) }
      }
      #expect(worst(a.density, b.density) < 1e-13, "t = \(t)")
      #expect(worst(a.flux[0], b.flux[0]) < 1e-12, "t = \(t)")
      #expect(worst(a.flux[1], b.flux[1]) < 1e-12, "t = \(t)")
    }
  }

  /// A target that this module has no closed form for.
  struct Unknown: Target {
    let known: GaussianMixture
    var dimension: Int { known.dimension }
    var rawMoments: RawMoments? { known.rawMoments }
    var extent: Extent? { known.extent }

    func check(_ x: ArraySlice<Double>, at schedule: Schedule<Double>) throws(FlowError) {
      try known.check(x, at: schedule)
    }
    func posterior(
      of x: [Lanes], at schedule: Schedule<Lanes>, _ wanted: Moments
    ) -> Posterior<Lanes> {
      known.posterior(of: x, at: schedule, wanted)
    }
    func posterior(
      of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
    ) -> Posterior<Dual<Lanes>> {
      known.posterior(of: x, at: schedule, wanted)
    }
    func sample(_ index: UInt64, from random: RandomStream) -> [Double] {
      known.sample(index, from: random)
    }
  }

  /// Any target with a density will do: its values are sampled where it lives.
  @Test func aTargetWithoutAClosedFormIsSampled() throws {
    let mixture = try GaussianMixture(
      dimension: 2, means: [-1, 0.5, 1.5, -1], stds: [0.3, 0.7])
    let path = try VariancePreservingPath()
    let closed = try SpectralPath(path: path, target: mixture)
    let sampled = try SpectralPath(path: path, target: Unknown(known: mixture))
    #expect(sampled.data is SampledLaw && closed.data is SeparableLaw)
    let time = try Time(0.8)
    let grid = try closed.grid(at: time)
    #expect(try sampled.grid(at: time) == grid)
    let (a, b) = (try closed.marginal(at: time, on: grid), try sampled.marginal(at: time, on: grid))
    for (x, y) in zip(a.densityRate, b.densityRate) { #expect(abs(x - y) < 1e-12) }
    for (x, y) in zip(a.density, b.density) { #expect(abs(x - y) < 1e-13) }
    let points = try GaussianMixture(dimension: 2, means: [0, 0], stds: [0])
    #expect(throws: FlowError.self) {
      try SpectralPath(path: path, target: Unknown(known: points))
    }
  }

  /// A uniform source and uniform data, which the engine has no closed form for: p_t is a trapezium, the
  /// velocity on its flanks and plateau linear in x. The kinks let the error fall as the step.
  @Test func aUniformSourceAndUniformDataMakeATrapezium() throws {
    let (a, b) = (2.0, 1.0)
    let path = try SpectralPath(
      path: try OptimalTransportPath(),
      data: try SeparableLaw(
        dimension: 1, weights: [1], factors: [.uniform(lower: 0, upper: a)]),
      source: try SeparableLaw(
        dimension: 1, weights: [1], factors: [.uniform(lower: 0, upper: b)]))
    let t = 0.6
    // Supports [0, t a] and [0, (1 - t) b]: the plateau lies between the shorter and the longer.
    let (long, short) = (t * a, (1 - t) * b)
    func exact(_ x: Double) -> (p: Double, u: Double)? {
      guard x > 0, x < long + short else { return nil }
      // x1 t is uniform on the values that leave (1 - t) x0 = x - t x1 in its interval.
      let (low, high) = (max(0, x - short), min(long, x))
      let middle = (low + high) / 2
      return ((high - low) / (long * short), middle / t - (x - middle) / (1 - t))
    }
    func errors(_ count: Int) throws -> (density: Double, velocity: Double) {
      let grid = try PeriodicGrid([
        PeriodicGrid.Axis(origin: -0.53125, step: 4 / Double(count), count: count)
      ])
      let found = try path.marginal(at: try Time(t), on: grid)
      var (density, velocity) = (0.0, 0.0)
      for (i, x) in grid.points.enumerated() {
        let truth = exact(x)
        density = max(density, abs(found.density[i] - (truth?.p ?? 0)))
        guard let truth, let u = found.velocity(at: i, above: 0.3) else { continue }
        velocity = max(velocity, abs(u[0] - truth.u))
      }
      return (density, velocity)
    }
    let (coarse, fine) = (try errors(256), try errors(4096))
    #expect(coarse.density < 0.02 && coarse.velocity < 0.1, "\(coarse)")
    let order = Double.log2(coarse.density / fine.density) / 4
    #expect(order > 0.8 && order < 1.3, "\(coarse) to \(fine): order \(order)")
    let slope = Double.log2(coarse.velocity / fine.velocity) / 4
    #expect(slope > 0.8, "\(coarse) to \(fine): order \(slope)")
  }

  /// A jump: boxes without noise. At a distance from it the error still falls as the step.
  @Test func aDensityThatJumpsConvergesAwayFromItsJumps() throws {
    let path = try SpectralPath(
      path: CosinePath(),
      target: try UniformBoxes(dimension: 1, lower: [-1], upper: [1]))
    func error(_ count: Int) throws -> Double {
      let grid = try PeriodicGrid([
        PeriodicGrid.Axis(origin: -2, step: 4.4 / Double(count), count: count)
      ])
      let found = try path.marginal(at: .end, on: grid)
      var worst = 0.0
      for (x, p) in zip(grid.points, found.density) where abs(abs(x) - 1) > 0.3 {
        let exact = abs(x) < 1 ? 0.5 : 0
        worst = max(worst, abs(p - exact))
      }
      return worst
    }
    let (coarse, fine) = (try error(512), try error(8192))
    #expect(coarse < 0.01)
    #expect(abs(Double.log2(coarse / fine) / 4 - 1) < 0.25, "\(coarse) to \(fine)")
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
