import RealModule
import Testing

@testable import FlowMatching

struct HyperbolicTangentTests {
  /// As the system's, over all sizes; odd; with the derivative `1 - tanh^2`.
  @Test func equalsTheSystemsToFourUnits() {
    for k in -1070...40 {
      for part in [1, 1.25, 1.4142, 1.999] {
        let w = part * Double.exp2(Double(k) / 1)
        let found = hyperbolicTangent(Lanes(w))[0]
        #expect(abs(found - Double.tanh(w)) <= 4 * 0x1p-53 * found, "\(w)")
        #expect(hyperbolicTangent(Lanes(-w))[0] == -found)
        let slope = hyperbolicTangent(Dual<Lanes>(Lanes(w), Lanes(1.0))).derivative[0]
        let cosh = Double.cosh(min(w, 300))
        #expect(abs(slope - 1 / (cosh * cosh)) <= 1e-14, "\(w)")
      }
    }
    #expect(hyperbolicTangent(Lanes(0.0))[0] == 0)
    #expect(hyperbolicTangent(Lanes(.infinity))[0] == 1)
    #expect(hyperbolicTangent(Dual<Lanes>(Lanes(0.0), Lanes(1.0))).derivative[0] == 1)
  }
}
