import RealModule
import Testing

@testable import FlowMatching

/// Samples against the densities that they are drawn from.
struct QuadratureSamplingTests {
  /// The Kolmogorov distance of 4,000 samples from the distribution function stays below
  /// `1.95/sqrt(n)`... with probability 1 - 1e-3; 2.5 is passed by chance once in 130,000.
  static func distance(_ samples: [Double], _ cumulative: (Double) -> Double) -> Double {
    let sorted = samples.sorted()
    let count = Double(sorted.count)
    return sorted.enumerated().reduce(0.0) { worst, pair in
      let value = cumulative(pair.element)
      return max(
        worst, abs(value - Double(pair.offset) / count),
        abs(value - Double(pair.offset + 1) / count))
    } * count.squareRoot()
  }

  static func samples(_ target: some Target, seed: UInt64) -> [Double] {
    target.samples(4000, from: RandomStream(seed: seed))
  }

  @Test(arguments: 0..<3 as Range<UInt64>)
  func samplesHaveTheirDistributionFunctions(_ seed: UInt64) throws {
    let laplace = try LineTarget(LaplaceDensity(location: 1, scale: 2))
    #expect(
      Self.distance(Self.samples(laplace, seed: seed)) { y in
        y < 1 ? Double.exp((y - 1) / 2) / 2 : 1 - Double.exp((1 - y) / 2) / 2
      } < 2.5)
    let cauchy = try LineTarget(StudentTDensity(degrees: 1, location: 1, scale: 2))
    #expect(
      Self.distance(Self.samples(cauchy, seed: seed)) { y in
        0.5 + Double.atan2(y: y - 1, x: 2) / .pi
      } < 2.5)
    let triangle = try LineTarget(TriangularDensity(lower: -1, mode: 0, upper: 3))
    #expect(
      Self.distance(Self.samples(triangle, seed: seed)) { y in
        y < 0 ? (y + 1) * (y + 1) / 4 : 1 - (3 - y) * (3 - y) / 12
      } < 2.5)
    let arcsine = try LineTarget(BetaDensity(a: 0.5, b: 0.5, lower: -1, upper: 1))
    #expect(
      Self.distance(Self.samples(arcsine, seed: seed)) { y in
        0.5 + Double.asin(max(-1, min(1, y))) / .pi
      } < 2.5)
    let custom = try LineTarget(
      CustomDensity { y in -y - Jet.log(1.0 + Jet.exp(-y)).scaled(by: 2) })
    let logistic = try LineTarget(LogisticDensity())
    for samples in [Self.samples(custom, seed: seed), Self.samples(logistic, seed: seed)] {
      #expect(Self.distance(samples) { 1 / (1 + Double.exp(-$0)) } < 2.5)
    }
  }

  /// Means and mean squares within six standard errors.
  @Test(arguments: 0..<3 as Range<UInt64>)
  func samplesHaveTheirMoments(_ seed: UInt64) throws {
    let targets: [any QuadratureTarget & LocatedTarget] = [
      try Preset.twoMoons(), try Preset.twoSpirals(), try Preset.swissRoll(), try Preset.circles(),
      try LineTarget(BetaDensity(a: 2, b: 3)), try LineTarget(StudentTDensity(degrees: 12)),
      try ProductTarget([
        LineTarget(LaplaceDensity()), LineTarget(TriangularDensity(lower: 0, mode: 1, upper: 1)),
      ]),
    ]
    for (k, target) in targets.enumerated() {
      let d = target.dimension
      let samples = Self.samples(target, seed: seed)
      let moments = try #require(target.rawMoments)
      for axis in 0..<d {
        let values = stride(from: axis, to: samples.count, by: d).map { samples[$0] }
        for (power, expected) in [(1, moments.mean[axis]), (2, moments.square[axis])] {
          let terms = values.map { (power == 1 ? $0 : $0 * $0) - expected }
          let mean = terms.reduce(0, +) / Double(terms.count)
          let square = terms.reduce(0) { $0 + $1 * $1 } / Double(terms.count)
          let deviation = abs(mean) / (square / Double(terms.count)).squareRoot()
          #expect(deviation < 6, "target \(k), axis \(axis), power \(power)")
        }
      }
    }
  }

  /// The noise around a curve is isotropic with the right std: distances from a ring.
  @Test func ringSamplesLieAroundTheRing() throws {
    let ring = try CurveTarget(.ring(radius: 100), std: 0.5)
    let points = Self.samples(ring, seed: 4)
    let out = (0..<4000).map { Double.hypot(points[2 * $0], points[2 * $0 + 1]) - 100 }
    #expect(Self.distance(out) { 0.5 * Double.erfc(-$0 / (0.5 * Double.sqrt(2))) } < 2.5)
  }

  @Test func aSampleDependsOnItsIndexAlone() throws {
    for target in [
      try Preset.twoMoons() as any Target, try LineTarget(BetaDensity(a: 2, b: 3)),
      try ProductTarget([LineTarget(LaplaceDensity()), Preset.circles()]),
    ] {
      let random = RandomStream(seed: 9)
      let d = target.dimension
      #expect(target.samples(20, from: random).suffix(d) == target.sample(19, from: random)[...])
    }
  }
}
