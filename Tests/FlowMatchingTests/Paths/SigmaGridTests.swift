import FlowMatching
import RealModule
import Testing

@Suite struct SigmaGridTests {
  /// e^mu overflows at 709.9 and underflows at -800; the grid exists all the same.
  @Test func aLargeShiftHasItsLimit() throws {
    for mu in [709.9, 4096] {
      #expect(try SigmaGrid(steps: 4, mu: mu).sigmas == [1, 1, 1, 1, 0])
    }
    #expect(try SigmaGrid(steps: 4, mu: -800).sigmas == [1, 0, 0, 0, 0])
  }

  /// The odds sigma/(1 - sigma) of every step are e^mu times those without a shift.
  @Test(arguments: [-700, -40, -0.5, 0.5, 1.15, 30, 700])
  func theShiftMultipliesTheOdds(mu: Double) throws {
    let shifted = try SigmaGrid(steps: 9, mu: mu).sigmas
    let plain = try SigmaGrid(steps: 9).sigmas
    for i in 1..<9 {
      let odds = plain[i] / (1 - plain[i])
      let expected = 1 / (1 + Double.exp(-mu) / odds)
      #expect(abs(shifted[i] - expected) <= 1e-14 * expected)
    }
  }

  @Test func whatCannotBeMeasuredIsRefused() {
    #expect(
      failure { try SigmaGrid(steps: 4, mu: 1, shiftTwice: true) }?.field == "shift_twice")
    for spacing in SigmaGrid.Spacing.allCases {
      #expect(failure { try SigmaGrid(steps: 4, mu: -800, spacing: spacing) }?.field == "mu")
    }
    #expect(failure { try SigmaGrid(steps: 4, mu: 4096, terminal: 0.1) }?.field == "mu")
  }
}
