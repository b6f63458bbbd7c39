import FlowMatching
import Testing

@Suite struct ContinuityResidualTests {
  @Test(arguments: EveryPath.kinds, 0...3)
  func theResidualOfTheTrueFieldIsRoundingNoise(kind: String, seed: Int) throws {
    var random = SplitMix(seed: seed)
    let path = try EveryPath.make(kind, seed: seed).path
    let targets = [
      try Preset.ringOfGaussians(),
      try GaussianMixture(
        dimension: 2, means: random.vector(6),
        covariances: [[1, 0.5, 0.5, 2], [0.1, 0, 0, 0.3], [1, 1, 1, 1]]),
      try PointCloud.target(dimension: 2, points: random.vector(40)),
    ]
    for target in targets {
      let field = MarginalField(path: path, target: target)
      let times = try (0..<20).map { _ in try Time(random.uniform(0.02...0.98)) }
      let points = times.flatMap { time -> [Double] in
        let s = path.schedule(at: time)
        return random.vector(2).map { $0 * (s.alpha + s.sigma) }
      }
      for method in ResidualMethod.allCases {
        for (i, value) in try field.continuityResiduals(
          at: times, of: points, method: method
        ).enumerated() {
          #expect(
            abs(value.residual) <= 2000 * 0x1p-53 * value.scale, "\(method), \(times[i])")
        }
      }
    }
  }

  @Test func theResidualOfAWrongPathIsNotSmall() throws {
    // The densities of one path with the field of another.
    let target = try Preset.ringOfGaussians()
    let (right, wrong) = (
      MarginalField(path: try OptimalTransportPath(), target: target),
      MarginalField(path: CosinePath(), target: target)
    )
    let time = try Time(0.5)
    let x = [1.0, 0.5]
    let rate = try right.value(of: .logDensityRate, at: time, of: x)[0]
    let score = try right.value(of: .score, at: time, of: x)
    func residual(_ field: MarginalField) throws -> Double {
      let divergence = try field.value(of: .divergence, at: time, of: x)[0]
      let velocity = try field.value(of: .velocity, at: time, of: x)
      return rate + divergence + velocity[0] * score[0] + velocity[1] * score[1]
    }
    #expect(abs(try residual(right)) < 1e-13)
    #expect(abs(try residual(wrong)) > 0.1)
  }
}
