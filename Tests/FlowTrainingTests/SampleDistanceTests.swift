import FlowMatching
import RealModule
import Testing

@testable import FlowTraining

@Suite struct SampleDistanceTests {
  private func normals(_ count: Int, _ stream: UInt64, mean: Double = 0, std: Double = 1)
    -> [Double]
  {
    RandomStream(seed: 5, stream: stream).normals(count, at: 0).map { mean + std * $0 }
  }

  /// Of N(0, 1) and N(a, 1): `2 E|N(a, 2)| - 2 E|N(0, 2)|`, `E|N(a, v)|` in closed form.
  @Test func energyOfTwoNormalsOnALineIsItsClosedForm() {
    func absolute(_ a: Double) -> Double {
      2 / Double.pi.squareRoot() * Double.exp(-a * a / 4) + a * Double.erf(a / 2)
    }
    let a = 1.5
    let exact = 2 * absolute(a) - 2 * absolute(0)
    let found = SampleDistance.energy(normals(2000, 1), normals(2000, 2, mean: a), dimension: 1)
    #expect(abs(found - exact) < 0.1 * exact)
    let none = SampleDistance.energy(normals(2000, 3), normals(2000, 4), dimension: 1)
    #expect(abs(none) < 0.01)
  }

  /// A shift by v moves every projection by its part of v: the mean square is |v|^2/d.
  @Test(arguments: [1, 2, 5])
  func slicedDistanceOfAShiftIsItsLengthOverRootD(d: Int) throws {
    let a = normals(300 * d, 7)
    var b = a
    for row in 0..<300 { b[row * d] += 3 }
    let found = try SampleDistance.slicedWasserstein(a, b, dimension: d, directions: 512)
    #expect(abs(found - 3 / Double(d).squareRoot()) < (d > 2 ? 0.15 : 1e-9))
    #expect(try SampleDistance.slicedWasserstein(a, a, dimension: d) == 0)
    #expect(throws: FlowError.self) {
      try SampleDistance.slicedWasserstein(a, Array(a.dropLast(d)), dimension: d)
    }
  }
}
