import RealModule
import Testing

@testable import FlowMatching

@Suite struct MonotoneMapTests {
  private func line(_ means: [Double], _ stds: [Double], _ weights: [Double]? = nil) throws
    -> GaussianMixture
  { try GaussianMixture(dimension: 1, means: means, stds: stds, weights: weights) }

  @Test(arguments: [-1000.0, -37.5, -8, -1, -1e-9, 0, 0.3, 5, 40, 500])
  func betweenGaussiansTheMapIsAffine(z: Double) throws {
    let map = try MonotoneMap(from: try line([1], [0.5]), to: try line([-3], [4]))
    #expect(relativeError([try map(1 + z / 2)], [-3 + 4 * z], floor: 1) <= 1e-13)
  }

  @Test(arguments: 1...20)
  func theMapGoesThereAndBack(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let a = try line(random.vector(3), random.vector(3, 0.1...2), random.vector(3, 0.2...3))
    let b = try line(random.vector(4), random.vector(4, 0.1...2), random.vector(4, 0.2...3))
    let there = try MonotoneMap(from: a, to: b)
    let back = try MonotoneMap(from: b, to: a)
    var last = -Double.infinity
    for step in -20...20 {
      let x = Double(step) / 4
      let y = try there(x)
      #expect(y > last)
      last = y
      #expect(abs(try back(y) - x) <= 1e-10 * (1 + abs(x)))
    }
  }

  /// F1(T(x)) = F0(x), from the error function and not from logarithms.
  @Test(arguments: 1...20)
  func theMassBelowIsTheSame(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let means = random.vector(3)
    let stds = random.vector(3, 0.2...1)
    let map = try MonotoneMap(from: try line([0], [1]), to: try line(means, stds))
    func below(_ z: Double) -> Double { Double.erfc(-z / 2.squareRoot()) / 2 }
    for step in -12...12 {
      let x = Double(step) / 3
      let y = try map(x)
      var mass = 0.0
      for k in 0..<3 { mass += below((y - means[k]) / stds[k]) / 3 }
      #expect(abs(mass - below(x)) <= 1e-14)
    }
  }

  @Test func atomsAreReachedAndNotSpread() throws {
    let atoms = try line([-1, 2], [0], [1, 3])
    let map = try MonotoneMap(from: try line([0], [1]), to: atoms)
    // A quarter of the mass, below -0.6745, goes to -1.
    for x in [-5, -0.68] { #expect(abs(try map(x) + 1) <= 1e-15) }
    for x in [-0.67, 0, 3] { #expect(abs(try map(x) - 2) <= 1e-15) }
    #expect(failure { try MonotoneMap(from: atoms, to: atoms) }?.code == .singular)
  }
}
