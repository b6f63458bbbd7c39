import Foundation
import RealModule
import Testing

@testable import FlowMatching

/// Against 50 digits, made by `Fixtures/generate/gamma_remainders.py`.
struct GammaRemaindersTests {
  struct Row {
    let name: String
    let arguments: [Double]
    let value: Double
    let tail: Double
  }

  static let table: [Row] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = root.appending(path: "Fixtures/quadrature/gamma.csv").path
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      return Row(
        name: String(fields[0]), arguments: fields[1...2].compactMap { Double($0) },
        value: Double(fields[3])!, tail: Double(fields[4])!)
    }
  }()

  /// The largest error over `u (1 + |y|)` of the rows of one function.
  static func worst(_ name: String, _ function: ([Double]) throws -> Double) rethrows -> Double {
    let rows = table.filter { $0.name == name }
    #expect(rows.count > 20)
    return try rows.reduce(0) { worst, row in
      let off = abs((try function(row.arguments) - row.value) - row.tail)
      return max(worst, off / (0x1p-53 * (1 + abs(row.value))))
    }
  }

  @Test func stirlingRemaindersHaveAllTheirDigits() {
    #expect(Self.worst("stirling") { GammaRemainder.stirling($0[0]) } <= 4)
  }

  @Test func halfStepsHaveAllTheirDigits() {
    #expect(Self.worst("half_step") { GammaRemainder.halfStep($0[0]) } <= 4)
  }

  @Test func remaindersOfTheBetaFunctionHaveAllTheirDigits() {
    #expect(Self.worst("beta") { GammaRemainder.beta($0[0], $0[1]) } <= 8)
  }

  /// `log q` at the centre of Student's t from 1/2 to 10^8 degrees: the difference of two logarithms of the gamma
  /// function was off by 10^9 u there.
  @Test func studentDensitiesAreNormalised() throws {
    let worst = try Self.worst("student") { degrees in
      let density = try StudentTDensity(degrees: degrees[0])
      return density.jet(at: Self.distances(density, from: 0), slope: 0).log[0]
    }
    #expect(worst <= 4)
  }

  /// `log q` of beta densities on [0, 1] in the middle, far from the mean for unlike exponents.
  ///
  /// 8 u of y, of its change with both exponents and of the logarithms that it is made of there.
  @Test func betaDensitiesAreNormalised() throws {
    for row in Self.table where row.name == "beta_middle" {
      let (a, b) = (row.arguments[0], row.arguments[1])
      let density = try BetaDensity(a: a, b: b)
      let jet = density.jet(at: Self.distances(density, from: 0.5), slope: 0)
      let found = jet.log[0] - Double.log(density.unit)
      let (p, total) = (a / (a + b), a + b)
      let change = abs(a * Double.log(0.5 / p)) + abs(b * Double.log(0.5 / (1 - p)))
      let size = 1 + abs(row.value) + change + abs(Double.log(total))
      let off = abs((found - row.value) - row.tail)
      #expect(off <= 8 * 0x1p-53 * size, "a = \(a), b = \(b): \(found), off by \(off)")
    }
  }

  static func distances(_ density: some LineDensity, from place: Double) -> Distances {
    func lanes(_ k: Int) -> Lanes {
      Lanes(place - density.marks[min(k, density.marks.count - 1)].position)
    }
    return Distances(first: lanes(0), second: lanes(1), third: lanes(2))
  }

  /// `log(1 + x) - x` against twice the digits, on both sides of zero.
  @Test func logarithmsWithoutTheirStraightPartKeepTheirDigits() {
    for k in 0...200 {
      for x in [-0.45 * Double(k) / 200, 0.8 * Double(k) / 200, 0.8 * Double.exp2(-Double(k))] {
        let found = Lanes.logMinusLinear(Lanes(x))[0]
        // Positive terms alone: -x^2/(2 + x) + 2 (r^3/3 + r^5/5 + ...).
        let r = Float80(x) / (2 + Float80(x))
        var (sum, power) = (Float80(0), r)
        for n in 1...40 {
          power *= r * r
          sum += power / Float80(2 * n + 1)
        }
        let exact = 2 * sum - r * Float80(x)
        #expect(abs(Float80(found) - exact) <= 0x1p-51 * abs(exact), "x = \(x)")
      }
    }
  }
}
