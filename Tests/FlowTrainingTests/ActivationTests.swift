import FlowMatching
import RealModule
import Testing

@testable import FlowTraining

@Suite struct ActivationTests {
  private static let points: [Float] =
    (-2000...2000).map { Float($0) / 100 } + (-60...60).map { Float.exp2(Float($0) / 2) }
    + (-60...60).map { -Float.exp2(Float($0) / 2) } + [0, -0.0]

  private func lanes(_ points: ArraySlice<Float>) -> Vector {
    var result = Vector(repeating: 0)
    for (lane, x) in points.enumerated() { result[lane] = x }
    return result
  }

  private func forEach(_ body: (Vector, (Int) -> Float) -> Void) {
    for first in stride(from: 0, to: Self.points.count, by: 16) {
      let slice = Self.points[first..<min(first + 16, Self.points.count)]
      body(lanes(slice)) { slice[slice.startIndex + min($0, slice.count - 1)] }
    }
  }

  @Test func exponentialIsWithinTwoRoundings() {
    forEach { x, _ in
      let y = VectorFunctions.exp(x)
      for lane in 0..<16 where x[lane] > -87 && x[lane] < 88 {
        let exact = Double.exp(Double(x[lane]))
        #expect(abs(Double(y[lane]) - exact) <= 2 * 0x1p-24 * 2 * exact, "exp(\(x[lane]))")
      }
    }
  }

  @Test func hyperbolicTangentIsWithinFourRoundings() {
    forEach { x, _ in
      let y = VectorFunctions.tanh(x)
      for lane in 0..<16 {
        let exact = Double.tanh(Double(x[lane]))
        #expect(abs(Double(y[lane]) - exact) <= 4 * 0x1p-24 * abs(exact), "tanh(\(x[lane]))")
      }
    }
  }

  @Test func normalDistributionIsWithinItsPromise() {
    forEach { x, _ in
      let (distribution, density) = VectorFunctions.normal(x)
      for lane in 0..<16 {
        let z = Double(x[lane])
        let exact = Double.erfc(-z / 2.0.squareRoot()) / 2
        #expect(abs(Double(distribution[lane]) - exact) <= 2e-7, "Phi(\(z))")
        let bell = Double.exp(-z * z / 2) / (2 * Double.pi).squareRoot()
        #expect(abs(Double(density[lane]) - bell) <= 2e-7, "phi(\(z))")
      }
    }
  }

  @Test func circularFunctionsOfTurnsAreWithinTheirPromise() {
    for k in stride(from: -512, through: 512, by: 16) {
      let r = lanes((0..<16).map { min(Float(k + $0) / 1024, 0.5) }[...])
      let (sine, cosine) = VectorFunctions.circular(r)
      for lane in 0..<16 {
        #expect(abs(Double(sine[lane]) - Double.sinPi(2 * Double(r[lane]))) <= 2e-7)
        #expect(abs(Double(cosine[lane]) - Double.cosPi(2 * Double(r[lane]))) <= 2e-7)
      }
    }
  }

  /// The reference on dual numbers gives value and slope, from other formulas.
  @Test(arguments: Activation.allCases)
  func valueAndSlopeAgreeWithTheReference(activation: Activation) {
    forEach { x, _ in
      let (value, slope) = activation(x)
      for lane in 0..<16 where abs(x[lane]) < 1e6 {
        let exact = activation.value(Dual<Double>(Double(x[lane]), 1))
        let scale = max(1, abs(Double(x[lane])))
        #expect(abs(Double(value[lane]) - exact.value) <= 4e-7 * scale, "\(activation)(\(x[lane]))")
        let isKink = activation == .relu && x[lane] == 0
        #expect(
          isKink || abs(Double(slope[lane]) - exact.derivative) <= 1e-6 * scale,
          "\(activation)'(\(x[lane]))")
      }
    }
  }

  @Test func referenceActivationsMatchTheLibraryFunctions() {
    for x in Self.points where abs(x) < 1e4 {
      let z = Double(x)
      let tanh = Activation.tanh.value(z)
      #expect(abs(tanh - Double.tanh(z)) <= 0x1p-50 * abs(tanh))
      let gelu = Activation.gelu.value(z)
      let exact = z * Double.erfc(-z / 2.0.squareRoot()) / 2
      #expect(abs(gelu - exact) <= 1e-9, "gelu(\(z))")
    }
  }
}
