import Testing

@testable import FlowMatching

/// Boxes next to the centre that they mirror each other in, by values of many digits.
struct MirroredBoxesTests {
  struct Boxed: Sendable {
    let lower: [[Double]]
    let upper: [[Double]]
    let weights: [Double]
    let t: Double
    let x: [Double]
    let denoiser: [Double]
    let negativeScore: [Double]
    /// What rounding x or an edge moves the denoiser by, in u.
    var moved = 0.0
  }

  /// Values of 110 digits: an edge at the centre, boxes across it, narrow ones, and pairs in whose comparison one axis is
  /// for the first and the other for the second.
  static func boxed() -> [Boxed] {
    let corners: [[Double]] = [
      [-4, -4], [-4, 0], [-2, -2], [-2, 2], [0, -4], [0, 0], [2, -2], [2, 2],
    ]
    func board(_ t: Double, _ x: [Double], _ denoiser: [Double], _ negativeScore: [Double])
      -> Boxed
    {
      Boxed(
        lower: corners, upper: corners.map { $0.map { $0 + 2 } },
        weights: corners.map { _ in 1 }, t: t, x: x, denoiser: denoiser,
        negativeScore: negativeScore)
    }
    return [
      board(
        0.5, [1e-12, -3e-13], [1.794466846326343098519519e-12, 7.861487383853079359826744e-14],
        [4.110663073473137225075533e-13, -1.357229747677061522670834e-12]),
      board(
        0.03, [1e-12, -3e-13], [1.602169757988336637177938e-13, -1.929020815089651215501632e-14],
        [1.05770378438307468155476e-12, -3.182286042676937908809964e-13]),
      board(
        0.9375, [0x1p-40, 0x1p-42],
        [1.124528297894377548333782e-12, 8.601343844857972416750145e-13],
        [-3.705614784078098269385779e-11, -1.48224591363123930775441e-10]),
      Boxed(
        lower: [[-3], [-0.5], [-1], [0.25]], upper: [[-0.25], [1], [0.5], [3]],
        weights: [1, 2, 2, 1], t: 0.5, x: [1e-12], denoiser: [7.68417782455812506763294e-13],
        negativeScore: [2.463164435088374906020003e-12]),
      Boxed(
        lower: [[-1], [-10]], upper: [[10], [1]], weights: [1, 1], t: 0.9375, x: [1e-12],
        denoiser: [1.066666666666666645212424e-12], negativeScore: [2.123792467140255762421649e-58]),
      Boxed(
        lower: [[0.5], [-0.5009765625], [-0.125]], upper: [[0.5009765625], [-0.5], [0.125]],
        weights: [1, 1, 1], t: 0.25, x: [1e-12], denoiser: [7.465941125818827929606418e-14],
        negativeScore: [1.744595817218582951222456e-12]),
      Boxed(
        lower: [[100, -100.5], [-100.25, 100]], upper: [[100.25, -100], [-100, 100.5]],
        weights: [1, 1], t: 0.03125, x: [0.5, 0.5 - 0x1p-20],
        denoiser: [-0.2052516997663737829820533, 0.2059382315105099753428447],
        negativeScore: [0.5396129598257273268006511, 0.5259198751604200632560135],
        moved: 100 * 0.03125 * 100 * 0.5 / 0.96875 / 0.96875 * 2),
      Boxed(
        lower: [[10000, -10000.5], [-10000.25, 10000]],
        upper: [[10000.25, -10000], [-10000, 10000.5]], weights: [1, 1], t: 0.5,
        x: [0x1p-11, 0.0004882802255451679],
        denoiser: [0.2048909705008240903765221, -0.2048909704812928620374922],
        negativeScore: [-0.4078288160016481807530442, 0.4117350618647663956367747],
        moved: 10000 * 0.5 * 10000 * 0x1p-11 / 0.25 * 2),
    ]
  }

  /// Deep inside a box the density is flat, on either side of the middle and so near to it that both edges are as far.
  @Test(arguments: [(44, 1e-12, 1e-22), (1, 1e-12, 9e-18), (1e12, 0.5, 1e-6)])
  func bothSidesOfTheMiddleOfAWideBoxAreFlat(half: Double, sigma: Double, x: Double) throws {
    let s = LineTargetTests.schedule(1 - sigma, sigma)
    let one = try UniformBoxes(dimension: 1, lower: [-half], upper: [half])
    let three = try UniformBoxes(
      dimension: 1, lower: [0, -half - 1, -half], upper: [half + 1, 0, half])
    for target in [one, three] {
      for x in [x, -x] {
        let found = try SymmetryTests.posterior(target, [x], s)
        #expect(abs(found.denoiser[0] - x / s.alpha) <= 4 * 0x1p-53 * abs(x / s.alpha))
        #expect(abs(found.negativeScore[0]) <= 4 * 0x1p-53 * abs(x) / s.variance)
      }
    }
  }

  @Test func boxesKeepTheirDigitsNextToTheirCentre() throws {
    for (n, boxed) in Self.boxed().enumerated() {
      let target = try UniformBoxes(
        dimension: boxed.x.count, lower: boxed.lower.flatMap { $0 },
        upper: boxed.upper.flatMap { $0 }, weights: boxed.weights)
      let s = LineTargetTests.schedule(boxed.t, 1 - boxed.t)
      let found = try SymmetryTests.posterior(target, boxed.x, s)
      let size = boxed.denoiser.map { abs($0) }.max()!
      let steepness =
        max(boxed.negativeScore.map { abs($0) }.max()!, boxed.x.map { abs($0) }.max()! / s.variance)
      let turned = boxed.moved * s.alpha / s.variance
      for i in boxed.x.indices {
        #expect(
          abs(found.denoiser[i] - boxed.denoiser[i]) <= 0x1p-53 * (24 * size + 8 * boxed.moved),
          "\(n)")
        #expect(
          abs(found.negativeScore[i] - boxed.negativeScore[i])
            <= 0x1p-53 * (24 * steepness + 8 * turned), "\(n)")
      }
    }
  }

  /// Deep inside boxes that are wide the score is as small as the density at their edges, and has its digits.
  @Test func scoresInsideWideBoxesAreAsSmallAsTheDensityAtTheirEdges() throws {
    let target = try UniformBoxes(dimension: 1, lower: [-1, -10], upper: [10, 1])
    let found = try SymmetryTests.posterior(
      target, [1e-12], LineTargetTests.schedule(0.9375, 0.0625))
    // 110 digits; rounding sigma moves the exponent, -112.5, by 225 u.
    let right = 2.123792467140255762421649e-58
    #expect(abs(found.negativeScore[0] - right) <= 8 * 226 * 0x1p-53 * right)
  }
}
