import FlowMatching
import Foundation
import Testing

@Suite struct VectorExponentialTests {
  private func laneExponential(_ x: Double) -> Double { Lanes.exp(Lanes(x))[0] }

  @Test(arguments: 1...8)
  func laneExponentialIsWithinOneUlpOfTheSystems(seed: Int) {
    var random = SplitMix(seed: seed)
    for _ in 0..<20_000 {
      // The whole range, results below the normal numbers included.
      let x = random.uniform(-746...710)
      let small = random.power(-60...0) * (random.next() & 1 == 0 ? 1 : -1)
      #expect(ulps(from: laneExponential(x), to: exp(x)) <= 1, "x = \(x)")
      #expect(ulps(from: laneExponential(small), to: exp(small)) <= 1, "x = \(small)")
    }
  }

  @Test func laneExponentialIsWithinOneUlpWhereResultsAreSubnormal() {
    for step in 0..<20_000 {
      let x = -745.2 + Double(step) * (37.2 / 20_000)
      #expect(ulps(from: laneExponential(x), to: exp(x)) <= 1, "x = \(x)")
    }
  }

  @Test(arguments: [
    (0, 1), (-0.0, 1), (-.infinity, 0), (.infinity, .infinity), (-1e308, 0), (1e308, .infinity),
    (-745.2, 0), (709.79, .infinity), (709.782, 0x1.ff2a4f0ea9dc7p1023),
    (-745.1, .leastNonzeroMagnitude),
  ])
  func laneExponentialHasTheRightLimits(x: Double, expected: Double) {
    let got = laneExponential(x)
    #expect(expected.isFinite && expected > 1 ? ulps(from: got, to: exp(x)) <= 1 : got == expected)
  }

  @Test func laneExponentialOfNaNIsNaN() { #expect(laneExponential(.nan).isNaN) }

  #if arch(x86_64)
    @Test(arguments: 1...4)
    func laneExponentialErrsByAtMostAnUlpOfTheTrueValue(seed: Int) {
      var random = SplitMix(seed: seed)
      for _ in 0..<20_000 {
        let x = random.uniform(-700...700)
        let truth = exp(Float80(x))
        let error = abs(Float80(laneExponential(x)) - truth) / truth
        #expect(error <= 0x1p-52, "x = \(x)")
      }
    }
  #endif
}
