import FlowMatching
import Foundation
import Testing

@Suite struct MarginalFieldTests {
  @Test(arguments: EveryPath.kinds, 1...4)
  func theSecondRoutesOfEveryQuantityAgree(kind: String, seed: Int) throws {
    var random = SplitMix(seed: seed)
    let path = try EveryPath.make(kind, seed: seed).path
    let target = try GaussianMixture(
      dimension: 3, means: random.vector(15), stds: [0.4, 0.6, 0.8, 1, 1.2],
      weights: [1, 2, 3, 4, 5])
    let field = MarginalField(path: path, target: target)
    let time = try Time(random.uniform(0.1...0.9))
    let s = path.schedule(at: time)
    let x = random.vector(3)
    func value(_ quantity: MarginalQuantity) throws -> [Double] {
      try field.value(of: quantity, at: time, of: x)
    }
    let (score, denoiser, velocity) = try (value(.score), value(.denoiser), value(.velocity))
    // Tweedie: x + v score = alpha D.
    #expect(
      relativeError(
        zip(x, score).map { $0 + s.variance * $1 }, denoiser.map { $0 * s.alpha },
        floor: 1 + s.variance) <= 1e-12)
    // The score as noise prediction, and v prediction from both.
    let noise = score.map { -s.sigma * $0 }
    #expect(relativeError(try value(.noisePrediction), noise, floor: 1) <= 1e-13)
    #expect(
      relativeError(
        try value(.vPrediction), zip(noise, denoiser).map { s.alpha * $0 - s.sigma * $1 },
        floor: 1 + s.sigma) <= 1e-13)
    let byScore = try Parameterisation.score.convert(
      score, to: .velocity, at: time, x: x, path: path)
    #expect(relativeError(byScore, velocity, floor: 1 + abs(s.sigmaDot)) <= 1e-10)
    // Trace, automatic Jacobian, and the covariance v/alpha dD/dx.
    let jacobian = try value(.jacobian)
    let trace = jacobian[0] + jacobian[4] + jacobian[8]
    let size = jacobian.map(abs).reduce(1, +)
    #expect(abs(try value(.divergence)[0] - trace) <= 1e-13 * size)
    let automatic = try field.automaticJacobians(of: .velocity, at: [time], of: x)
    #expect(relativeError(automatic, jacobian, floor: size) <= 1e-12)
    let spread = try field.automaticJacobians(of: .denoiser, at: [time], of: x)
    let covariance = try value(.posteriorCovariance)
    #expect(
      relativeError(spread.map { $0 * s.variance / s.alpha }, covariance, floor: 1 + s.variance)
        <= 1e-12)
    let gradient = try field.automaticJacobians(of: .logDensity, at: [time], of: x)
    #expect(relativeError(gradient, score, floor: 1) <= 1e-12)
    #expect(abs(try value(.posteriorWeights).reduce(-1, +)) <= 4e-16)
  }

  @Test func aPointMassIsSeenExactlyAtTheEndOnlyWithSpread() throws {
    let cloud = try PointCloud.target(dimension: 1, points: [0, 1])
    let field = MarginalField(path: try OptimalTransportPath(), target: cloud)
    #expect(failure { try field.value(of: .velocity, at: .end, of: [0.5]) }?.code == .singular)
    let smooth = MarginalField(path: try OptimalTransportPath(sigmaMin: 0.1), target: cloud)
    #expect(failure { try smooth.value(of: .velocity, at: .end, of: [0.5]) } == nil)
    let spread = MarginalField(
      path: try OptimalTransportPath(),
      target: try GaussianMixture(dimension: 1, means: [0, 1], stds: [0.2]))
    #expect(failure { try spread.value(of: .velocity, at: .end, of: [0.5]) } == nil)
  }

  @Test(arguments: ["vp", "ve", "linear_vp", "schrodinger_bridge"])
  func aSmoothTargetsVelocityIsFiniteWhereTheSlopeOfSigmaIsNot(kind: String) throws {
    let path = try EveryPath.make(kind, seed: 0).path
    let field = MarginalField(
      path: path, target: try GaussianMixture(dimension: 1, means: [0.5], stds: [2]))
    let s = path.schedule(at: .end)
    let got = try field.value(of: .velocity, at: .end, of: [1.75])[0]
    let expected = s.alphaDot * 1.75 + s.varianceDot / 2 * (1.75 - s.alpha * 0.5) / 4
    #expect(abs(got - expected) <= 8e-16 * (1 + abs(s.alphaDot) + abs(s.varianceDot)))
  }

  @Test func atTheNoiseTheDenoiserIsTheMeanOfTheData() throws {
    let target = try GaussianMixture(
      dimension: 2, means: [1, 2, 5, -2], stds: [0, 3], weights: [3, 1])
    let field = MarginalField(path: try OptimalTransportPath(), target: target)
    #expect(try field.value(of: .denoiser, at: .start, of: [7, -9]) == [2, 1])
    #expect(try field.value(of: .posteriorWeights, at: .start, of: [7, -9]) == [0.75, 0.25])
    #expect(try field.value(of: .velocity, at: .start, of: [7, -9]) == [2 - 7, 1 + 9])
  }

  #if arch(x86_64)
    /// A one-dimensional mixture by its definition: z holds the path's numbers, then x, then mean,
    /// std and weight of each component.
    private struct LiteralMixture {
      var logDensity, rate, velocity, score, denoiser, divergence, covariance: Float80

      init(_ n: PathNumbers, _ z: ArraySlice<Float80>) {
        let x = z.first!
        let table = Array(z.dropFirst())
        var terms: [(p: Float80, g: Float80, e: Float80, v: Float80, s: Float80, rate: Float80)] =
          []
        for k in 0..<table.count / 3 {
          let (m, s, w) = (table[3 * k], table[3 * k + 1], table[3 * k + 2])
          let v = n.alpha * n.alpha * s * s + n.variance
          let vDot = 2 * n.alpha * n.alphaDot * s * s + n.varianceDot
          let g = (x - n.alpha * m) / v
          let p = w * exp(-g * g * v / 2) / (2 * .pi * v).squareRoot()
          let rate = n.alphaDot * m * g + g * g * vDot / 2 - vDot / (2 * v)
          terms.append((p, g, (n.variance * m + n.alpha * s * s * x) / v, v, s, rate))
        }
        let total = terms.reduce(0) { $0 + $1.p }
        let mass = (0..<table.count / 3).reduce(Float80(0)) { $0 + table[3 * $1 + 2] }
        func mean(
          _ part: ((p: Float80, g: Float80, e: Float80, v: Float80, s: Float80, rate: Float80))
            -> Float80
        ) -> Float80 { terms.reduce(0) { $0 + $1.p / total * part($1) } }
        let (data, pull) = (mean { $0.e }, mean { $0.g })
        let spread = mean { $0.s * $0.s / $0.v }
        let cross = mean { ($0.e - data) * ($0.g - pull) }
        let square = mean { ($0.g - pull) * ($0.g - pull) }
        logDensity = log(total / mass)
        rate = mean { $0.rate }
        denoiser = data
        score = -pull
        covariance = n.variance * spread + mean { ($0.e - data) * ($0.e - data) }
        velocity = n.alphaDot * data + n.varianceDot / 2 * pull
        divergence =
          n.alphaDot * (n.alpha * spread - cross)
          + n.varianceDot / 2 * (mean { 1 / $0.v } - square)
      }
    }

    @Test(arguments: EveryPath.kinds, 1...6)
    func theFieldsOfASingleGaussianMatchTheirClosedForms(kind: String, seed: Int) throws {
      try compare(kind, seed: seed, components: 1)
    }

    @Test(arguments: EveryPath.kinds, 1...6)
    func theFieldsOfAMixtureMatchTheirDefinitions(kind: String, seed: Int) throws {
      try compare(kind, seed: seed, components: 3)
    }

    private func compare(_ kind: String, seed: Int, components: Int) throws {
      let (path, pathNumbers) = try EveryPath.make(kind, seed: seed)
      var random = SplitMix(seed: 100 * seed + components)
      for _ in 0..<20 {
        let time = try Time(random.uniform(0.02...0.98))
        let s = path.schedule(at: time)
        let means = random.vector(components)
        let stds = (0..<components).map { _ in random.power(-3...1) }
        let weights = (0..<components).map { _ in random.uniform(0.1...2) }
        let x = s.alpha * random.uniform(-2...2) + s.sigma * random.uniform(-2...2)
        let field = MarginalField(
          path: path,
          target: try GaussianMixture(dimension: 1, means: means, stds: stds, weights: weights))
        let numbers =
          pathNumbers + [x] + (0..<components).flatMap { [means[$0], stds[$0], weights[$0]] }
        let k = pathNumbers.count
        func check(
          _ quantity: MarginalQuantity, _ part: @escaping (LiteralMixture) -> Float80
        ) throws {
          let got = try field.value(of: quantity, at: time, of: [x])[0]
          let error = Precise.error(of: got, budget: 8, at: time, numbers) { t, r, z in
            part(LiteralMixture(PathNumbers(kind, t, r, Array(z[..<k])), z[k...]))
          }
          #expect(error <= 1, "\(quantity) at \(time), \(numbers)")
        }
        try check(.logDensity) { $0.logDensity }
        try check(.logDensityRate) { $0.rate }
        try check(.velocity) { $0.velocity }
        try check(.score) { $0.score }
        try check(.denoiser) { $0.denoiser }
        try check(.divergence) { $0.divergence }
        try check(.posteriorCovariance) { $0.covariance }
      }
    }

    @Test(arguments: EveryPath.kinds, 1...6)
    func theFieldsOfACorrelatedGaussianMatchTheirClosedForms(kind: String, seed: Int) throws {
      let (path, pathNumbers) = try EveryPath.make(kind, seed: seed)
      var random = SplitMix(seed: 300 + seed)
      for _ in 0..<20 {
        let time = try Time(random.uniform(0.02...0.98))
        let (m, x) = (random.vector(2), random.vector(2))
        let (a, c) = (random.uniform(0.1...2), random.uniform(0.1...2))
        let b = random.uniform(-0.9...0.9) * (a * c).squareRoot()
        let field = MarginalField(
          path: path,
          target: try GaussianMixture(dimension: 2, means: m, covariances: [[a, b, b, c]]))
        let k = pathNumbers.count
        let numbers = pathNumbers + x + m + [a, b, c]
        /// Velocity, score, log density and divergence through the explicit inverse.
        func closed(_ t: Float80, _ r: Float80, _ z: [Float80]) -> [Float80] {
          let n = PathNumbers(kind, t, r, Array(z[..<k]))
          let (x, m, s) = (Array(z[k..<k + 2]), Array(z[k + 2..<k + 4]), Array(z[(k + 4)...]))
          let square = n.alpha * n.alpha
          let (p, q, w) = (square * s[0] + n.variance, square * s[1], square * s[2] + n.variance)
          let determinant = p * w - q * q
          let (dx, dy) = (x[0] - n.alpha * m[0], x[1] - n.alpha * m[1])
          let g = [(w * dx - q * dy) / determinant, (p * dy - q * dx) / determinant]
          let (cross, half) = (n.alpha * n.alphaDot, n.varianceDot / 2)
          let u = [
            n.alphaDot * m[0] + cross * (s[0] * g[0] + s[1] * g[1]) + half * g[0],
            n.alphaDot * m[1] + cross * (s[1] * g[0] + s[2] * g[1]) + half * g[1],
          ]
          let trace = (s[0] * w - 2 * s[1] * q + s[2] * p) / determinant
          return u + [
            -g[0], -g[1],
            -(dx * g[0] + dy * g[1] + log(4 * .pi * .pi * determinant)) / 2,
            cross * trace + half * (p + w) / determinant,
          ]
        }
        let got =
          try field.value(of: .velocity, at: time, of: x) + field.value(of: .score, at: time, of: x)
          + field.value(of: .logDensity, at: time, of: x)
          + field.value(of: .divergence, at: time, of: x)
        for i in got.indices {
          let ratio = Precise.judge(of: got[i], budget: 8, at: time, numbers) {
            closed($0, $1, $2)[i]
          }
          #expect(ratio.error <= ratio.allowance, "number \(i) at \(time), \(numbers)")
        }
      }
    }
  #endif
}
