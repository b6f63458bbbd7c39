import FlowMatching
import RealModule
import Testing

@testable import FlowStudies

struct UniformSourceFieldTests {
  static let means = [2.0, 0, -1, 1.5, 0.5, -2]

  static func field(_ path: any ProbabilityPath) throws -> UniformSourceField {
    try UniformSourceField(
      path: path, dimension: 2, means: means, std: 0.3, lower: -3.5, upper: 3.5)
  }

  /// `d log p/dt + div u + u . grad log p` by differences of sixth order, whose error is about 1e-10 here.
  @Test(arguments: [0.15, 0.4, 0.7, 0.95])
  func itConservesProbability(t: Double) throws {
    for path in [try OptimalTransportPath() as any ProbabilityPath, CosinePath()] {
      let field = try Self.field(path)
      let h = 1e-3
      let weights: [(Double, Double)] = [(1, 3.0 / 4), (2, -3.0 / 20), (3, 1.0 / 60)]
      func slope(_ value: (Double) throws -> Double) rethrows -> Double {
        try weights.reduce(0) { $0 + $1.1 * (try value($1.0 * h) - value(-$1.0 * h)) } / h
      }
      for x in [[0.3, -0.2], [1.9, 0.4], [-2.2, 1.1]] {
        func logDensity(_ t: Double, _ x: [Double]) throws -> Double {
          try field.logDensities(at: [Time(t)], of: x)[0]
        }
        func velocity(_ x: [Double], _ i: Int) throws -> Double {
          try field.velocities(at: [Time(t)], of: x)[i]
        }
        func moved(_ i: Int, _ s: Double) -> [Double] {
          var x = x
          x[i] += s
          return x
        }
        let rate = try slope { try logDensity(t + $0, x) }
        var (residual, scale) = (rate, abs(rate))
        for i in 0..<2 {
          let divergence = try slope { try velocity(moved(i, $0), i) }
          let drift = try velocity(x, i) * slope { try logDensity(t, moved(i, $0)) }
          residual += divergence + drift
          scale += abs(divergence) + abs(drift)
        }
        #expect(abs(residual) < 1e-7 * scale, "t = \(t), x = \(x), \(path.kind)")
      }
    }
  }

  /// The trapezoidal rule on a density that is convolved with a Gaussian of std 0.15, three steps wide, and
  /// that vanishes at the ends.
  @Test func theDensityIntegratesToOne() throws {
    let (count, step) = (161, 0.05)
    let places = (0..<count).map { step * Double($0) - 4 }
    var points: [Double] = []
    for x in places {
      for y in places { points += [x, y] }
    }
    let logs = try Self.field(OptimalTransportPath()).logDensities(at: [Time(0.5)], of: points)
    let total = logs.reduce(0) { $0 + Double.exp($1) } * step * step
    #expect(abs(total - 1) < 1e-12, "\(total)")
  }

  /// With one component that is nearly a point the flow is that of the box alone:
  /// `u = m - x0`, `x0 = (x - t m)/(1 - t)`.
  @Test func oneNarrowComponentMovesTheBoxStraight() throws {
    let field = try UniformSourceField(
      path: OptimalTransportPath(), dimension: 2, means: [1, -2], std: 1e-9, lower: -1, upper: 1)
    let time = try Time(0.25)
    let x = [0.4, -0.8]
    let u = try field.velocities(at: [time], of: x)
    for (i, m) in [1.0, -2].enumerated() {
      #expect(abs(u[i] - (m - (x[i] - 0.25 * m) / 0.75)) < 1e-12)
    }
    let logDensity = try field.logDensities(at: [time], of: x)[0]
    #expect(abs(logDensity + 2 * Double.log(2 * 0.75)) < 1e-12)
  }

  @Test func itStartsAtTheMeanOfTheDataAndOnlyInsideTheBox() throws {
    let field = try Self.field(OptimalTransportPath())
    let u = try field.velocities(at: [.start], of: [1, -1])
    #expect(abs(u[0] - (0.5 - 1)) < 1e-14 && abs(u[1] - (-0.5 / 3 + 1)) < 1e-14)
    #expect(throws: FlowError.self) { try field.velocities(at: [.start], of: [3.6, 0]) }
  }
}
