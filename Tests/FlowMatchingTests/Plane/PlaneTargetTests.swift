import RealModule
import Testing

@testable import FlowMatching

struct PlaneTargetTests {
  static let settings = [(1.0, 0.1), (0.6, 0.5), (0.01, 1.0), (0, 1)]

  static func compare(
    _ plane: PlaneTarget, _ other: any Target, at x: [Double], _ s: Schedule<Double>
  ) throws {
    let wanted: Moments = [.means, .traces, .rates, .jacobians]
    let found = try plane.estimate(of: x, at: s, wanted)
    let lanes = try other.posterior(
      of: x.map { Lanes($0) }, at: s.mapped { Lanes($0) }, wanted)
    func numbers(_ p: Posterior<Double>) -> [Double] {
      [p.logDensity, p.denoiserTrace, p.negativeScoreTrace, p.alphaRate, p.varianceRate]
        + p.denoiser + p.negativeScore + p.covariance + p.denoiserJacobian
        + p.negativeScoreJacobian
    }
    let exact = numbers(lanes.map { $0[0] })
    let (values, errors) = (numbers(found.posterior), numbers(found.error))
    for i in exact.indices {
      #expect(
        abs(values[i] - exact[i]) <= errors[i] + 0x1p-48 * abs(exact[i]),
        "number \(i) at \(x), alpha = \(s.alpha): \(values[i]) against \(exact[i])")
      #expect(errors[i] <= 1e-9 * (abs(exact[i]) + 1 / s.variance), "number \(i)")
    }
  }

  @Test(arguments: 0..<4)
  func aGaussianFormulaIsTheGaussian(_ k: Int) throws {
    // Precision [[2, -1], [-1, 1]], covariance [[1, 1], [1, 2]].
    let plane = try PlaneTarget(.init(center: 1), .init(center: -1, scale: 1.5)) { a, b in
      let (p, q) = (a - 1, b + 1)
      return -(2 * p * p - 2 * p * q + q * q) / 2
    }
    let gaussian = try GaussianMixture(
      dimension: 2, means: [1, -1], covariances: [[1, 1, 1, 2]])
    let s = LineTargetTests.schedule(Self.settings[k].0, Self.settings[k].1)
    try Self.compare(plane, gaussian, at: [0.7, -0.4], s)
    try Self.compare(plane, gaussian, at: [1.5, 0.3], s)
    let moments = try #require(plane.rawMoments)
    #expect(relativeError(moments.mean + moments.square, [1, -1, 2, 3]) < 1e-10)
  }

  @Test(arguments: 0..<4)
  func aFormulaOnARectangleIsTheProduct(_ k: Int) throws {
    let plane = try PlaneTarget(
      .init(lower: -1, upper: 1, scale: 0.5), .init(lower: 0, upper: 3, center: 1, scale: 1)
    ) { _, b in -b }
    let product = try ProductTarget([
      LineTarget(UniformDensity(lower: -1, upper: 1)),
      LineTarget(CustomDensity(lower: 0, upper: 3, center: 1) { -$0 }),
    ])
    let s = LineTargetTests.schedule(Self.settings[k].0, Self.settings[k].1)
    try Self.compare(plane, product, at: [0.9 * s.alpha, 0.2], s)
  }

  @Test func theContinuityEquationHolds() throws {
    let banana = try PlaneTarget { a, b in -a * a / 2 - 2 * (b - a * a) * (b - a * a) }
    let field = MarginalField(path: CosinePath(), target: banana)
    for method in ResidualMethod.allCases {
      let found = try field.continuityResiduals(
        at: [Time(0.5)], of: [0.4, -0.3], method: method)
      #expect(abs(found[0].residual) <= 1e-10 * found[0].scale, "\(method)")
    }
    // E[b] = E[a^2] = 1 and E[a] = 0.
    let moments = try #require(banana.rawMoments)
    #expect(abs(moments.mean[0]) < 1e-10 && abs(moments.mean[1] - 1) < 1e-9)
    // Where the kernel is far wider than the bulk the means are those of the density.
    for t in [1e-12, 1e-30] {
      let mean = try field.value(of: .denoiser, at: Time(t), of: [0.4, -0.3])
      #expect(abs(mean[0]) < 1e-10 && abs(mean[1] - 1) < 1e-9, "\(t): \(mean)")
    }
    let end = try Time(1)
    #expect(failure { try field.value(of: .score, at: end, of: [0, 0]) }?.code == .unsupported)
  }

  /// Its means over the second axis are known to a part of their spread only, also where they are zero.
  @Test func aBentDensityOnARectangleConverges() throws {
    let banana = try PlaneTarget(
      .init(lower: -3, upper: 3), .init(lower: -2, upper: 6, center: 0.5)
    ) { a, b in
      let bend = b - a * a / 2
      return -a * a / 2 - 2 * bend * bend
    }
    let moments = try #require(banana.rawMoments)
    // But for the corners that are cut off.
    #expect(abs(moments.mean[0]) < 1e-10)
    #expect(abs(moments.mean[1] - moments.square[0] / 2) < 1e-3)
    #expect(banana.extent?.lower == -3 && banana.extent?.upper == 6)
  }

  @Test func samplesFollowTheFormula() throws {
    let plane = try PlaneTarget(
      .init(lower: 0, upper: 1, center: 0.5, scale: 0.25),
      .init(lower: 0, upper: 1, center: 0.5, scale: 0.25)
    ) { a, b in Double.log(a + b) }
    // Marginals (y + 1/2): distribution functions (y^2 + y)/2.
    let points = plane.samples(120, from: RandomStream(seed: 2))
    for axis in 0..<2 {
      let values = stride(from: axis, to: points.count, by: 2).map { points[$0] }
      #expect(QuadratureSamplingTests.distance(values) { ($0 * $0 + $0) / 2 } < 2.5)
    }
  }

  @Test func badPlanesAreRefused() {
    #expect(
      failure { try PlaneTarget(.init(lower: 1, upper: 0)) { _, _ in 0 } }?.code == .outOfDomain)
    #expect(failure { try PlaneTarget(.init(scale: 0)) { _, _ in 0 } }?.code == .outOfDomain)
  }
}
