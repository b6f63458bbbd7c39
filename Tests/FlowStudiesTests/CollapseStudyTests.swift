import FlowMatching
import RealModule
import Testing

@testable import FlowStudies

struct CollapseStudyTests {
  /// Two points at a distance of 2 a on the line: the larger weight is `1/(1 + exp(-|z|))` with
  /// `z ~ 2 s a (s a + eps)`, a one-dimensional integral.
  @Test func twoPointsFollowTheirIntegral() throws {
    let a = 1.5
    let study = try CollapseStudy(dimension: 1, points: [-a, a], samples: 16_384, seed: 3)
    let path = try OptimalTransportPath()
    let time = try Time(0.4)
    let s = 0.4 / 0.6
    var expected = 0.0
    let step = 1e-3
    for k in -8000...8000 {
      let eps = Double(k) * step
      let z = 2 * s * a * (s * a + eps)
      let density = Double.exp(-eps * eps / 2) / (2 * .pi).squareRoot()
      expected += step * density / (1 + Double.exp(-abs(z)))
    }
    let weights = try study.largestWeights(at: time, on: path)
    let found = weights.reduce(0, +) / Double(weights.count)
    // Five standard errors of 16,384 weights between 1/2 and 1.
    #expect(abs(found - expected) < 5 * 0.25 / 128)
  }

  /// The weights depend on the path through alpha/sigma alone.
  @Test func everyPathCollapsesAtTheSameSignalToNoise() throws {
    let points = RandomStream(seed: 1).normals(60 * 8, at: 0)
    let study = try CollapseStudy(dimension: 8, points: points, samples: 64)
    let paths: [any ProbabilityPath] = [
      try OptimalTransportPath(), CosinePath(), try VariancePreservingPath(),
      try OptimalTransportPath(sigmaMin: 0.05),
    ]
    let found = try paths.map { try study.logSNR(ofOwnedShare: 0.5, on: $0)?.value ?? .nan }
    for value in found { #expect(abs(value - found[0]) < 2e-4) }
    let blurred = try OptimalTransportPath(sigmaMin: 0.9)
    #expect(try study.logSNR(ofOwnedShare: 0.9, on: blurred) == nil)
  }

  /// For `C = lambda 1` the information is `(d/2) log(1 + s^2 lambda)`, so that both theories agree.
  @Test func theoriesAgreeForEqualVariances() throws {
    let d = 5
    let study = try CollapseStudy(
      dimension: d, points: RandomStream(seed: 2).normals(100 * d, at: 0), samples: 1)
    var covariance = [Double](repeating: 0, count: d * d)
    for i in 0..<d { covariance[i * d + i] = 0.7 }
    let twin = try GaussianMixture(
      dimension: d, means: [Double](repeating: 1, count: d), covariances: [covariance])
    let exact = Double.log((Double.exp(2 * Double.log(100) / 5) - 1) / 0.7) / 2
    #expect(abs(try study.gaussianTheory(twin) - exact) < 1e-8)
    #expect(abs(try study.isotropicTheory(twin) - exact) < 1e-12)
  }

  /// Many points of a Gaussian in many dimensions collapse where the random energy model says, a little
  /// early: the sum over finitely many other points is typically below its mean. Measured in nats of
  /// information, 1.2 +- 0.3 of `log n = 7.3`.
  @Test func gaussianPointsCollapseWhereTheoryPutsIt() throws {
    let d = 48
    let study = try CollapseStudy(
      dimension: d, points: RandomStream(seed: 4).normals(1500 * d, at: 0), samples: 128)
    let found = try study.logSNR(ofOwnedShare: 0.5, on: OptimalTransportPath())
    let half = try #require(found?.value)
    let information = Double(d) / 2 * Double.log(onePlus: Double.exp(2 * half))
    #expect(abs(information - (Double.log(1500) - 1)) < 1.2)
  }
}
