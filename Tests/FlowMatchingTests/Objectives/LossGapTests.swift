import FlowMatching
import RealModule
import Testing

@Suite struct LossGapTests {
  @Test(arguments: EveryPath.kinds, 0...3)
  func theGapOfOneGaussianIsItsClosedForm(kind: String, seed: Int) throws {
    let path = try EveryPath.make(kind, seed: seed).path
    var random = SplitMix(seed: seed)
    let time = try Time(random.uniform(0.1...0.9))
    let s = path.schedule(at: time)
    let std = 0.7
    for d in [1, 2, 5] {
      let target = try GaussianMixture(dimension: d, means: random.vector(d), stds: [std])
      let got = try LossGap(path: path, target: target).value(at: time)
      let variance = s.alpha * s.alpha * std * std + s.variance
      let expected = Double(d) * s.determinant * s.determinant * std * std / variance
      #expect(abs(got.value - expected) <= 1e-13 * expected)
      #expect(got.standardError == 0)
    }
  }

  @Test(arguments: [1, 2])
  func quadratureSeesOneGaussianInEqualParts(d: Int) throws {
    let path = try OptimalTransportPath()
    let time = try Time(0.6)
    let means = [Double](repeating: 0.5, count: d)
    let one = try GaussianMixture(dimension: d, means: means, stds: [0.4])
    let three = try GaussianMixture(
      dimension: d, means: means + means + means, stds: [0.4], weights: [1, 2, 3])
    let closed = try LossGap(path: path, target: one).value(at: time)
    let integrated = try LossGap(path: path, target: three).value(at: time)
    #expect(abs(integrated.value - closed.value) <= 1e-13 * closed.value)
  }

  /// A component sixteen times narrower than the one around it; the value is from 110 digits.
  @Test func aNarrowComponentIsSeenToTheLastDigit() throws {
    let target = try GaussianMixture(
      dimension: 1, means: [-1, 1.5], stds: [0.5, 0.03], weights: [1, 0.1])
    let gap = try LossGap(path: OptimalTransportPath(sigmaMin: 0.1), target: target)
      .value(at: Time(0.99)).value
    #expect(abs(gap - 0.89146788127970748941) <= 4 * 0x1p-53)
  }

  @Test func samplingAgreesWithQuadratureWithinItsError() throws {
    // Axes on which nothing happens add the gap of one Gaussian each.
    let path = try OptimalTransportPath()
    let time = try Time(0.5)
    let line = try GaussianMixture(dimension: 1, means: [-1, 1], stds: [0.5], weights: [1, 2])
    let space = try GaussianMixture(
      dimension: 3, means: [-1, 0, 0, 1, 0, 0], stds: [0.5], weights: [1, 2])
    let still = try GaussianMixture(dimension: 1, means: [0], stds: [0.5])
    let expected =
      try LossGap(path: path, target: line).value(at: time).value
      + 2 * LossGap(path: path, target: still).value(at: time).value
    let got = try LossGap(path: path, target: space).value(at: time, samples: 4096, seed: 1)
    #expect(got.standardError > 0 && got.standardError < 1e-2 * expected)
    #expect(abs(got.value - expected) <= 6 * got.standardError)
  }

  @Test(arguments: [0.125, 0.25, 0.5])
  func theGapOfEightGaussiansExistsAndAgreesWithSampling(t: Double) throws {
    // The same mixture with a third axis on which nothing happens goes the other way, by sampling.
    let path = try OptimalTransportPath()
    let time = try Time(t)
    var means: [Double] = []
    for k in 0..<8 {
      let turn = Double(k) / 4
      means += [4 * Double.cosPi(turn), 4 * Double.sinPi(turn), 0]
    }
    let space = try GaussianMixture(dimension: 3, means: means, stds: [0.3])
    let still = try GaussianMixture(dimension: 1, means: [0], stds: [0.3])
    let plane = try LossGap(path: path, target: Preset.eightGaussians()).value(at: time)
    let expected = try plane.value + LossGap(path: path, target: still).value(at: time).value
    let got = try LossGap(path: path, target: space).value(at: time, samples: 16384, seed: 2)
    #expect(plane.standardError == 0)
    #expect(abs(got.value - expected) <= 6 * got.standardError)
  }

  @Test func theGapOfFarPointsComesFromTheMiddleBetweenThem() throws {
    // Nine stds from either of -3 and 3. A quadrature of 40 digits; d log(gap)/d log t is about 10^2.
    let target = try PointCloud.target(dimension: 1, points: [-3, 3])
    let gap = LossGap(path: try OptimalTransportPath(), target: target)
    let expected = 5.0913027215783501283e-17
    let got = try gap.value(at: Time(0.75)).value
    #expect(abs(got - expected) <= 8 * 0x1p-53 * 100 * expected)
  }

  @Test func theGapIsInfiniteAtTheDataWhereTheSlopeOfSigmaIs() throws {
    let gap = LossGap(path: try VariancePreservingPath(), target: try Preset.eightGaussians())
    #expect(failure { try gap.value(at: .end) }?.code == .singular)
  }
}
