import FlowMatching
import Foundation
import Testing

@Suite struct ConditionalFieldTests {
  @Test(arguments: EveryPath.kinds, 1...4)
  func theVelocityIsTheSpeedOfTheFlow(kind: String, seed: Int) throws {
    let field = ConditionalField(path: try EveryPath.make(kind, seed: seed).path)
    var random = SplitMix(seed: seed)
    let time = try Time(random.uniform(0.1...0.9))
    let (x0, x1) = (random.vector(3), random.vector(3))
    let x = try field.flow(at: time, from: x0, given: x1)
    let got = try field.velocity(at: time, of: x, given: x1)
    let s = field.path.schedule(at: time)
    let expected = zip(x0, x1).map { s.sigmaDot * $0 + s.alphaDot * $1 }
    // Going back from x to x0 divides by sigma.
    #expect(relativeError(got, expected, floor: 10) <= 1e-12 / min(1, s.sigma))
  }

  @Test(arguments: EveryPath.kinds)
  func theFlowExistsAtBothEnds(kind: String) throws {
    let field = ConditionalField(path: try EveryPath.make(kind, seed: 0).path)
    for time in [Time.start, Time.end] {
      let s = field.path.schedule(at: time)
      let got = try field.flow(at: time, from: [1, -2], given: [0.5, 3])
      let expected = [s.sigma + s.alpha * 0.5, s.alpha * 3 - s.sigma * 2]
      #expect(relativeError(got, expected) <= 0x1p-51)
    }
  }

  @Test(arguments: EveryPath.kinds)
  func velocityScoreAndDensityAreSingularWhereSigmaIsZero(kind: String) throws {
    let field = ConditionalField(path: try EveryPath.make(kind, seed: 0).path)
    let singular = field.path.schedule(at: .end).sigma == 0
    let expected: FlowError.Code? = singular ? .singular : nil
    #expect(failure { try field.velocity(at: .end, of: [1], given: [2]) }?.code == expected)
    #expect(failure { try field.score(at: .end, of: [1], given: [2]) }?.code == expected)
    #expect(failure { try field.logDensity(at: .end, of: [1], given: [2]) }?.code == expected)
  }

  @Test func theVelocityIsSingularWhereThePathStartsInfinitelyFast() throws {
    let field = ConditionalField(path: try PolynomialPath(exponent: 0.5))
    #expect(failure { try field.velocity(at: .start, of: [1], given: [2]) }?.code == .singular)
    #expect(failure { try field.score(at: .start, of: [1], given: [2]) } == nil)
  }

  @Test(arguments: 1...10)
  func theScoreIsTheGradientOfTheLogDensity(seed: Int) throws {
    var random = SplitMix(seed: seed)
    let field = ConditionalField(path: try OptimalTransportPath(sigmaMin: 0.1))
    let time = try Time(random.uniform(0...1))
    let (x, x1) = (random.vector(3), random.vector(3))
    let score = try field.score(at: time, of: x, given: x1)
    for i in x.indices {
      let h = 0x1p-14
      var (up, down) = (x, x)
      up[i] += h
      down[i] -= h
      let rise = try field.logDensity(at: time, of: up, given: x1)
      let fall = try field.logDensity(at: time, of: down, given: x1)
      // Exact for a quadratic, up to rounding.
      #expect(abs((rise - fall) / (2 * h) - score[i]) <= 1e-8 * (1 + abs(score[i])))
    }
  }

  #if arch(x86_64)
    @Test(arguments: 1...40)
    func optimalTransportVelocityIsEquation21(seed: Int) throws {
      try check("ot", seed) { t, r, z in (z[2] - (1 - z[0]) * z[1]) / (r + z[0] * t) }
    }

    @Test(arguments: 1...40)
    func variancePreservingVelocityIsEquation19(seed: Int) throws {
      try check("vp", seed) { t, r, z in
        let n = PathNumbers("vp", t, r, [z[0], z[1]])
        let beta = z[0] + r * (z[1] - z[0])
        return beta * n.alpha * (z[3] - n.alpha * z[2]) / (2 * n.variance)
      }
    }

    @Test(arguments: 1...40)
    func varianceExplodingVelocityIsEquation17(seed: Int) throws {
      // sigma'/sigma of sigma^2 = sigma_min^2 (exp(2 r L) - 1), divided out.
      try check("ve", seed) { _, r, z in
        let rate = log(z[1] / z[0])
        return rate / expm1(-2 * r * rate) * (z[2] - z[3])
      }
    }

    /// One axis against a closed form of t, 1 - t, the parameters, x and x1.
    private func check(
      _ kind: String, _ seed: Int, _ velocity: (Float80, Float80, [Float80]) -> Float80
    ) throws {
      let (path, numbers) = try EveryPath.make(kind, seed: seed)
      let field = ConditionalField(path: path)
      var random = SplitMix(seed: seed)
      for _ in 0..<50 {
        let time = try random.time()
        let (x, x1) = (random.uniform(-3...3), random.uniform(-3...3))
        let got = try field.velocity(at: time, of: [x], given: [x1])[0]
        let error = Precise.error(of: got, budget: 4, at: time, numbers + [x, x1], velocity)
        #expect(error <= 1, "\(kind) at \(time), x = \(x), x1 = \(x1)")
      }
    }

    @Test(arguments: EveryPath.kinds, 1...4)
    func everyConditionalQuantityKeepsItsBudget(kind: String, seed: Int) throws {
      let (path, numbers) = try EveryPath.make(kind, seed: seed)
      let field = ConditionalField(path: path)
      var random = SplitMix(seed: 50 + seed)
      let k = numbers.count
      for _ in 0..<100 {
        let time = try random.time()
        let (x, x1) = (random.uniform(-3...3), random.uniform(-3...3))
        func check(
          _ name: String, _ got: Double, _ part: (PathNumbers, Float80, Float80) -> Float80
        ) {
          let error = Precise.error(of: got, budget: 4, at: time, numbers + [x, x1]) { t, r, z in
            part(PathNumbers(kind, t, r, Array(z[..<k])), z[k], z[k + 1])
          }
          #expect(error <= 1, "\(name) at \(time), \(numbers), x = \(x), x1 = \(x1)")
        }
        check("velocity", try field.velocity(at: time, of: [x], given: [x1])[0]) { n, x, x1 in
          n.alphaDot * x1 + n.varianceDot / (2 * n.variance) * (x - n.alpha * x1)
        }
        check("score", try field.score(at: time, of: [x], given: [x1])[0]) { n, x, x1 in
          -(x - n.alpha * x1) / n.variance
        }
        check("log density", try field.logDensity(at: time, of: [x], given: [x1])) { n, x, x1 in
          let difference = x - n.alpha * x1
          return -difference * difference / (2 * n.variance) - log(2 * .pi * n.variance) / 2
        }
        check("flow", try field.flow(at: time, from: [x], given: [x1])[0]) { n, x, x1 in
          n.sigma * x + n.alpha * x1
        }
      }
    }
  #endif
}
