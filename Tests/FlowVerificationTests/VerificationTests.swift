import FlowMatching
import Testing

@testable import FlowVerification

struct VerificationTests {
  static func run(_ verification: Verification) -> VerificationReport {
    VerificationReport(verification, results: verification.run())
  }

  static func small(
    _ path: any ProbabilityPath, _ target: any Target, seed: UInt64 = 0
  ) -> Verification {
    var verification = Verification(
      paths: [NamedPath(name: "path", path: path)],
      targets: [NamedTarget(name: "target", target: target)], seed: seed)
    verification.effort = 0.1
    return verification
  }

  @Test(arguments: 1..<3 as Range<UInt64>)
  func everyPathPassesOnTheToyTargets(_ seed: UInt64) throws {
    var verification = Verification(
      paths: try NamedPath.all(), targets: try NamedTarget.toys(), seed: seed)
    verification.effort = 0.1
    let report = Self.run(verification)
    #expect(report.passed, "seed \(seed): \(report.complaints)")
  }

  @Test func theResultDependsOnTheSeedAlone() throws {
    let mixture = try Preset.eightGaussians()
    let json = Self.run(Self.small(CosinePath(), mixture)).json
    #expect(Self.run(Self.small(CosinePath(), mixture)).json == json)
    #expect(Self.run(Self.small(CosinePath(), mixture, seed: 1)).json != json)
  }

  /// Data far from the origin, tiny and huge weights, point masses beside wide components.
  @Test func awkwardTargetsPass() throws {
    let targets = [
      try GaussianMixture(dimension: 2, means: [1000, 1000, 1001, 1000], stds: [1e-3, 10]),
      try GaussianMixture(
        dimension: 1, means: [0, 1, 2], stds: [0, 1e-4, 1], weights: [1, 1000, 1]),
      try GaussianMixture(dimension: 3, means: [1, 2, 3], stds: [0]),
      try GaussianMixture(
        dimension: 2, means: [1, 2, 3, 4], covariances: [[1, 1, 1, 1], [4, 0, 0, 1]]),
    ]
    for (k, target) in targets.enumerated() {
      for path in try NamedPath.all() {
        let report = Self.run(Self.small(path.path, target, seed: 2))
        #expect(report.passed, "target \(k), \(path.name): \(report.complaints)")
      }
    }
  }

  @Test func theBoundOnDeviationsSharesTheFalseAlarmRate() throws {
    var verification = Self.small(CosinePath(), try Preset.eightGaussians())
    let one = verification.deviationBound
    verification.paths += verification.paths
    #expect(verification.deviationBound > one)
    let statistics = Double(
      2 * (3 * (MomentCheck.count + LossGapCheck.count) + SamplerCheck.count))
    let rate = NormalTail.twoSided(beyond: verification.deviationBound) * statistics
    #expect(abs(rate / verification.falseAlarmRate - 1) < 1e-9)
  }
}
