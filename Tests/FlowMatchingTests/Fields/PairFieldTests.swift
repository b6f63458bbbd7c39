import FlowMatching
import Testing

@Suite struct PairFieldTests {
  @Test(arguments: 1...10)
  func onItsOwnMeanAPairMovesWithTheMeansSpeed(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let time = try Time(random.uniform(0.05...0.95))
    let (x0, x1) = (random.vector(3), random.vector(3))
    let mean = zip(x0, x1).map { time.remaining * $0 + time.t * $1 }
    let straight = zip(x0, x1).map { $1 - $0 }
    for kind in [PairField.icfm, .schrodingerBridge] {
      let got = try kind.velocity(sigma: 0.5, at: time, of: mean, from: x0, to: x1)
      #expect(relativeError(got, straight, floor: 1) <= 1e-13)
    }
  }

  @Test(arguments: 1...10)
  func theBridgesTubeWidensAsItsStd(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let time = try Time(random.uniform(0.05...0.95))
    let x = random.uniform(-2...2)
    let got = try PairField.schrodingerBridge.velocity(
      sigma: 0.7, at: time, of: [x], from: [0], to: [0])[0]
    // d log sqrt(t (1 - t)) / dt times the distance from the mean.
    let rate = (1 / time.t - 1 / time.remaining) / 2
    #expect(abs(got - rate * x) <= 1e-13 * abs(got))
  }

  @Test func theTrigonometricMeanIsAQuarterCircle() throws {
    let half = try PairField.vpTrigonometric.velocity(
      sigma: 0, at: try Time(0.5), of: [0], from: [1], to: [1])
    #expect(abs(half[0]) <= 1e-15)
    let start = try PairField.vpTrigonometric.velocity(
      sigma: 0, at: .start, of: [0], from: [5], to: [1])
    #expect(start == [Double.pi / 2])
    let end = try PairField.vpTrigonometric.velocity(
      sigma: 0, at: .end, of: [0], from: [5], to: [1])
    #expect(end == [-5 * Double.pi / 2])
  }

  @Test(arguments: [(0.5, 0.0), (0.0, 1.0), (1.0, 1.0)])
  func aBridgeWithoutWidthIsSingular(t: Double, sigma: Double) throws {
    let time = try Time(t)
    let error = failure {
      try PairField.schrodingerBridge.velocity(sigma: sigma, at: time, of: [0], from: [0], to: [0])
    }
    #expect(error?.code == .singular)
  }

  @Test(arguments: 1...6)
  func averagedOverTheNoiseThePairFieldIsTheMarginalFieldOfItsPath(seed: Int) throws {
    // x0 given (x, x1) is normal with mean (1-t)(x - t x1)/V and enters linearly.
    var random = SplitMix(seed: seed)
    let time = try Time(random.uniform(0.1...0.9))
    let (x, x1, s) = (random.uniform(-2...2), random.uniform(-2...2), 0.6)
    for (kind, path, tube) in [
      (PairField.icfm, try IndependentCouplingPath(sigma: s) as any ProbabilityPath, s * s),
      (.schrodingerBridge, try SchrodingerBridgePath(sigma: s), s * s * time.t * time.remaining),
    ] {
      let variance = time.remaining * time.remaining + tube
      let x0 = time.remaining * (x - time.t * x1) / variance
      let pair = try kind.velocity(sigma: s, at: time, of: [x], from: [x0], to: [x1])
      let field = try ConditionalField(path: path).velocity(at: time, of: [x], given: [x1])
      #expect(relativeError(pair, field, floor: 1) <= 1e-13, "\(kind)")
    }
  }
}
