import Testing

@testable import FlowMatching

struct RandomMixtureTests {
  static func mixture() throws -> GaussianMixture {
    try GaussianMixture(
      dimension: 2, means: [5, 0, -5, 1],
      covariances: [[2, 1, 1, 3], [1, -0.9, -0.9, 1]], weights: [3, 1])
  }

  /// Mean and covariance of 40,000 samples of each component within six standard errors.
  @Test(arguments: 0..<3 as Range<UInt64>)
  func samplesHaveTheComponentsWeightsMeansAndCovariances(_ seed: UInt64) throws {
    let count = 40_000
    let points = try Self.mixture().samples(count, from: RandomStream(seed: seed))
    let rows = (0..<count).map { (points[2 * $0], points[2 * $0 + 1]) }
    // The components are ten apart with stds of 1.4 and 1: the sign of x tells them.
    let first = rows.filter { $0.0 > 0 }
    let second = rows.filter { $0.0 <= 0 }
    let share = Double(first.count) / Double(count)
    #expect(abs(share - 0.75) < 6 * (0.75 * 0.25 / Double(count)).squareRoot())
    for (group, mean, s) in [
      (first, (5.0, 0.0), (2.0, 1.0, 3.0)), (second, (-5.0, 1.0), (1.0, -0.9, 1.0)),
    ] {
      func average(_ term: ((Double, Double)) -> Double) -> Double {
        group.reduce(0) { $0 + term($1) } / Double(group.count)
      }
      let root = Double(group.count).squareRoot()
      #expect(abs(average { $0.0 } - mean.0) < 6 * s.0.squareRoot() / root)
      #expect(abs(average { $0.1 } - mean.1) < 6 * s.2.squareRoot() / root)
      let cross = average { ($0.0 - mean.0) * ($0.1 - mean.1) }
      #expect(abs(cross - s.1) < 6 * (s.0 * s.2 + s.1 * s.1).squareRoot() / root)
      let square = average { ($0.1 - mean.1) * ($0.1 - mean.1) }
      #expect(abs(square - s.2) < 6 * (2 * s.2 * s.2).squareRoot() / root)
    }
  }

  @Test func aSampleDependsOnItsIndexAlone() throws {
    let mixture = try Preset.eightGaussians()
    let random = RandomStream(seed: 9)
    #expect(mixture.samples(20, from: random).suffix(2) == mixture.sample(19, from: random)[...])
  }

  @Test func componentsWithoutWeightAreNeverDrawn() throws {
    let mixture = try GaussianMixture(
      dimension: 1, means: [100, 0, 100], stds: [0.1], weights: [0, 1, 0])
    #expect(mixture.samples(1000, from: RandomStream(seed: 1)).allSatisfy { abs($0) < 1 })
  }

  @Test func rawMomentsAreThoseOfTheComponents() throws {
    let moments = try #require(try Self.mixture().rawMoments)
    #expect(moments.mean == [2.5, 0.25])
    #expect(moments.square == [0.75 * 27 + 0.25 * 26, 0.75 * 3 + 0.25 * 2])
  }

  /// Branches of a stream and the stream itself repeat none of each other's numbers.
  @Test func branchesShareNoNumbers() {
    let random = RandomStream(seed: 3, stream: 5)
    var streams = [random] + (0..<4).map { random.branch($0) }
    streams.append(streams[1].branch(0))
    let numbers = streams.flatMap { stream in (0..<100).map { stream.bits(at: $0).0 } }
    #expect(Set(numbers).count == numbers.count)
    #expect(random.branch(2) == RandomStream(seed: 3, stream: 5).branch(2))
  }
}
