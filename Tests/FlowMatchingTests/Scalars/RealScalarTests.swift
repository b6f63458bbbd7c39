import FlowMatching
import Foundation
import Testing

@Suite struct RealScalarTests {
  @Test(arguments: [-3.0, -2, -1, 0, 1, 2, 3, 1e15, 0x1p53, 1e300, .greatestFiniteMagnitude])
  func wholeNumbersHaveSineZeroAndCosineOneExactly(x: Double) {
    #expect(Plain.sinPi(x) == 0)
    #expect(Plain.cosPi(x) == (abs(x).remainder(dividingBy: 2) == 0 ? 1 : -1))
  }

  @Test(arguments: [(0.5, 1.0), (1.5, -1.0), (-0.5, -1.0), (2.5, 1.0), (0x1p50 + 0.5, 1.0)])
  func halfNumbersHaveCosineZeroAndSineOneExactly(x: Double, sine: Double) {
    #expect(Plain.cosPi(x) == 0)
    #expect(Plain.sinPi(x) == sine)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func circularFunctionsOfWhatIsNotFiniteAreNaN(x: Double) {
    #expect(Plain.sinPi(x).isNaN)
    #expect(Plain.cosPi(x).isNaN)
  }

  @Test func anExponentOfZeroGivesOneAlsoAtZero() {
    #expect(Plain<Double>.power(0, 0) == 1)
    #expect(Plain<Double>.powerMinusOne(0, 0) == 0)
    #expect(Plain<Double>.powerMinusOne(0, 2) == -1)
    #expect(Plain<Double>.powerMinusOne(0, -1) == .infinity)
    #expect(Plain<Double>.powerMinusOne(1, 3) == 0)
  }

  #if arch(x86_64)
    /// sin(pi x) and cos(pi x) from an exact reduction to |y| <= 1/4, in extended precision.
    private func circular(_ x: Double) -> (sine: Float80, cosine: Float80) {
      let whole = Float80(x).rounded()
      let y = Float80(x) - whole
      let sign: Float80 = whole.remainder(dividingBy: 2) == 0 ? 1 : -1
      let (near, far) = (Float80.pi * abs(y), Float80.pi * (0.5 - abs(y)))
      let sine = abs(y) <= 0.25 ? sin(near) : cos(far)
      let cosine = abs(y) <= 0.25 ? cos(near) : sin(far)
      return (sign * (y < 0 ? -sine : sine), sign * cosine)
    }

    @Test(arguments: 1...8)
    func circularFunctionsErrByAtMostTwoAndAHalfU(seed: Int) {
      var random = SplitMix(seed: seed)
      for _ in 0..<5_000 {
        let offset = Double(random.index(below: 9)) / 2 - 2
        for x in [
          random.uniform(-4...4), offset + random.power(-40...(-2)), random.power(-500...(-1)),
        ] {
          let (sine, cosine) = circular(x)
          #expect(abs(Float80(Plain.sinPi(x)) - sine) <= 2.5 * 0x1p-53 * abs(sine), "x = \(x)")
          #expect(abs(Float80(Plain.cosPi(x)) - cosine) <= 2.5 * 0x1p-53 * abs(cosine), "x = \(x)")
        }
      }
    }

    @Test(arguments: 1...8)
    func powersMinusOneDoNotCancelNearOne(seed: Int) {
      var random = SplitMix(seed: seed)
      for _ in 0..<5_000 {
        let n = random.uniform(0.2...6)
        for x in [
          1 - random.power(-52...(-2)), 1 + random.power(-52...1), random.uniform(0.001...1),
        ] {
          let truth = expm1(Float80(n) * log1p(Float80(x) - 1))
          // One u for each rounding of n log x, as far as the result feels it.
          let slope = (1 + truth) * abs(Float80(n) * log(Float80(x)))
          let error = abs(Float80(Plain.powerMinusOne(x, n)) - truth)
          #expect(error <= 4 * 0x1p-53 * (abs(truth) + slope), "x = \(x), n = \(n)")
        }
      }
    }
  #endif
}
