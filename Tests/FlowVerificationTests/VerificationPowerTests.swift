import FlowMatching
import TestSupport
import Testing

@testable import FlowVerification

/// A mistake in one place is seen, and by the checks that should see it.
struct VerificationPowerTests {
  static func failures(
    _ lie: @escaping @Sendable (inout Schedule<Double>) -> Void
  ) throws -> Set<String> {
    let verification = VerificationTests.small(LyingPath(lie), try Preset.eightGaussians())
    return Set(verification.run().filter { !$0.passed }.map(\.check))
  }

  @Test func theHonestPathPasses() throws {
    #expect(try Self.failures { _ in }.isEmpty)
  }

  @Test func aFlippedAlphaDotBreaksTheContinuityEquation() throws {
    let found = try Self.failures { $0.alphaDot = -$0.alphaDot }
    #expect(found.contains(AutomaticContinuityCheck.name))
    #expect(found.contains(GridContinuityCheck.name))
  }

  /// On a grid an error of one of the two terms in its fourteenth digit is seen, and so is a term left
  /// out.
  @Test(arguments: [0, -1, 1 + 0x1p-43]) func aWrongTermIsSeenOnTheGrid(_ factor: Double) throws {
    #expect(try Self.failures { $0.varianceDot *= factor }.contains(GridContinuityCheck.name))
    #expect(try Self.failures { $0.alphaDot *= factor }.contains(GridContinuityCheck.name))
  }

  /// The closed forms take the path's word for its derivatives; duals and samples do not.
  @Test func aDerivativeWrongInItsLastDigitsIsSeen() throws {
    let found = try Self.failures { $0.varianceDot *= 1 + 0x1p-44 }
    #expect(found.contains(AutomaticContinuityCheck.name))
  }

  @Test func aWrongSigmaIsSeenInSamples() throws {
    let found = try Self.failures { $0.sigma *= 1.1 }
    #expect(found.contains(MomentCheck.name))
  }

  @Test func aScheduleThatIsNotTheTablesIsSeen() throws {
    let time = try Time(0.25)
    #expect(ScheduleCheck.error(CosinePath(), at: time)! < 8)
    #expect(ScheduleCheck.error(try PolynomialPath(exponent: 2), at: time)! < 8)
    #expect(ScheduleCheck.error(LyingPath { _ in }, at: time) == nil)
  }

  @Test func nanIsNeverAPass() {
    var result = CheckResult(check: "c", target: "t", path: "p", unit: .rounding, allowance: 8)
    result.add(1, at: .start)
    result.add(.nan, at: .end)
    result.add(2, at: .start)
    #expect(!result.passed && result.worst.isNaN && result.time == .end)
  }

  /// Samples that are too near the origin, and the density they should have.
  struct BiasedSampler: PartialTarget, LocatedTarget {
    let honest: any Target
    var dimension: Int { honest.dimension }
    var rawMoments: RawMoments? { nil }
    var extent: Extent? { (honest as? any LocatedTarget)?.extent }
    let factor: Double

    func check(_ x: ArraySlice<Double>, at schedule: Schedule<Double>) throws(FlowError) {
      try (honest as? any PartialTarget)?.check(x, at: schedule)
    }
    func posterior(
      of x: [Lanes], at schedule: Schedule<Lanes>, _ wanted: Moments
    ) throws(FlowError) -> Posterior<Lanes> {
      try honest.posterior(of: x, at: schedule, wanted)
    }
    func posterior(
      of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
    ) throws(FlowError) -> Posterior<Dual<Lanes>> {
      try honest.posterior(of: x, at: schedule, wanted)
    }
    func sample(_ index: UInt64, from random: RandomStream) -> [Double] {
      honest.sample(index, from: random).map { factor * $0 }
    }
  }

  /// The checks on samples alone see a wrong sampler, in one and in two dimensions.
  @Test(arguments: [1.0, 0.7]) func aWrongSamplerIsSeen(_ factor: Double) throws {
    let targets: [any Target] = [
      try UniformBoxes(dimension: 1, lower: [-3, 1], upper: [-1, 2]), try Preset.checkerboard(),
      try Ring(radius: 2, std: 0.1),
    ]
    for target in targets {
      let statistic = try SamplerCheck.statistic(
        BiasedSampler(honest: target, factor: factor), CosinePath(), effort: 1,
        from: RandomStream(seed: 4))
      let deviation = try #require(statistic?.deviation)
      #expect((deviation > 6) == (factor < 1), "\(target): \(deviation)")
    }
  }
}
