import FlowMatching
import RealModule
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

  /// A large weight multiplies the difference of two fields and must not multiply their rounding. The value
  /// is from 110 digits.
  @Test func aLargeWeightMultipliesNoRounding() throws {
    let cloud = try GaussianMixture(
      dimension: 1, means: [-2.6093, 1.2093, 1.6392], stds: [0], labels: ["0", "0", "1"])
    let field = try GuidedField(
      path: try VariancePreservingPath(), target: cloud, label: "0", weight: 1000)
    let got = try field.velocities(at: [Time(0.75)], of: [-3.275520570353297])[0]
    #expect(abs(got - -0.92127183693064119790) <= 2e-15)
  }

  /// Far from the data `u_c - u` is less than an ulp of u, and still what w multiplies: with equal stds and
  /// two components it is `(1 - p) (alpha' - alpha v'/(2v)) (v/V) (m_1 - m_2)`.
  @Test(arguments: [1e3, 1e8, 1e12])
  func farFromTheDataTheDifferenceKeepsItsDigits(x: Double) throws {
    let target = try GaussianMixture(
      dimension: 1, means: [0, 0x1p-60], stds: [1], labels: ["a", "b"])
    let path = try OptimalTransportPath()
    let time = try Time(0.5)
    let weight = 1e30
    let got = try GuidedField(path: path, target: target, label: "b", weight: weight)
      .velocities(at: [time], of: [x])[0]
    // V = 1/2, p = logistic(alpha (m_2 - m_1) x/V), alpha' - alpha v'/(2v) = 2, v/V = 1/2.
    let p = 1 / (1 + Double.exp(-0x1p-60 * x))
    let moved = weight * (1 - p) * 2 * 0.5 * 0x1p-60
    #expect(abs(got - moved) <= 1e-14 * moved + 1e-15 * x)
  }

  /// To the bit, also beside components without weight.
  @Test func whereEveryComponentHasTheLabelNoBitChanges() throws {
    let target = try GaussianMixture(
      dimension: 2, means: [0, 0, 1, 1, 5, 5], stds: [0.5, 0.25, 1], weights: [1, 2, 0],
      labels: ["a", "a", "b"])
    let path = try VariancePreservingPath()
    let plain = try MarginalField(path: path, target: target)
      .velocities(at: [Time(0.4)], of: points)
    for weight in [-3, 0.5, 7.5, 1e6] {
      let got = try GuidedField(path: path, target: target, label: "a", weight: weight)
        .velocities(at: [Time(0.4)], of: points)
      #expect(bits(got) == bits(plain))
    }
  }

  /// The label's only component is far away: its share of the posterior is below every double.
  @Test func aLabelOfNoShareIsFollowedAllTheSame() throws {
    let target = try GaussianMixture(
      dimension: 1, means: [0, 100], stds: [0.5], labels: ["near", "far"])
    let path = try OptimalTransportPath()
    let (u, given) = try (
      MarginalField(path: path, target: target).velocities(at: [Time(0.9)], of: [0.3])[0],
      GuidedField(path: path, target: target, label: "far", weight: 1)
        .velocities(at: [Time(0.9)], of: [0.3])[0]
    )
    let got = try GuidedField(path: path, target: target, label: "far", weight: 2)
      .velocities(at: [Time(0.9)], of: [0.3])[0]
    #expect(abs(got - (2 * given - u)) <= 1e-13 * abs(given))
  }
}
