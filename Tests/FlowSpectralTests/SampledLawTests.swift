import FlowMatching
import RealModule
import Testing

@testable import FlowSpectral

/// Laws by the values of their densities.
struct SampledLawTests {
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

  /// On a grid four times as fine, without noise, the samples' own band is all there is: between them the
  /// density is their interpolant, not a comb.
  @Test func coarseSamplesAreInterpolatedOnAFineGrid() throws {
    let own = try PeriodicGrid(dimension: 1, covering: -8, 8, step: 0.125)
    func density(_ x: Double) -> Double {
      Double.exp(-2 * x * x) * (2 / Double.pi).squareRoot()
    }
    let law = try SampledLaw(on: own) { density($0[0]) }
    let path = try SpectralPath(path: CosinePath(), data: law)
    let fine = try PeriodicGrid(dimension: 1, covering: -8, 8, step: 0.03125)
    let found = try path.marginal(at: .end, on: fine)
    for (x, p) in zip(fine.points, found.density) {
      #expect(abs(p - density(x)) < 1e-13, "x = \(x)")
    }
  }

  /// A target that this module has no closed form for.
  struct Unknown: PartialTarget, LocatedTarget {
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
      dimension: 2, means: [-1, 0.5, 1.5, -1], stds: [0.38, 0.7])
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
}
