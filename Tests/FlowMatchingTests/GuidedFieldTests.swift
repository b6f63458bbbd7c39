import FlowMatching
import Testing

@Suite struct GuidedFieldTests {
  private let target = try! GaussianMixture(
    dimension: 2, means: [-1, 0, 1, 0.5, 2, -1], stds: [0.3, 0.4, 0.5], weights: [1, 2, 3],
    labels: ["a", "b", "a"])
  private let points = [0.1, 0.2, -0.7, 1.1, 2, 2]

  private func guided(_ weight: Double, _ label: String = "a") throws -> GuidedField {
    try GuidedField(
      path: try VariancePreservingPath(), target: target, label: label, weight: weight)
  }

  @Test func weightZeroIsTheUnconditionalField() throws {
    let field = MarginalField(path: try VariancePreservingPath(), target: target)
    let time = try Time(0.6)
    #expect(
      try guided(0).velocities(at: [time], of: points) == field.velocities(at: [time], of: points))
  }

  @Test func weightOneIsTheFieldOfTheLabel() throws {
    let labelled = try GaussianMixture(
      dimension: 2, means: [-1, 0, 2, -1], stds: [0.3, 0.5], weights: [1, 3])
    let field = MarginalField(path: try VariancePreservingPath(), target: labelled)
    let time = try Time(0.6)
    #expect(
      try guided(1).velocities(at: [time], of: points) == field.velocities(at: [time], of: points))
  }

  @Test(arguments: [-1.0, 0.5, 3, 7.5])
  func theFieldIsLinearInTheWeight(weight: Double) throws {
    let time = try Time(0.6)
    let zero = try guided(0).velocities(at: [time], of: points)
    let one = try guided(1).velocities(at: [time], of: points)
    let expected = zip(zero, one).map { $0 + weight * ($1 - $0) }
    #expect(
      relativeError(
        try guided(weight).velocities(at: [time], of: points), expected, floor: 1 + abs(weight))
        <= 1e-14)
  }

  @Test func aTargetOfOneLabelIsNotChangedByGuidance() throws {
    let same = try GaussianMixture(
      dimension: 1, means: [0, 1], stds: [0.5], labels: ["only", "only"])
    let path = try OptimalTransportPath()
    let time = try Time(0.3)
    let got = try GuidedField(path: path, target: same, label: "only", weight: 5)
      .velocities(at: [time], of: [0.7])
    let plain = try MarginalField(path: path, target: same).velocities(at: [time], of: [0.7])
    #expect(relativeError(got, plain) <= 1e-14)
  }
}
