import RealModule
import Testing

@testable import FlowMatching

struct RandomNormalTests {
  /// Each bin's count is binomial; 20 bins, six standard deviations: a false alarm in 2.5e7 runs.
  @Test(arguments: 0..<4 as Range<UInt64>)
  func normalVariatesFillTheQuantilesEvenly(_ seed: UInt64) {
    let count = 100_000
    let bounds = (1..<10).map { NormalTail.bound(twoSided: 1 - Double($0) / 10) }
    var bins = [Int](repeating: 0, count: 20)
    for z in RandomStream(seed: seed).normals(count, at: 7) {
      let bin = bounds.firstIndex { abs(z) < $0 } ?? 9
      bins[z < 0 ? bin : 10 + bin] += 1
    }
    let expected = Double(count) / 20
    for bin in bins {
      #expect(abs(Double(bin) - expected) < 6 * (expected * 0.95).squareRoot())
    }
  }

  @Test func normalsAtAPositionAreTheSameAloneAndInARow() {
    let random = RandomStream(seed: 11, stream: 5)
    let row = random.normals(7, at: 100)
    #expect(row.count == 7)
    #expect(row[4] == random.normals(at: 102).0)
    #expect(row[6] == random.normals(at: 103).0)
  }

  @Test func tailBoundsAreTheTabulatedOnes() {
    #expect(abs(NormalTail.bound(twoSided: 0.05) - 1.959963984540054) < 1e-12)
    #expect(abs(NormalTail.bound(twoSided: 1e-9) - 6.109410204869) < 1e-9)
    #expect(NormalTail.bound(twoSided: 1) == 0)
    #expect(NormalTail.bound(twoSided: 0) == .infinity)
  }
}
