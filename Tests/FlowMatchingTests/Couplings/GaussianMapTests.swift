import RealModule
import Testing

@testable import FlowMatching

@Suite struct GaussianMapTests {
  /// `G G^T`, rows first.
  private func gram(_ factor: [[Double]]) -> [Double] {
    factor.flatMap { a in factor.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
  }

  private func random(_ d: Int, _ random: inout SplitMix) -> [Double] {
    gram((0..<d).map { _ in random.vector(d + 2) })
  }

  /// The matrix A, column by column.
  private func matrix(_ map: GaussianMap, mean0: [Double], mean1: [Double]) throws -> [[Double]] {
    try mean0.indices.map { axis in
      var x = mean0
      x[axis] += 1
      return zip(try map(x), mean1).map { $0 - $1 }
    }
  }

  @Test(arguments: 1...20)
  func theMapIsSymmetricAndPushesOneCovarianceToTheOther(seed: Int) throws {
    var generator = SplitMix(seed: seed)
    let d = 1 + generator.index(below: 7)
    let zero = [Double](repeating: 0, count: d)
    let (s0, s1) = (random(d, &generator), random(d, &generator))
    let map = try GaussianMap(mean0: zero, covariance0: s0, mean1: zero, covariance1: s1)
    let a = try matrix(map, mean0: zero, mean1: zero)
    let scale = a.flatMap { $0 }.map(abs).max()!
    for i in 0..<d { for j in 0..<i { #expect(abs(a[i][j] - a[j][i]) <= 1e-12 * scale) } }
    // A S0 A = S1.
    for i in 0..<d {
      for j in 0..<d {
        var pushed = 0.0
        for k in 0..<d { for l in 0..<d { pushed += a[k][i] * s0[k * d + l] * a[l][j] } }
        #expect(abs(pushed - s1[i * d + j]) <= 1e-11 * s1.map(abs).max()!)
      }
    }
    // Positive definite: x.Ax > 0.
    for _ in 0..<10 {
      let x = generator.vector(d)
      let image = try map(x)
      #expect(zip(x, image).reduce(0) { $0 + $1.0 * $1.1 } > 0)
    }
  }

  /// tr(S0 + S1 - 2 (A S0)) and |m0 - m1|^2: the cost is E|x - T(x)|^2.
  @Test(arguments: 1...10)
  func theSquaredDistanceIsTheCostOfTheMap(seed: Int) throws {
    var generator = SplitMix(seed: seed)
    let d = 1 + generator.index(below: 5)
    let (s0, s1) = (random(d, &generator), random(d, &generator))
    let (m0, m1) = (generator.vector(d), generator.vector(d))
    let map = try GaussianMap(mean0: m0, covariance0: s0, mean1: m1, covariance1: s1)
    let a = try matrix(map, mean0: m0, mean1: m1)
    var cost = 0.0
    for i in 0..<d { cost += (m0[i] - m1[i]) * (m0[i] - m1[i]) }
    for i in 0..<d {
      cost += s0[i * d + i] + s1[i * d + i]
      for k in 0..<d { cost -= 2 * a[k][i] * s0[k * d + i] }
    }
    #expect(abs(map.squaredDistance - cost) <= 1e-11 * (1 + cost))
  }

  @Test func equalGaussiansAreMovedByTheirMeansAlone() throws {
    let s = [2.0, 0.5, 0.5, 1]
    let map = try GaussianMap(mean0: [1, 2], covariance0: s, mean1: [4, 6], covariance1: s)
    #expect(relativeError(try map([0.5, -3]), [3.5, 1]) <= 1e-14)
    #expect(abs(map.squaredDistance - 25) <= 1e-13)
  }

  @Test func alongCommonAxesTheStdsAreDivided() throws {
    let map = try GaussianMap(
      mean0: [0, 0], covariance0: [4, 0, 0, 0.25], mean1: [0, 0], covariance1: [1, 0, 0, 9])
    #expect(try map([2, 1]) == [1, 6])
    #expect(map.squaredDistance == 1 + 6.25)
  }

  /// Mass may be flattened, but not spread out of a plane.
  @Test func aTargetOnASubspaceIsReachedAndASourceOnOneIsRefused() throws {
    let flat = [1.0, 1, 1, 1]
    let round = [1.0, 0, 0, 1]
    let map = try GaussianMap(
      mean0: [0, 0], covariance0: round, mean1: [0, 0], covariance1: flat)
    // A = S1^(1/2) = (1, 1; 1, 1)/sqrt(2).
    #expect(relativeError(try map([1, 0]), [0.5, 0.5].map { $0 * 2.squareRoot() }) <= 1e-15)
    #expect(
      failure {
        try GaussianMap(mean0: [0, 0], covariance0: flat, mean1: [0, 0], covariance1: round)
      }?.code == .singular)
    let point = try GaussianMap(
      mean0: [0, 0], covariance0: round, mean1: [3, 4], covariance1: [0, 0, 0, 0])
    #expect(try point([7, -8]) == [3, 4])
    #expect(point.squaredDistance == 27)
  }

  /// Axes of very different scales, to the digits of each; values from 110 digits.
  @Test func axesOfDifferentScalesKeepTheirOwnDigits() throws {
    for (small, second) in [
      (0x1p-20, 2.3089810146820919), (0x1p-50, 2.3094010639336256417),
    ] {
      let map = try GaussianMap(
        mean0: [0, 0], covariance0: [small, 0, 0, 1], mean1: [0, 0], covariance1: [2, 1, 1, 3])
      let y = try map([1, 1])
      #expect(abs(y[1] - second) <= 8 * 0x1p-53 * 2 * second)
    }
  }

  /// Scales 2^-50 to 1 beside correlations: A S0 A = S1 entry by entry, in units of what the axes allow,
  /// and A is symmetric to the bit.
  @Test(arguments: 1...20)
  func theMapOfGradedCovariancesIsSymmetricToTheBit(seed: Int) throws {
    var generator = SplitMix(seed: seed)
    let d = 2 + seed % 3
    let zero = [Double](repeating: 0, count: d)
    let scales = (0..<d).map { _ in Double.exp2(-Double(generator.index(below: 26))) }
    let round = random(d, &generator)
    let s0 = (0..<d * d).map { round[$0] * scales[$0 / d] * scales[$0 % d] }
    let s1 = random(d, &generator)
    let map = try GaussianMap(mean0: zero, covariance0: s0, mean1: zero, covariance1: s1)
    let a = map.matrix
    for i in 0..<d { for j in 0..<d { #expect(a[i * d + j] == a[j * d + i]) } }
    for i in 0..<d {
      for j in 0..<d {
        var (pushed, size) = (0.0, 0.0)
        for k in 0..<d {
          for l in 0..<d {
            let term = a[i * d + k] * s0[k * d + l] * a[l * d + j]
            pushed += term
            size += abs(term)
          }
        }
        #expect(abs(pushed - s1[i * d + j]) <= 1e-12 * size)
      }
    }
  }
}
