import Testing

@testable import FlowMatching

@Suite struct CouplingBiasTests {
  /// Independent pairs of N(0, 1) and N(1, 4): E|x1 - x0|^2 = 1 + 1 + 4, E|x1 - T(x0)|^2 = 2 * 4,
  /// and W_2^2 = 1 + (2 - 1)^2.
  @Test func aBatchOfOneIsTheIndependentCoupling() throws {
    let bias = try CouplingBias(mean: [1], covariance: [4])
    let row = try bias.measure(batch: 1, batches: 4000, seed: 1)
    #expect(bias.squaredDistance == 2)
    #expect(abs(row.cost.mean - 6) <= 5 * row.cost.standardError)
    #expect(abs(row.offset.mean - 8) <= 5 * row.offset.standardError)
    #expect(row.cost.standardError < 0.2)
  }

  @Test func largerBatchesComeCloserToTheMap() throws {
    let bias = try CouplingBias(mean: [1, 0], covariance: [2, 0.5, 0.5, 1])
    let rows = try [1, 8, 64].map { try bias.measure(batch: $0, batches: 512 / $0 + 8, seed: 3) }
    for (small, large) in zip(rows, rows.dropFirst()) {
      #expect(large.cost.mean < small.cost.mean)
      #expect(large.offset.mean < small.offset.mean / 1.5)
      #expect(large.cost.mean > bias.squaredDistance - 5 * large.cost.standardError)
    }
    #expect(rows[2] == (try bias.measure(batch: 64, batches: 16, seed: 3)))
  }

  /// A mixture of one is a Gaussian: both ways to W_2^2 agree.
  @Test func theQuadratureOnTheLineGivesTheClosedForm() throws {
    let single = try GaussianMixture(dimension: 1, means: [1.5], stds: [0.25])
    let line = try CouplingBias(onTheLine: single)
    #expect(abs(line.squaredDistance - (2.25 + 0.5625)) <= 1e-12)
  }
}
