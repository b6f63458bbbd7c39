import RealModule
import Testing

@testable import FlowMatching

struct CurveMixtureTests {
  /// A standard normal as the source makes the field of the curve itself, by another quadrature.
  @Test(arguments: [0.05, 0.1, 0.4]) func fromTheStandardNormalItIsTheCurve(std: Double) throws {
    let curve = try Preset.twoMoons(std: std)
    let normal = try GaussianMixture(dimension: 2, means: [0, 0], stds: [1])
    let sourced = MarginalField(
      path: try OptimalTransportPath(),
      target: try SourcedMixture(
        data: try curve.mixture(noise: 1, reach: 6), source: normal))
    let exact = MarginalField(path: try OptimalTransportPath(), target: curve)
    for t in [0.1, 0.5, 0.9, 0.999] {
      let time = try Time(t)
      for z in [[0.1, 0.2], [1.5, -0.5], [-2, 3]] {
        let point = curve.samples(1, from: RandomStream(seed: 4, stream: 1))
        let x = zip(point, z).map { t * $0 + (1 - t) * $1 }
        for quantity in [MarginalQuantity.velocity, .logDensity] {
          let a = try sourced.value(of: quantity, at: time, of: x)
          let b = try exact.value(of: quantity, at: time, of: x)
          let scale = b.reduce(1) { max($0, abs($1)) } / min(1, std)
          #expect(
            zip(a, b).allSatisfy { abs($0 - $1) < 1e-11 * scale }, "\(quantity) at \(t), \(x)")
        }
      }
    }
  }

  @Test func withoutNoiseThereIsNone() throws {
    let line = try CurveTarget(.twoMoons(), std: 0)
    #expect(throws: FlowError.self) { try line.mixture(noise: 1, reach: 4) }
    #expect(throws: FlowError.self) { try Preset.twoMoons().mixture(noise: 0, reach: 4) }
    #expect(throws: FlowError.self) {
      try Preset.twoMoons(std: 1e-9).mixture(noise: 1, reach: 4)
    }
  }
}
