import ComplexModule
import FlowMatching
import RealModule
import Testing

@testable import FlowSpectral

struct RoundingNoiseTests {
  /// A gradient is the smallest vector function with its divergence; what is added without divergence
  /// makes it larger.
  @Test(arguments: [1, 2]) func theLeastFluxIsTheGradient(_ d: Int) throws {
    let axes = [
      try PeriodicGrid.Axis(origin: 0.3, step: 0.25, count: 32),
      try PeriodicGrid.Axis(origin: -2, step: 0.5, count: 24),
    ]
    let grid = try PeriodicGrid(Array(axes.suffix(d)))
    let points = grid.points
    let (a, b) = (d == 2 ? 2 * Double.pi * 3 / 8 : 0, 2 * Double.pi * 5 / 12)
    // The gradient of sin(a x) cos(b y), b y alone on the line.
    func gradient(_ row: Int) -> [Double] {
      let y = points[row * d + d - 1]
      if d == 1 { return [-b * Double.sin(b * y)] }
      let x = points[row * d]
      return [
        a * Double.cos(a * x) * Double.cos(b * y), -b * Double.sin(a * x) * Double.sin(b * y),
      ]
    }
    let rows = (0..<grid.count).map(gradient)
    let components = (0..<d).map { axis in rows.map { $0[axis] } }
    let squares = rows.map { $0.reduce(0) { $0 + $1 * $1 } }
    let norm = grid.integral(of: squares).squareRoot()
    let divergence = try grid.divergence(of: components)
    #expect(abs(try grid.leastFlux(withDivergence: divergence) / norm - 1) < 1e-13)
    #expect(throws: FlowError.self) { try grid.leastFlux(withDivergence: [1]) }
  }

  /// The mean over noise of the square of the least flux.
  @Test func noiseOfAllModesHasItsLeastFlux() throws {
    let axis = try PeriodicGrid.Axis(origin: 0, step: 0.125, count: 64)
    let grid = try PeriodicGrid([axis])
    var (found, norms) = (0.0, 0.0)
    for stream in 0..<UInt64(400) {
      let values = RandomStream(seed: 5, stream: stream).normals(64, at: 0)
      let flux = try grid.leastFlux(withDivergence: values)
      let norm = grid.norm(of: values)
      found += flux * flux
      norms += norm * norm
    }
    // The longest wave has six tenths of it: a relative standard error of 0.6/sqrt(400) = 0.03.
    #expect(abs((found / norms).squareRoot() / grid.leastFluxOfNoise - 1) < 0.1)
  }

  /// Two grids with other points and other modes have other roundings: half of the square of their
  /// difference where they meet is the noise. It is no more than what is expected at most, and the
  /// expectation no more than thirty times what is found.
  @Test(arguments: [0.25, 0.75]) func theNoiseIsWhatTwoGridsDifferBy(_ t: Double) throws {
    let time = try Time(t)
    let targets: [any Target] = [
      try GaussianMixture(dimension: 1, means: [-2, 0.5, 3], stds: [0.5, 0.25, 1]),
      try Preset.eightGaussians(), try Ring(radius: 2, std: 0.2, center: [0.5, -1]),
    ]
    for target in targets {
      for path in [CosinePath() as any ProbabilityPath, try VarianceExplodingPath()] {
        let spectral = try SpectralPath(path: path, target: target)
        let coarse = try spectral.grid(at: time)
        let axes = try coarse.axes.map {
          try PeriodicGrid.Axis(
            origin: $0.origin - $0.period / 2, step: $0.step, count: 2 * $0.count)
        }
        let wide = try PeriodicGrid(axes)
        let (a, b) = (
          try spectral.marginal(at: time, on: coarse), try spectral.marginal(at: time, on: wide)
        )
        var square = 0.0
        for point in 0..<coarse.count {
          let column = coarse.axes.last!.count
          let shift = column / 2
          let other =
            coarse.dimension == 1
            ? point + shift
            : (point / column + coarse.axes[0].count / 2) * 2 * column + point % column + shift
          let difference = a.density[point] - b.density[other]
          square += difference * difference
        }
        let found = (square * coarse.cell / 2).squareRoot()
        // The wide grid's noise on a part of its period.
        let expected = try spectral.roundingNoise(of: a).density
        let what = "\(type(of: target)), \(path.kind): \(found) of \(expected)"
        #expect(found < 1.5 * expected, "\(what)")
        #expect(found > expected / 30, "\(what)")
      }
    }
  }
}
