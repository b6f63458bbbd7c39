import FlowMatching
import RealModule
import Testing

@testable import FlowStudies

struct EnergyDistanceTests {
  static func normals(_ rows: Int, _ d: Int, shift: Double, stream: UInt64) -> [Double] {
    RandomStream(seed: 11, stream: stream).normals(rows * d, at: 0).map { $0 + shift }
  }

  @Test func theValueIsTheOneOfWholeSums() throws {
    for d in [1, 2, 5] {
      let (a, b) = (
        Self.normals(40, d, shift: 0.3, stream: 1), Self.normals(70, d, shift: 0, stream: 2)
      )
      let found = try EnergyDistance(from: b, dimension: d).estimate(of: a).value
      #expect(abs(found - SampleDistance.energy(a, b, dimension: d)) < 1e-12)
    }
  }

  /// `2 E|X - Y| - E|X - X'| - E|Y - Y'|` of N(m, 1) and N(0, 1), by the mean of the folded normal law of std sqrt(2).
  @Test func theValueIsThatOfTheLaws() throws {
    let m = 1.5
    let folded = { (m: Double) -> Double in
      2 / Double.pi.squareRoot() * Double.exp(-m * m / 4) + m * Double.erf(m / 2)
    }
    let exact = 2 * folded(m) - 2 * folded(0)
    let estimate = try EnergyDistance(
      from: Self.normals(2000, 1, shift: 0, stream: 3), dimension: 1
    ).estimate(of: Self.normals(2000, 1, shift: m, stream: 4))
    #expect(abs(estimate.value - exact) < 4 * estimate.standardError)
    #expect(estimate.standardError < 0.06)
  }

  /// Over 300 pairs of sets: the scatter of the distances against what the jackknife says of each. Of one law it says up to
  /// the root of 2 more (Efron and Stein, 1981).
  @Test(arguments: [(0.0, 1.1...1.6), (1.0, 0.9...1.15)])
  func theStandardErrorIsTheScatterOfRepetitions(
    _ shift: Double, _ accepted: ClosedRange<Double>
  ) throws {
    let count = 300
    var values: [Double] = []
    var squares = 0.0
    for k in 0..<UInt64(count) {
      let reference = try EnergyDistance(
        from: Self.normals(50, 2, shift: 0, stream: 10 + 2 * k), dimension: 2)
      let found = try reference.estimate(
        of: Self.normals(50, 2, shift: shift, stream: 11 + 2 * k))
      values.append(found.value)
      squares += found.standardError * found.standardError
    }
    let mean = values.reduce(0, +) / Double(count)
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
    #expect(accepted.contains((squares / Double(count) / variance).squareRoot()))
    if shift == 0 { #expect(abs(mean) < 4 * (variance / Double(count)).squareRoot()) }
  }

  @Test func fewRowsAreRefused() throws {
    #expect(throws: FlowError.self) { try EnergyDistance(from: [1, 2], dimension: 1) }
    #expect(throws: FlowError.self) {
      try EnergyDistance(from: [1, 2, 3], dimension: 1).estimate(of: [1, 2])
    }
    #expect(throws: FlowError.self) { try EnergyDistance(from: [1, 2, 3], dimension: 2) }
  }
}
