import FlowMatching
import Testing

/// A call that must be refused, and how.
private struct Refusal: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let code: FlowError.Code
  let field: String
  let call: @Sendable () throws -> Void

  init(
    _ name: String, _ code: FlowError.Code, _ field: String,
    _ call: @escaping @Sendable () throws -> some Any
  ) {
    testDescription = name
    self.code = code
    self.field = field
    self.call = { _ = try call() }
  }
}

private func mixture(
  d: Int = 2, means: [Double] = [0, 0, 1, 1], stds: [Double] = [1], weights: [Double]? = nil,
  labels: [String]? = nil
) throws(FlowError) -> GaussianMixture {
  try GaussianMixture(dimension: d, means: means, stds: stds, weights: weights, labels: labels)
}

private func field(_ path: any ProbabilityPath = CosinePath()) throws -> MarginalField {
  MarginalField(path: path, target: try mixture())
}

private let conditional = ConditionalField(path: CosinePath())

private let refusals: [Refusal] = [
  // Paths.
  Refusal("sigma_min over 1", .outOfDomain, "sigma_min") {
    try OptimalTransportPath(sigmaMin: 1.5)
  },
  Refusal("sigma_min NaN", .nonFinite, "sigma_min") { try OptimalTransportPath(sigmaMin: .nan) },
  Refusal("negative shift", .outOfDomain, "sigma_min") {
    try ShiftedOptimalTransportPath(sigmaMin: -1e-9)
  },
  Refusal("exponent 0", .outOfDomain, "exponent") { try PolynomialPath(exponent: 0) },
  Refusal("infinite exponent", .nonFinite, "exponent") { try PolynomialPath(exponent: .infinity) },
  Refusal("beta_min below 0", .outOfDomain, "beta_min") {
    try VariancePreservingPath(betaMin: -0.1)
  },
  Refusal("no beta at all", .outOfDomain, "beta_max") {
    try VariancePreservingPath(betaMin: 0, betaMax: 0)
  },
  Refusal("sigma_min = sigma_max", .outOfDomain, "sigma_min") {
    try VarianceExplodingPath(sigmaMin: 2, sigmaMax: 2)
  },
  Refusal("sigma_min 0 on a logarithm", .outOfDomain, "sigma_min") {
    try GeometricVarianceExplodingPath(sigmaMin: 0)
  },
  Refusal("negative tube", .outOfDomain, "sigma") { try IndependentCouplingPath(sigma: -1) },
  Refusal("a bridge without diffusion", .outOfDomain, "sigma") {
    try SchrodingerBridgePath(sigma: 0)
  },
  // Targets.
  Refusal("dimension 0", .outOfDomain, "dimension") { try mixture(d: 0) },
  Refusal("no means", .dimensionMismatch, "means") { try mixture(means: []) },
  Refusal("half a mean", .dimensionMismatch, "means") { try mixture(means: [1, 2, 3]) },
  Refusal("infinite mean", .nonFinite, "means[1]") { try mixture(means: [1, .infinity]) },
  Refusal("three stds for two", .dimensionMismatch, "std") { try mixture(stds: [1, 2, 3]) },
  Refusal("negative std", .outOfDomain, "std") { try mixture(stds: [1, -1]) },
  Refusal("one weight for two", .dimensionMismatch, "weights") { try mixture(weights: [1]) },
  Refusal("negative weight", .outOfDomain, "weights") { try mixture(weights: [2, -1]) },
  Refusal("all weights zero", .outOfDomain, "weights") { try mixture(weights: [0, 0]) },
  Refusal("NaN weight", .nonFinite, "weights") { try mixture(weights: [1, .nan]) },
  Refusal("one label for two", .dimensionMismatch, "labels") { try mixture(labels: ["a"]) },
  Refusal("covariance of the wrong size", .dimensionMismatch, "covariances[0]") {
    try GaussianMixture(dimension: 2, means: [0, 0], covariances: [[1, 0, 1]])
  },
  Refusal("missing covariance", .dimensionMismatch, "covariances") {
    try GaussianMixture(dimension: 1, means: [0, 1], covariances: [[1]])
  },
  Refusal("infinite covariance", .nonFinite, "covariances[0][0]") {
    try GaussianMixture(dimension: 1, means: [0], covariances: [[.infinity]])
  },
  Refusal("no modes", .outOfDomain, "modes") { try Preset.ringOfGaussians(modes: 0) },
  // Fields.
  Refusal("x of the wrong dimension", .dimensionMismatch, "x") {
    try field().value(of: .velocity, at: .start, of: [1])
  },
  Refusal("half a point", .dimensionMismatch, "x") {
    try field().values(of: .velocity, at: [.start], of: [1, 2, 3])
  },
  Refusal("two times for three points", .dimensionMismatch, "t") {
    try field().values(of: .velocity, at: [.start, .end], of: [1, 2, 3, 4, 5, 6])
  },
  Refusal("NaN in x", .nonFinite, "x[1]") {
    try field().value(of: .score, at: .start, of: [1, .nan])
  },
  Refusal("overflow", .outOfDomain, "x") {
    try field().value(of: .logDensity, at: .start, of: [1e200, 1])
  },
  Refusal("an infinite slope", .singular, "t") {
    try field(try PolynomialPath(exponent: 0.5)).value(of: .velocity, at: .start, of: [1, 1])
  },
  Refusal("an atom", .singular, "t") {
    try MarginalField(
      path: CosinePath(), target: try PointCloud.target(dimension: 1, points: [0])
    ).value(of: .score, at: .end, of: [0])
  },
  Refusal("x1 of another dimension", .dimensionMismatch, "x1") {
    try conditional.velocity(at: .start, of: [1, 2], given: [1])
  },
  Refusal("infinite x1", .nonFinite, "x1[0]") {
    try conditional.score(at: .start, of: [1], given: [.infinity])
  },
  Refusal("x0 of another dimension", .dimensionMismatch, "x0") {
    try PairField.icfm.velocity(sigma: 1, at: .start, of: [1], from: [1, 2], to: [1])
  },
  Refusal("negative pair sigma", .outOfDomain, "sigma") {
    try PairField.icfm.velocity(sigma: -1, at: .start, of: [1], from: [1], to: [1])
  },
  Refusal("value of another dimension", .dimensionMismatch, "value") {
    try Parameterisation.v.convert([1, 2], to: .x1, at: .start, x: [1], path: CosinePath())
  },
  Refusal("guidance without labels", .unsupported, "label") {
    try GuidedField(path: CosinePath(), target: try mixture(), label: "a", weight: 1)
  },
  Refusal("an unknown label", .outOfDomain, "label") {
    try GuidedField(
      path: CosinePath(), target: try mixture(labels: ["a", "b"]), label: "c", weight: 1)
  },
  Refusal("infinite guidance", .nonFinite, "weight") {
    try GuidedField(
      path: CosinePath(), target: try mixture(labels: ["a", "b"]), label: "a", weight: .infinity)
  },
  Refusal("a conditional flow beyond double", .outOfDomain, "x") {
    try conditional.flow(at: Time(0.5), from: [1.7e308], given: [1.7e308])
  },
  Refusal("a conditional velocity beyond double", .outOfDomain, "x") {
    try conditional.velocity(at: Time(0.5), of: [1.7e308], given: [-1.7e308])
  },
  Refusal("a conditional score beyond double", .outOfDomain, "x") {
    try conditional.score(at: Time(0.9), of: [1.7e308], given: [0])
  },
  Refusal("a conditional density beyond double", .outOfDomain, "x") {
    try conditional.logDensity(at: Time(0.5), of: [1e200], given: [0])
  },
  Refusal("a pair velocity beyond double", .outOfDomain, "x") {
    try PairField.icfm.velocity(
      sigma: 1, at: Time(0.5), of: [0], from: [1.7e308], to: [-1.7e308])
  },
  Refusal("a conversion beyond double", .outOfDomain, "x") {
    try Parameterisation.noise.convert(
      [-1.7e308], to: .x1, at: Time(1e-300), x: [1], path: OptimalTransportPath())
  },
  Refusal("guidance beyond double", .outOfDomain, "x") {
    try GuidedField(
      path: CosinePath(), target: try mixture(labels: ["a", "b"]), label: "a", weight: 1.7e308
    ).velocities(at: [Time(0.5)], of: [20, 20])
  },
  // Objectives.
  Refusal("bits beyond double", .outOfDomain, "x") {
    try bitsPerDimension(logDensity: 1.7e308, dimension: 1)
  },
  Refusal("a trace variance beyond double", .outOfDomain, "x") {
    try TraceEstimate.Law.gaussian.variance(matrix: [1e200], dimension: 1)
  },
  Refusal("beta of 1", .outOfDomain, "betas[1]") {
    try DDPM.posterior(betas: [0.1, 1], step: 1, data: [0], latent: [0])
  },
  Refusal("step 0", .outOfDomain, "step") {
    try DDPM.posterior(betas: [0.1], step: 0, data: [0], latent: [0])
  },
  Refusal("step past the end", .outOfDomain, "step") {
    try DDPM.posterior(betas: [0.1], step: 2, data: [0], latent: [0])
  },
  Refusal("bits per no dimension", .outOfDomain, "dimension") {
    try bitsPerDimension(logDensity: 0, dimension: 0)
  },
  Refusal("bits of NaN", .nonFinite, "log_density") {
    try bitsPerDimension(logDensity: .nan, dimension: 1)
  },
]

@Suite struct FlowErrorTests {
  @Test(arguments: refusals)
  private func everyBadInputIsRefusedByItsNameAndCode(refusal: Refusal) throws {
    let error = try #require(failure { try refusal.call() })
    #expect(error.code == refusal.code)
    #expect(error.field == refusal.field)
    #expect(error.description.hasPrefix("\(refusal.code.rawValue) (\(refusal.field)): "))
  }

  @Test func theMessageNamesTheValueAndWhatWouldBeAccepted() {
    let error = failure { try OptimalTransportPath(sigmaMin: 1.5) }
    #expect(error?.message == "sigma_min = 1.5 is outside [0.0, 1.0]")
  }

  @Test func codesAreSpelledAsOnTheWire() {
    #expect(
      FlowError.Code.allCases.map(\.rawValue) == [
        "too_large", "dimension_mismatch", "non_finite", "out_of_domain", "singular", "unsupported",
        "no_convergence",
      ])
  }
}
