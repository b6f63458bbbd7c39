import RealModule
import Testing

@testable import FlowMatching

struct CurveTargetTests {
  static func curves() throws -> [PlaneCurve] {
    [
      try .twoMoons(), try .circles(), try .twoSpirals(), try .swissRoll(), try .ring(radius: 2),
      try .twoMoons(scale: 3),
    ]
  }

  @Test(arguments: 0..<6)
  func measuresHaveMassOneAndSpeedsAreThoseOfThePoints(_ k: Int) throws {
    for piece in try Self.curves()[k].pieces {
      let mass = GSLQuadrature.integrate(from: 0, to: 1, piece.measure).value
      #expect(abs(mass - 1) < 1e-12)
      for w in [0.1, 0.5, 0.8] {
        let (a, b) = (piece.point(w - 1e-6), piece.point(w + 1e-6))
        let speed = Double.hypot(b.0 - a.0, b.1 - a.1) / 2e-6
        #expect(abs(speed / piece.speed(w) - 1) < 1e-8)
        // The measure of [0, parameter(u)] is u.
        let below = GSLQuadrature.integrate(from: 0, to: piece.parameter(w), piece.measure).value
        #expect(abs(below - w) < 1e-12)
      }
    }
    #expect(abs(try Self.curves()[k].pieces.reduce(0) { $0 + $1.share } - 1) < 1e-15)
  }

  /// On the curves, between their arms, and so far outside that they bend around the point: twice the
  /// nodes give the same, and so does GSL.
  @Test(
    arguments: 0..<6, [(1.0, 0x1p-20, 0.1), (0.9, 0.1, 0.02), (0.5, 0.5, 0.1), (1.0, 3.0, 0.0)])
  func theNodesSuffice(_ k: Int, _ numbers: (Double, Double, Double)) throws {
    let target = try CurveTarget(Self.curves()[k], std: numbers.2)
    let s = LineTargetTests.schedule(numbers.0, numbers.1)
    for x in [[0.9, 0.1], [0.3, 0.2], [-1.5, 1], [6, -5], [40, 30]] {
      let found = try target.estimate(of: x, at: s, [.means, .traces])
      let (p, error) = (found.posterior, found.error)
      #expect(error.logDensity < 1e-13 * (1 + abs(p.logDensity)), "\(x)")
      let scale = max(abs(p.negativeScore[0]), abs(p.negativeScore[1]))
      #expect(error.negativeScore[0] < 3e-13 * (scale + 1 / s.sigma), "\(x)")
      let variance = s.variance + numbers.0 * numbers.0 * numbers.2 * numbers.2
      // Relative to the density at the nearest of many points, so that nothing underflows.
      let nearest = target.curve.pieces.flatMap { piece in
        (0...4000).map { i -> Double in
          let c = piece.point(Double(i) / 4000)
          return (x[0] - s.alpha * c.0) * (x[0] - s.alpha * c.0)
            + (x[1] - s.alpha * c.1) * (x[1] - s.alpha * c.1)
        }
      }.min()!
      let sum = target.curve.pieces.reduce(0.0) { sum, piece in
        (0..<32).reduce(sum) { sum, part in
          sum
            + GSLQuadrature.integrate(
              from: Double(part) / 32, to: Double(part + 1) / 32, absolute: 1e-14
            ) { w in
              let c = piece.point(w)
              let (a, b) = (x[0] - s.alpha * c.0, x[1] - s.alpha * c.1)
              return piece.share * piece.measure(w)
                * Double.exp((nearest - a * a - b * b) / (2 * variance))
            }.value
        }
      }
      let exact = Double.log(sum) - nearest / (2 * variance) - Double.log(2 * .pi * variance)
      #expect(abs(p.logDensity - exact) < 1e-11 * (1 + abs(exact)), "\(x)")
    }
  }

  /// Eight points at eight times get what each of them gets alone, to the bit.
  @Test func neighboursDoNotMatter() throws {
    let field = MarginalField(path: CosinePath(), target: try Preset.twoSpirals())
    let times = try (1...8).map { try Time(Double($0) / 9) }
    let points = (0..<16).map { Double($0 % 5) / 2 - 1 }
    let all = try field.values(of: .velocity, at: times, of: points)
    for i in 0..<8 {
      let own = try field.value(of: .velocity, at: times[i], of: Array(points[2 * i..<2 * i + 2]))
      #expect(bits(own) == bits(Array(all[2 * i..<2 * i + 2])))
    }
  }

  @Test func aCurveTooNarrowForItsNodesIsNoConvergence() throws {
    let target = try CurveTarget(.twoMoons(), std: 0)
    let s = LineTargetTests.schedule(1, 1e-9)
    let error = failure { try target.estimate(of: [0.5, 0.5], at: s, .means) }
    #expect(error?.code == .noConvergence)
    #expect(error?.message.contains("the log density is about -") ?? false)
    let end = LineTargetTests.schedule(1, 0)
    #expect(failure { try target.estimate(of: [0.5, 0.5], at: end, []) }?.code == .singular)
  }

  @Test func badCurvesAreRefused() {
    #expect(failure { try CurveTarget(.twoMoons(), std: -1) }?.code == .outOfDomain)
    #expect(failure { try PlaneCurve.ring(radius: 0) }?.code == .outOfDomain)
    #expect(failure { try PlaneCurve.circles(factor: -1) }?.code == .outOfDomain)
    #expect(failure { try PlaneCurve.swissRoll(scale: .nan) }?.code == .nonFinite)
  }
}
