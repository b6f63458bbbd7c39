import RealModule
import Testing

@testable import FlowMatching

struct LineTargetTests {
  static let everything: Moments = [.means, .traces, .rates, .jacobians]

  static func schedule(_ alpha: Double, _ sigma: Double) -> Schedule<Double> {
    Schedule(
      alpha: alpha, sigma: sigma, variance: sigma * sigma, alphaDot: 1, sigmaDot: -1,
      varianceDot: -2 * sigma)
  }

  /// A density with a kink, one with algebraic ends, one with heavy tails, one given as a formula.
  static func targets() throws -> [any QuadratureTarget] {
    [
      try LineTarget(LaplaceDensity(location: 0.5, scale: 0.5)),
      try LineTarget(TriangularDensity(lower: -1, mode: 0.5, upper: 2)),
      try LineTarget(BetaDensity(a: 0.5, b: 2.5, lower: -1, upper: 1)),
      try LineTarget(BetaDensity(a: 1.3, b: 4.7, lower: -1, upper: 1)),
      try LineTarget(StudentTDensity(degrees: 3)),
      try LineTarget(UniformDensity(lower: -1, upper: 1)),
      try LineTarget(
        CustomDensity(scale: 1) { y in -y - (1.0 + Jet.exp(-y)).logarithm.scaled(by: 2) }),
    ]
  }

  /// `integral of q(y) N(x; alpha y, v) dy` by GSL, cut at the kernel and at the marks.
  static func density(
    _ q: (Double) -> Double, _ cuts: [Double], x: Double, _ s: Schedule<Double>
  ) -> Double {
    let places = (cuts + [-8, -4, -1, 0, 1, 4, 8].map { (x + s.sigma * $0) / s.alpha })
      .filter { cuts.min()! <= $0 && $0 <= cuts.max()! }.sorted()
    return withoutActuallyEscaping(q) { q in
      zip(places, places.dropFirst()).reduce(0.0) { sum, ends in
        sum
          + GSLQuadrature.integrate(from: ends.0, to: ends.1) { y in
            let z = (x - s.alpha * y) / s.sigma
            return q(y) * Double.exp(-z * z / 2) / (s.sigma * Double.sqrt(2 * .pi))
          }.value
      }
    }
  }

  @Test(arguments: [(1.0, 0.01), (0.7, 0.3), (0.1, 1.0), (1.0, 2.0)])
  func logDensitiesAreThoseOfGSL(_ alpha: Double, _ sigma: Double) throws {
    let s = Self.schedule(alpha, sigma)
    let laplace = try LineTarget(LaplaceDensity(location: 0.5, scale: 0.5))
    let triangle = try LineTarget(TriangularDensity(lower: -1, mode: 0.5, upper: 2))
    for x in [-0.9, 0.1, 0.35, 0.5, 1.2] {
      let x = alpha * x
      let a = Self.density(
        { Double.exp(-abs($0 - 0.5) / 0.5) }, [-40, 0.5, 40], x: x, s)
      let b = Self.density(
        { $0 < 0.5 ? ($0 + 1) * 2 / 4.5 : (2 - $0) * 2 / 4.5 }, [-1, 0.5, 2], x: x, s)
      for (target, value) in [(laplace as any QuadratureTarget, a), (triangle, b)] {
        let found = try target.estimate(of: [x], at: s, []).posterior.logDensity
        #expect(abs(found - Double.log(value)) < 1e-12 * (1 + abs(found)))
      }
    }
  }

  static func wide(_ x: Dual<Double>) -> Dual<Lanes> {
    Dual(Lanes(x.value), Lanes(x.derivative))
  }

  /// Derivatives in x, alpha and v by dual numbers against the moments themselves, to their estimated
  /// errors and 8 u: no digits are lost next to the data, next to kinks or next to ends where q is zero or
  /// infinite (next to one where it jumps, which the quadrature's places follow, u/sigma counts as
  /// well). A formula that does not tell the change of its slope loses them like 1/sigma in v.
  @Test(
    arguments: 0..<7,
    [
      (1.0, 0x1p-30), (1.0, 0x1p-20), (1.0, 0.01), (0.95, 0.05), (0.7, 0.3), (0.01, 1.0),
      (0x1p-30, 1.0),
    ])
  func dualsAgreeWithTheClosedForms(_ k: Int, _ numbers: (Double, Double)) throws {
    let target = try Self.targets()[k]
    let s = Self.schedule(numbers.0, numbers.1)
    let still = s.mapped { Dual<Double>(constant: $0) }
    func dual(_ x: Dual<Double>, _ s: Schedule<Dual<Double>>) throws -> Posterior<Dual<Lanes>> {
      try target.posterior(of: [Self.wide(x)], at: s.mapped(Self.wide), .means)
    }
    var alongAlpha = still
    alongAlpha.alpha.derivative = 1
    var alongVariance = still
    alongVariance.variance.derivative = 1
    alongVariance.sigma.derivative = 1 / (2 * s.sigma)
    for (place, noise) in [(-0.75, 0.5), (0.1, 0.5), (0.6, 0.5), (0.5, 1), (0.5, -4), (-0.99, 2)] {
      let x = s.alpha * place + s.sigma * noise
      let found = try target.estimate(of: [x], at: s, Self.everything)
      let (p, error) = (found.posterior, found.error)
      func close(
        _ a: Double, _ moment: (Posterior<Double>) -> Double, _ what: String, _ unit: Double,
        lost: Double = 0
      ) {
        let promise =
          moment(error) + 8 * 0x1p-53 * abs(moment(p)) + 0x1p-50 * lost
          + (k == 5 ? 0x1p-53 : 0x1p-80) * unit
        #expect(
          abs(a - moment(p)) <= 2 * promise,
          "\(what) of target \(k) at \(numbers), x = \(x): \(a) against \(moment(p)) +- \(promise)")
      }
      let moved = try dual(Dual(x, 1), still)
      close(-moved.logDensity.derivative[0], { $0.negativeScore[0] }, "score", 1 / s.sigma)
      close(
        moved.negativeScore[0].derivative[0], { $0.negativeScoreTrace }, "dg/dx", 1 / s.variance)
      close(moved.denoiser[0].derivative[0], { $0.denoiserTrace }, "dD/dx", 1 / s.alpha)
      let inAlpha = try dual(Dual(constant: x), alongAlpha).logDensity.derivative[0]
      close(inAlpha, { $0.alphaRate }, "d/dalpha", 1 / s.sigma)
      let inVariance = try dual(Dual(constant: x), alongVariance).logDensity.derivative[0]
      close(inVariance, { $0.varianceRate }, "d/dv", 1 / s.variance, lost: k == 6 ? 1 / s.sigma : 0)
    }
  }

  /// Derivatives of second moments, which need the third derivative of log q, against two Gaussians in
  /// closed form.
  @Test(arguments: [(1.0, 0.01), (0.9, 0.1), (0.5, 0.5), (0.1, 1.0)])
  func dualsOfSecondMomentsAreThoseOfTheMixture(_ alpha: Double, _ sigma: Double) throws {
    let formula = try LineTarget(
      CustomDensity(lower: -40, upper: 40) { y in
        let cosh = Jet.exp(y.scaled(by: 1.5)) + Jet.exp(y.scaled(by: -1.5))
        return (y * y).scaled(by: -0.5) + cosh.logarithm
      })
    let mixture = try GaussianMixture(dimension: 1, means: [-1.5, 1.5], stds: [1])
    let s = Self.schedule(alpha, sigma).mapped { Self.wide(Dual(constant: $0)) }
    for place in [-1.0, 0.2, 2.5] {
      let x = [Self.wide(Dual(alpha * place, 1))]
      let wanted: Moments = [.means, .traces, .rates]
      let a = try formula.posterior(of: x, at: s, wanted)
      let b = mixture.posterior(of: x, at: s, wanted)
      for (one, other) in [
        (a.denoiserTrace, b.denoiserTrace), (a.negativeScoreTrace, b.negativeScoreTrace),
        (a.alphaRate, b.alphaRate), (a.varianceRate, b.varianceRate),
      ] {
        let (found, exact) = (one.derivative[0], other.derivative[0])
        #expect(abs(found - exact) < 1e-11 * (abs(exact) + 1 / sigma), "x = \(alpha * place)")
      }
    }
  }

  /// At alpha = 0 and sigma = 0 the limits of what is just beside them.
  @Test func theEndsAreLimits() throws {
    for (k, target) in try Self.targets().enumerated() where k != 4 {
      for (end, beside) in [((0.0, 1.0), (0x1p-40, 1.0)), ((1.0, 0.0), (1.0, 0x1p-30))] {
        let (a, b) = (Self.schedule(end.0, end.1), Self.schedule(beside.0, beside.1))
        let left = try target.estimate(of: [0.25], at: a, Self.everything).posterior
        let right = try target.estimate(of: [0.25], at: b, Self.everything).posterior
        let pairs = [
          (left.logDensity, right.logDensity), (left.denoiser[0], right.denoiser[0]),
          (left.negativeScore[0], right.negativeScore[0]),
          (left.negativeScoreTrace, right.negativeScoreTrace),
          (left.alphaRate, right.alphaRate), (left.varianceRate, right.varianceRate),
        ]
        for (i, (one, other)) in pairs.enumerated() {
          #expect(abs(one - other) < 1e-7 * (1 + abs(one)), "target \(k), \(end), moment \(i)")
        }
      }
    }
  }

  /// The kernel's peak on an end where q is infinite, or beside it by a rounding: the same to first order.
  @Test(arguments: [0.8, 0.9, 0.97])
  func theKernelMayStandOnASingularEnd(_ alpha: Double) throws {
    let arcsine = try LineTarget(BetaDensity(a: 0.5, b: 0.5, lower: -1, upper: 1))
    let s = Self.schedule(alpha, 1 - alpha)
    let on = try arcsine.estimate(of: [-alpha], at: s, .means).posterior
    for x in [(-alpha).nextUp, (-alpha).nextDown, -alpha + 0x1p-40 * s.sigma] {
      let beside = try arcsine.estimate(of: [x], at: s, .means).posterior
      #expect(abs(beside.logDensity - on.logDensity) < 1e-11)
      #expect(abs(beside.negativeScore[0] * s.sigma - on.negativeScore[0] * s.sigma) < 1e-10)
    }
  }

  @Test func momentsThatDoNotExistAreSingular() throws {
    let cauchy = try LineTarget(StudentTDensity(degrees: 1))
    let start = Self.schedule(0, 1)
    #expect(try cauchy.estimate(of: [1], at: start, []).posterior.logDensity < 0)
    #expect(failure { try cauchy.estimate(of: [1], at: start, .means) }?.code == .singular)
    let heavy = try LineTarget(StudentTDensity(degrees: 1.5))
    #expect(try heavy.estimate(of: [1], at: start, .means).posterior.denoiser == [0])
    #expect(failure { try heavy.estimate(of: [1], at: start, .traces) }?.code == .singular)
    let end = Self.schedule(1, 0)
    let triangle = try LineTarget(TriangularDensity(lower: 0, mode: 1, upper: 2))
    for x in [0.0, 1, 2, -1, 3] {
      #expect(failure { try triangle.estimate(of: [x], at: end, .means) }?.code == .singular)
    }
  }

  @Test func theLimitIsNoConvergenceWithTheBestValueSoFar() throws {
    let limits = try QuadratureLimits(evaluations: 30)
    let target = try LineTarget(LaplaceDensity(), limits: limits)
    let error = failure { try target.estimate(of: [0.3], at: Self.schedule(1, 1), .means) }
    #expect(error?.code == .noConvergence)
    #expect(error?.message.contains("the log density is -") ?? false)
  }

  /// A jump that is not declared costs accuracy of the score next to the data, never its truth.
  @Test func anUndeclaredJumpIsSeenByTheKernel() throws {
    let step = try LineTarget(
      CustomDensity(lower: -1, upper: 1, scale: 0.5) { y in
        Jet.choose(y, below: Jet(0.125), then: Jet(0.0), otherwise: Jet(1.0))
      })
    let s = Self.schedule(1, 0.01)
    let found = try step.estimate(of: [0.125], at: s, .means).posterior
    // A step of the levels 1 and e at the peak of the kernel: g = -(e - 1) phi(0)/(sigma (1 + e)/2).
    let e = Double.exp(1.0)
    let exact = -(e - 1) / ((1 + e) / 2) / (Double.sqrt(2 * .pi) * 0.01)
    #expect(abs(found.negativeScore[0] / exact - 1) < 1e-9)
  }

  @Test func badDensitiesAreRefused() {
    let nan = Double.nan
    let codes: [FlowError.Code?] = [
      failure { try LaplaceDensity(scale: 0) }?.code,
      failure { try LaplaceDensity(location: nan) }?.code,
      failure { try StudentTDensity(degrees: -1) }?.code,
      failure { try TriangularDensity(lower: 0, mode: 2, upper: 1) }?.code,
      failure { try TriangularDensity(lower: 1, mode: 1, upper: 1) }?.code,
      failure { try BetaDensity(a: 0, b: 1) }?.code,
      failure { try UniformDensity(lower: 1, upper: 1) }?.code,
      failure { try CustomDensity(lower: 0, center: -1) { $0 } }?.code,
      failure { try CustomDensity { $0 * $0 } }?.code,
    ]
    #expect(
      codes == [
        .outOfDomain, .nonFinite, .outOfDomain, .outOfDomain, .outOfDomain, .outOfDomain,
        .outOfDomain, .outOfDomain, .noConvergence,
      ])
  }

  /// Data without noise at a kink: the density and the posterior mean exist, and the velocity where the score has no
  /// part in it; score, divergence and covariance do not. At an end, and where the density jumps, nothing does.
  @Test func aKinkWithoutNoiseHasADensityAndNoSlope() throws {
    let path = try OptimalTransportPath(sigmaMin: 0)
    let laplace = MarginalField(
      path: path, target: try LineTarget(LaplaceDensity(location: 0.5, scale: 2)))
    func value(_ quantity: MarginalQuantity, _ field: MarginalField, _ x: Double) -> [Double]? {
      try? field.value(of: quantity, at: .end, of: [x])
    }
    #expect(value(.logDensity, laplace, 0.5) == [-Double.log(4)])
    #expect(value(.denoiser, laplace, 0.5) == [0.5])
    // E[x1 - x0 | x1 = x], and x0 knows nothing of x1.
    #expect(value(.velocity, laplace, 0.5) == [0.5])
    for quantity in [
      MarginalQuantity.score, .noisePrediction, .divergence, .jacobian, .logDensityRate,
      .vPrediction,
    ] { #expect(value(quantity, laplace, 0.5) == nil, "\(quantity)") }
    let product = MarginalField(
      path: path,
      target: try ProductTarget([
        LineTarget(LaplaceDensity(location: 0.5, scale: 2)),
        GaussianMixture(dimension: 1, means: [0], stds: [1]),
      ]))
    let log = try product.value(of: .logDensity, at: .end, of: [0.5, 0])
    #expect(abs(log[0] + Double.log(4) + 0.5 * Double.log(2 * .pi)) <= 1e-15)
    let tent = try MarginalField(
      path: path, target: LineTarget(TriangularDensity(lower: -1, mode: 0.5, upper: 2)))
    #expect(abs(value(.logDensity, tent, 0.5)![0] - Double.log(2.0 / 3)) <= 0x1p-52)
    #expect(value(.logDensity, tent, 2) == nil && value(.denoiser, tent, -1) == nil)
    let uniform = try MarginalField(
      path: path, target: LineTarget(UniformDensity(lower: -1, upper: 1)))
    #expect(value(.logDensity, uniform, 1) == nil && value(.logDensity, uniform, 0.5) != nil)
    // Here v' is not zero at the data, and the score is part of the velocity.
    let preserving = MarginalField(
      path: try VariancePreservingPath(),
      target: try LineTarget(LaplaceDensity(location: 0.5, scale: 2)))
    #expect(value(.velocity, preserving, 0.5) == nil)
    #expect(value(.logDensity, preserving, 0.5) == [-Double.log(4)])
  }
}

extension Jet {
  /// `log`, as a method: closures read better.
  fileprivate var logarithm: Jet { Jet.log(self) }
}
