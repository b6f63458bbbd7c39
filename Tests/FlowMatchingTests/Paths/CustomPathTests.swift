import FlowMatching
import Testing

/// A path as its user would write it.
private struct SmoothStepPath: AffinePath {
  let kind = "smooth_step"
  func alpha<S: Scalar>(_ time: Time<S>) -> S {
    time.t * time.t * (S(3) - time.t.scaled(by: 2))
  }
  func sigma<S: Scalar>(_ time: Time<S>) -> S {
    time.remaining * time.remaining * (S(1) + time.t.scaled(by: 2))
  }
}

@Suite struct CustomPathTests {
  private let closures = CustomPath(
    alpha: { $0.t }, sigma: { $0.remaining.addingProduct($0.t, constant: 0.01) })

  @Test(arguments: 1...10)
  func closuresOfTheOptimalTransportPathGiveItsBits(seed: Int) throws {
    let built = try OptimalTransportPath(sigmaMin: 0.01)
    var random = SplitMix(seed: seed)
    for time in try [.start, .end, random.time(), random.time(), random.time()] {
      let (a, b) = (closures.schedule(at: time), built.schedule(at: time))
      #expect(
        bits([a.alpha, a.sigma, a.variance, a.alphaDot, a.sigmaDot, a.varianceDot])
          == bits([b.alpha, b.sigma, b.variance, b.alphaDot, b.sigmaDot, b.varianceDot]))
    }
  }

  @Test(arguments: 1...10)
  func closuresCarryDerivativesOfTheirDerivatives(seed: Int) throws {
    let path = CustomPath(alpha: { $0.t * $0.t }, sigma: { $0.remaining * $0.remaining })
    var random = SplitMix(seed: seed)
    let time = try random.time()
    let moving = path.schedule(at: time.differentiated)
    #expect(moving.alpha.derivative == 2 * time.t)
    #expect(moving.alphaDot.derivative == 2)
    #expect(moving.sigmaDot.derivative == 2)
    let square = 12 * time.remaining * time.remaining
    #expect(abs(moving.varianceDot.derivative - square) <= 1e-14 * square)
  }

  @Test func aVarianceGivenDirectlyKeepsItsSlopeWhereSigmaIsZero() {
    let path = CustomPath(
      alpha: { $0.t }, sigma: { Jet.sqrt($0.remaining) }, variance: { $0.remaining })
    let end = path.schedule(at: Time<Double>.end)
    #expect(end.varianceDot == -1)
    #expect(end.sigmaDot == -.infinity)
  }

  @Test(arguments: [-30.0, -3, -0.5, 0, 0.5, 3, 30])
  func aPathWithoutAClosedFormInvertsItsLogSNRByBisection(logSNR: Double) throws {
    for path in [SmoothStepPath(), CosineByClosures.path] as [any ProbabilityPath] {
      let time = try path.time(atLogSNR: logSNR)
      let back = path.logSNR(at: time)
      #expect(abs(back - logSNR) <= 8 * 0x1p-53 * (1 + abs(logSNR)))
    }
    let expected = try CosinePath().time(atLogSNR: logSNR)
    let found = try CosineByClosures.path.time(atLogSNR: logSNR)
    #expect(relativeError([found.t, found.remaining], [expected.t, expected.remaining]) <= 1e-14)
  }

  @Test(arguments: 1...10)
  func aUsersPathSatisfiesTheContinuityEquation(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let target = try GaussianMixture(
      dimension: 2, means: random.vector(6), stds: [0.3, 0.5, 0.7])
    for path in [SmoothStepPath(), closures] as [any ProbabilityPath] {
      let field = MarginalField(path: path, target: target)
      for method in ResidualMethod.allCases {
        let times = try (0..<9).map { _ in try Time(random.uniform(0.05...0.95)) }
        let points = random.vector(18)
        for (residual, scale) in try field.continuityResiduals(
          at: times, of: points, method: method)
        {
          #expect(abs(residual) <= 200 * 0x1p-53 * scale, "\(path.kind), \(method)")
        }
      }
    }
  }

  private enum CosineByClosures {
    static let path = CustomPath(
      alpha: { Jet.sinPi($0.t.scaled(by: 0.5)) }, sigma: { Jet.sinPi($0.remaining.scaled(by: 0.5)) }
    )
  }
}
