import FlowMatching
import Testing

struct FullCovarianceFamilyTests {
  /// Closed forms of `-V^-1 x` for S = [[1, 1/2], [1/2, 2]] on the path `ot`, to 20 digits.
  @Test(arguments: [
    (1e-8, -1000.0000200000002, -0.0010000000199500001188),
    (1e-4, -1000.2000199999946229, -0.00099519800964598895564),
    (0.03, -1061.796801450049271, 0.50579034756817877963),
  ])
  func theScoreKeepsTheDigitsOfASmallAxisBesideALargeOne(
    t: Double, first: Double, second: Double
  ) throws {
    let target = try GaussianMixture(
      dimension: 2, means: [0, 0], covariances: [[1, 0.5, 0.5, 2]])
    let field = MarginalField(path: try OptimalTransportPath(), target: target)
    let score = try field.value(of: .score, at: try Time(t), of: [1000, 1e-3])
    // What moving an entry of S or the time by u of itself does to the second component.
    let coupling = 1000 * t * t
    #expect(abs(score[0] - first) <= 8 * 0x1p-53 * 2 * abs(first))
    #expect(abs(score[1] - second) <= 8 * 0x1p-53 * (2 * abs(second) + 4 * coupling))
  }
}
