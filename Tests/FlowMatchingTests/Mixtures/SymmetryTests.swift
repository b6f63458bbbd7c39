import RealModule
import Testing

@testable import FlowMatching

/// Fields of symmetric targets are odd about the centre, and those of targets times a power of two are the same times
/// that power.
struct SymmetryTests {
  struct Named: Sendable, CustomStringConvertible {
    let description: String
    let target: any Target
  }

  /// Centred at zero: what is folded, and so odd to the bit.
  static func folded() throws -> [Named] {
    [
      .init(description: "laplace", target: try LineTarget(LaplaceDensity(scale: 0.75))),
      .init(description: "student", target: try LineTarget(StudentTDensity(degrees: 3))),
      .init(description: "cauchy", target: try LineTarget(StudentTDensity(degrees: 1))),
      .init(description: "logistic", target: try LineTarget(LogisticDensity())),
      .init(
        description: "triangle",
        target: try LineTarget(TriangularDensity(lower: -1, mode: 0, upper: 1))),
      .init(
        description: "arcsine",
        target: try LineTarget(BetaDensity(a: 0.5, b: 0.5, lower: -1, upper: 1))),
      .init(
        description: "beta",
        target: try LineTarget(BetaDensity(a: 3.3, b: 3.3, lower: -2, upper: 2))),
      .init(description: "uniform", target: try LineTarget(UniformDensity(lower: -1, upper: 1))),
      .init(
        description: "box", target: try UniformBoxes(dimension: 1, lower: [-1], upper: [1])),
      .init(description: "ring", target: try Ring(radius: 2, std: 0.25)),
      .init(description: "thin ring", target: try Ring(radius: 1, std: 0)),
      .init(
        description: "product",
        target: try ProductTarget([
          LineTarget(LaplaceDensity()), LineTarget(StudentTDensity(degrees: 5)),
          UniformBoxes(dimension: 1, lower: [-0.5], upper: [0.5]),
        ])),
    ]
  }

  static let schedules = [
    (1.0, 0x1p-20), (0.999, 0x1p-10), (0.75, 0.25), (0.5, 0.5), (0x1p-10, 1), (0x1p-30, 1), (1, 50),
  ]

  static func posterior(
    _ target: any Target, _ x: [Double], _ s: Schedule<Double>, _ wanted: Moments = .means
  ) throws -> Posterior<Double> {
    try target.posterior(of: x.map { Lanes($0) }, at: s.mapped { Lanes($0) }, wanted)
      .map { $0[0] }
  }

  /// At the centre 0, not 1e-22; elsewhere odd to the bit; near it straight, to all digits.
  @Test(arguments: try folded(), schedules)
  func meansAreOddAboutTheCentre(_ named: Named, _ numbers: (Double, Double)) throws {
    let s = LineTargetTests.schedule(numbers.0, numbers.1)
    let target = named.target
    let d = target.dimension
    let zero = try Self.posterior(
      target, [Double](repeating: 0, count: d), s, [.means, .jacobians])
    #expect(zero.denoiser.allSatisfy { $0 == 0 } && zero.negativeScore.allSatisfy { $0 == 0 })
    for size in [1e-200, 1e-30, 1e-12, 1e-3, 0.3, 2] {
      let x = (0..<d).map { size * s.sigma * (1 - 0.375 * Double($0)) }
      let right = try Self.posterior(target, x, s)
      let left = try Self.posterior(target, x.map { -$0 }, s)
      // Densities are mirrored; boxes are seen from either edge and may round differently.
      let slack = ["box", "product"].contains(named.description) ? 4 * 0x1p-53 : 0
      for (a, b) in zip(
        left.denoiser + left.negativeScore, right.denoiser + right.negativeScore)
      {
        #expect(abs(a + b) <= slack * abs(b), "\(size)")
      }
      guard size < 1e-20, zero.denoiserJacobian.count == d * d else { continue }
      for i in 0..<d {
        // The slope at the centre; rings turn, so their axes share it.
        let slope = zero.denoiserJacobian[i * (d + 1)]
        let rate = zero.negativeScoreJacobian[i * (d + 1)]
        #expect(abs(right.denoiser[i] - slope * x[i]) <= 64 * 0x1p-53 * abs(slope * x[i]))
        let scale = abs(rate) + 0x1p-6 / s.variance
        #expect(abs(right.negativeScore[i] - rate * x[i]) <= 64 * 0x1p-53 * scale * abs(x[i]))
      }
    }
  }

  /// Lengths times 2^k: means times 2^k, scores times 2^-k, to the bit; where the squares of lengths are next to the
  /// smallest numbers, their quotients round elsewhere, and it is to 128 units of the last place.
  @Test(arguments: [-480, -40, 40, 480])
  func lengthsMayBeMultipliedByPowersOfTwo(_ k: Int) throws {
    let unit = Double(sign: .plus, exponent: k, significand: 1)
    func targets(_ u: Double) throws -> [any Target] {
      [
        try LineTarget(LaplaceDensity(location: 0.5 * u, scale: u)),
        try LineTarget(StudentTDensity(degrees: 2.5, location: -u, scale: 0.3 * u)),
        try LineTarget(LogisticDensity(location: 0.7 * u, scale: 0.4 * u)),
        try LineTarget(TriangularDensity(lower: -u, mode: 0.25 * u, upper: 2 * u)),
        try LineTarget(BetaDensity(a: 0.5, b: 2.5, lower: -u, upper: u)),
        try LineTarget(BetaDensity(a: 1.3, b: 4.7, lower: 0, upper: 3 * u)),
        try LineTarget(BetaDensity(a: 0.04, b: 0.3, lower: 0, upper: u)),
        try UniformBoxes(dimension: 1, lower: [-u, u], upper: [0.5 * u, 4 * u]),
        try Ring(radius: 2 * u, std: 0.25 * u, center: [u, -0.5 * u]),
        try CurveTarget(.twoSpirals(scale: u), std: 0.25 * u),
        try CurveTarget(.twoMoons(scale: u), std: 0.25 * u),
        try CurveTarget(.circles(scale: u), std: 0.25 * u),
      ]
    }
    for (i, (small, large)) in zip(try targets(1), try targets(unit)).enumerated() {
      for (alpha, sigma) in [(1.0, 0x1p-6), (0.75, 0.25), (0.5, 0.5), (0x1p-10, 1), (1, 8)] {
        for place in [-0.75, 0.1, 0.625, 3] {
          let x = [place * (alpha + sigma), 0.4].prefix(small.dimension).map { $0 }
          let (s, t) = (
            LineTargetTests.schedule(alpha, sigma), LineTargetTests.schedule(alpha, sigma * unit)
          )
          let a = try Self.posterior(small, x, s, [.means, .jacobians])
          let b = try Self.posterior(large, x.map { $0 * unit }, t, [.means, .jacobians])
          let what = "target \(i) at \(place), sigma = \(sigma)"
          for (found, wanted) in [
            (b.denoiser, a.denoiser.map { $0 * unit }),
            (b.negativeScore, a.negativeScore.map { $0 / unit }),
            (b.covariance.map { $0 / unit / unit }, a.covariance),
          ] {
            let isSame =
              k < -400
              ? zip(found, wanted).allSatisfy { abs($0 - $1) <= 0x1p-45 * abs($1) }
              : bits(found) == bits(wanted)
            #expect(isSame && found.count == wanted.count, "\(what): \(found), \(wanted)")
          }
          let log = a.logDensity - Double(small.dimension * k) * Double.log(2)
          #expect(abs(b.logDensity - log) <= 0x1p-50 * (abs(log) + abs(a.logDensity)), "\(what)")
        }
      }
    }
  }
}
