import FlowMatching
import Testing

@testable import FlowConformance

@Suite struct LinearInTimeTests {
  /// `u = (A + t N) x + b`, by hand, for two rows at two times and for both at one.
  @Test func everyRowIsSeenAtItsOwnTime() throws {
    let field = try LinearInTime(matrix: [1, 2, 0, -1], rate: [0, 4, 8, 0], offset: [0.5, 0])
    let points = [1.0, 1, 2, -1]
    let times = [try Time(0.25), try Time(0.5)]
    #expect(try field.velocities(at: times, of: points) == [4.5, 1, -1.5, 9])
    #expect(try field.velocities(at: [times[0]], of: points) == [4.5, 1, -0.5, 5])
    #expect(try field.jacobians(at: times, of: points) == [1, 3, 2, -1, 1, 4, 4, -1])
    #expect(
      try field.jacobianProducts(at: times, of: points, along: [0, 1, 1, 0]).products
        == [3, -1, 1, 4])
    #expect(try field.timeDerivatives(at: times, of: points) == [4, 8, -4, 16])
  }
}
