import FlowMatching
import RealModule
import Testing

@testable import FlowIntegration

@Suite struct StochasticSamplerTests {
  @Test func withoutNoiseItIsTheFlow() throws {
    let field = MarginalField(path: CosinePath(), target: try Preset.eightGaussians())
    let points = RandomStream(seed: 1).normals(2 * 9, at: 0)
    for (scheme, solver) in [
      (StochasticSampler.Scheme.eulerMaruyama, Solver.euler), (.heun, .heun),
    ] {
      let sampled = try StochasticSampler(
        of: field, scheme: scheme, steps: 16, diffusion: { _ in 0 }
      ).samples(from: 0, to: 1, at: points, seed: 5)
      let flowed = try Flow(of: field, solver: solver, steps: .fixed(steps: 16))
        .solutions(from: 0, to: 1, at: points).flatMap(\.x)
      #expect(distance(sampled, flowed) < 1e-12)
    }
  }

  @Test func aSampleDependsOnItsSeedAndPlaceAlone() throws {
    let field = MarginalField(path: CosinePath(), target: try Preset.eightGaussians())
    let sampler = try StochasticSampler(of: field, steps: 8, diffusion: { 1 - $0.t })
    let points = RandomStream(seed: 1).normals(2 * 20, at: 0)
    let all = try sampler.samples(from: 0, to: 1, at: points, seed: 5)
    let some = try sampler.samples(from: 0, to: 1, at: Array(points[..<6]), seed: 5)
    #expect(Array(all[..<6]) == some)
    #expect(try sampler.samples(from: 0, to: 1, at: points, seed: 6) != all)
    #expect(throws: FlowError.self) {
      try StochasticSampler(of: field, steps: 8, diffusion: { _ in -1 })
        .samples(from: 0, to: 1, at: points, seed: 5)
    }
    #expect(throws: FlowError.self) { try sampler.samples(from: 1, to: 0, at: points, seed: 5) }
  }

  /// The samples of three diffusions have the moments of the target: each mean and mean square within
  /// 5 standard errors (12 statistics: a false alarm in 1.5e5 draws), the bias of 200 steps being
  /// well below one.
  @Test(arguments: [0.5, 1.0, 2.0]) func momentsAreThoseOfTheTarget(g: Double) throws {
    let target = try Preset.eightGaussians(radius: 2, std: 0.5)
    let field = MarginalField(path: try OptimalTransportPath(), target: target)
    let count = 3000
    let noise = RandomStream(seed: 21).normals(2 * count, at: 0)
    let x = try StochasticSampler(of: field, steps: 200, diffusion: { _ in g })
      .samples(from: 0, to: 1, at: noise, seed: 22)
    let truth = try #require(target.rawMoments)
    for axis in 0..<2 {
      for (power, expected) in [(1, truth.mean[axis]), (2, truth.square[axis])] {
        let terms = (0..<count).map { row in
          power == 1 ? x[2 * row + axis] : x[2 * row + axis] * x[2 * row + axis]
        }
        let mean = terms.reduce(0, +) / Double(count)
        let variance = terms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count - 1)
        #expect(abs(mean - expected) < 5 * (variance / Double(count)).squareRoot())
      }
    }
    let drawn = target.samples(250, from: RandomStream(seed: 23))
    #expect(energyRank(Array(x[..<500]), drawn) > 0)
    // A sampler without the score would be too wide; the test has to see that.
    let wide = x.map { 1.6 * $0 }
    #expect(energyRank(Array(wide[..<500]), drawn) == 0)
  }

  /// How many of 999 random relabelings have an energy distance at least as large: none with
  /// probability 1/1000 if both samples have the same law.
  private func energyRank(_ a: [Double], _ b: [Double]) -> Int {
    let n = a.count / 2
    let all = a + b
    var distances = [Double](repeating: 0, count: 4 * n * n)
    for i in 0..<2 * n {
      for j in 0..<2 * n {
        distances[i * 2 * n + j] = Double.hypot(
          all[2 * i] - all[2 * j], all[2 * i + 1] - all[2 * j + 1])
      }
    }
    func energy(_ sign: [Double]) -> Double {
      var sum = 0.0
      for i in 0..<2 * n {
        var row = 0.0
        for j in 0..<2 * n { row += sign[j] * distances[i * 2 * n + j] }
        sum -= sign[i] * row
      }
      return sum
    }
    var sign = (0..<2 * n).map { $0 < n ? 1.0 : -1.0 }
    let observed = energy(sign)
    var rank = 0
    for permutation in 0..<999 {
      let random = RandomStream(seed: 99, stream: UInt64(permutation))
      for i in stride(from: 2 * n - 1, to: 0, by: -1) {
        sign.swapAt(i, Int(random.bits(at: UInt64(i)).0 % UInt64(i + 1)))
      }
      if energy(sign) >= observed { rank += 1 }
    }
    return rank
  }

  /// The error of the variance at the end, from so many samples that their own error is small beside
  /// it: halving the step halves it for Euler-Maruyama and quarters it for Heun's scheme.
  @Test func weakOrdersAreOneAndTwo() throws {
    let target = try GaussianMixture(dimension: 1, means: [0.3], stds: [1])
    let field = MarginalField(path: CosinePath(), target: target)
    let count = 200_000
    let noise = RandomStream(seed: 31).normals(count, at: 0)
    func error(_ scheme: StochasticSampler.Scheme, _ steps: Int) throws -> Double {
      let x = try StochasticSampler(of: field, scheme: scheme, steps: steps, diffusion: { _ in 2 })
        .samples(from: 0, to: 1, at: noise, seed: 32)
      let mean = x.reduce(0, +) / Double(count)
      return x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count) - 1
    }
    // Errors of 0.14 and 0.066, of -0.31 and -0.075; the standard error of a variance of one is
    // sqrt(2/count) = 0.003.
    for (scheme, steps, order) in [
      (StochasticSampler.Scheme.eulerMaruyama, 8, 1.0), (.heun, 2, 2),
    ] {
      let slope = Double.log2(abs(try error(scheme, steps) / error(scheme, 2 * steps)))
      #expect(abs(slope - order) < 0.3, "\(scheme): \(slope)")
    }
  }
}
