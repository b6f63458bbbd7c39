import FlowMatching
import Testing

@testable import FlowConformance

/// A path that lies about one of its numbers.
struct LyingPath: ProbabilityPath {
  let kind = "lie"
  let honest = CosinePath()
  let lie: @Sendable (inout Schedule<Double>) -> Void

  func schedule(at time: Time<Double>) -> Schedule<Double> {
    var schedule = honest.schedule(at: time)
    lie(&schedule)
    return schedule
  }

  func schedule(at time: Time<Dual<Double>>) -> Schedule<Dual<Double>> {
    honest.schedule(at: time)
  }
}

/// A mistake in one place is seen, and by the checks that should see it.
struct VerificationPowerTests {
  static func failures(
    _ lie: @escaping @Sendable (inout Schedule<Double>) -> Void
  ) throws -> Set<String> {
    let verification = VerificationTests.small(LyingPath(lie: lie), try Preset.eightGaussians())
    return Set(verification.run().filter { !$0.passed }.map(\.check))
  }

  @Test func theHonestPathPasses() throws {
    #expect(try Self.failures { _ in }.isEmpty)
  }

  @Test func aFlippedAlphaDotBreaksTheContinuityEquation() throws {
    let found = try Self.failures { $0.alphaDot = -$0.alphaDot }
    #expect(found.contains(AutomaticContinuityCheck.name))
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
}
