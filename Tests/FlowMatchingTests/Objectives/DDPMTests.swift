import FlowMatching
import RealModule
import Testing

@Suite struct DDPMTests {
  @Test func theFirstStepReturnsTheDataWithoutVariance() throws {
    let got = try DDPM.posterior(betas: [0.1, 0.2], step: 1, data: [3, -1], latent: [0, 0])
    #expect(got.mean == [3, -1])
    #expect(got.variance == 0)
  }

  @Test func twoStepsByHand() throws {
    // beta = (1/2, 1/2): abar_1 = 1/2, abar_2 = 1/4; coefficients sqrt(1/2) 2/3 and sqrt(1/2) 2/3.
    let got = try DDPM.posterior(betas: [0.5, 0.5], step: 2, data: [3], latent: [6])
    #expect(abs(got.mean[0] - 6 * 0.5.squareRoot()) <= 4e-15)
    #expect(abs(got.variance - 1.0 / 3) <= 1e-16)
  }

  @Test(arguments: [
    (1.0, 2, 7 - 0.5 / 0.6931471805599453), (0.0, 3, 7.0),
    (-2.0, 1, 7 + 2 / 0.6931471805599453),
  ])
  func bitsPerDimensionIsSevenForAUniformGreyLevel(
    logDensity: Double, dimension: Int, expected: Double
  ) throws {
    let got = try bitsPerDimension(logDensity: logDensity, dimension: dimension)
    #expect(abs(got - expected) <= 2e-15)
  }

  #if arch(x86_64)
    /// The uniform law on [-1, 1]^d knows nothing: every level costs its whole logarithm.
    @Test(arguments: [2, 16, 17, 256, 65_536], [1, 64])
    func theUniformLawCostsTheLogarithmOfTheLevels(levels: Int, dimension: Int) throws {
      let logDensity = -Double(dimension) * Double.log(2)
      let got = try bitsPerDimension(
        logDensity: logDensity, dimension: dimension, levels: levels)
      #expect(abs(got - Double.log2(Double(levels))) <= 1e-14 * got)
    }

    @Test(arguments: 1...20)
    func thePosteriorMatchesItsProductsInExtendedPrecision(seed: Int) throws {
      var random = SplitMix(seed: seed)
      let count = 2 + random.index(below: 200)
      let betas = (0..<count).map { _ in random.power(-14...(-1)) }
      let step = 2 + random.index(below: count - 1)
      let (x, z) = (random.uniform(-2...2), random.uniform(-2...2))
      let got = try DDPM.posterior(betas: betas, step: step, data: [x], latent: [z])
      func parts(_ n: [Float80]) -> (mean: Float80, variance: Float80) {
        var before: Float80 = 1
        for k in 0..<(step - 1) { before *= 1 - n[k] }
        let alpha = 1 - n[step - 1]
        let noise = 1 - before * alpha
        return (
          before.squareRoot() * n[step - 1] / noise * n[count]
            + alpha.squareRoot() * (1 - before) / noise * n[count + 1],
          (1 - before) / noise * n[step - 1]
        )
      }
      let numbers = betas + [x, z]
      let mean = Precise.error(of: got.mean[0], budget: 4, at: .start, numbers) { parts($2).mean }
      let variance = Precise.error(of: got.variance, budget: 4, at: .start, numbers) {
        parts($2).variance
      }
      #expect(mean <= 1)
      #expect(variance <= 1)
    }
  #endif
}
