import FlowMatching
import Testing

@testable import FlowTraining

@Suite struct OptimisationTests {
  /// The formulas once more, in double precision and without vectors.
  @Test(arguments: 0..<6)
  func adamAgreesWithItsPlainDoubleVersion(seed: UInt64) throws {
    var random = SplitMix(seed)
    var settings = AdamSettings()
    settings.weightDecay = seed.isMultiple(of: 2) ? 0 : 0.05
    settings.averageDecay = [0.0, 0.6, 0.999][Int(seed) % 3]
    settings.beta1 = [0.9, 0.5][Int(seed) % 2]
    let shape = try NetworkShape(kind: .mlp, dimension: 1, width: 16, layers: 2)
    let network = Network(shape: shape, seed: seed)
    let state = OptimiserState(network)
    let gradient = AlignedFloats(network.parameters.count)
    let count = network.parameters.count
    var p = network.parameters.array.map { Double($0) }
    var average = p
    var m = [Double](repeating: 0, count: count)
    var v = m
    let rate = 0.01
    for n in 1...50 {
      gradient.array = random.floats(count, in: -2...2)
      let scale = n.isMultiple(of: 3) ? 0.25 : 1.0
      AdamStep(settings, rate: rate, number: n, scale: scale)
        .run(0..<count, network.parameters, gradient, state)
      var (power1, power2) = (1.0, 1.0)
      for _ in 0..<n { (power1, power2) = (power1 * settings.beta1, power2 * settings.beta2) }
      for k in 0..<count {
        let g = Double(gradient.base[k]) * scale
        m[k] = settings.beta1 * m[k] + (1 - settings.beta1) * g
        v[k] = settings.beta2 * v[k] + (1 - settings.beta2) * g * g
        let size = (v[k] / (1 - power2)).squareRoot() + settings.epsilon
        p[k] -= rate * settings.weightDecay * p[k]
        p[k] -= rate * m[k] / (1 - power1) / size
        let keep = min(settings.averageDecay, Double(1 + n) / Double(10 + n))
        average[k] = keep * average[k] + (1 - keep) * p[k]
      }
    }
    for k in 0..<count {
      #expect(abs(Double(network.parameters.base[k]) - p[k]) < 2e-5)
      if settings.averageDecay > 0 {
        #expect(abs(Double(state.average.base[k]) - average[k]) < 2e-5)
      }
    }
  }

  @Test func schedulesFollowTheirFormulas() {
    let cosine = LearningRate(peak: 2, decay: .cosine, warmup: 10)
    #expect(cosine.rate(update: 1, of: 110) == 0.2)
    #expect(cosine.rate(update: 10, of: 110) == 2)
    #expect(cosine.rate(update: 11, of: 110) == 2)
    #expect(abs(cosine.rate(update: 61, of: 110) - 1) < 1e-15)
    let line = LearningRate(peak: 3, decay: .polynomial(power: 1))
    #expect(line.rate(update: 1, of: 100) == 3)
    #expect(abs(line.rate(update: 51, of: 100) - 1.5) < 1e-15)
    #expect(abs(line.rate(update: 100, of: 100) - 0.03) < 1e-15)
    let square = LearningRate(peak: 4, decay: .polynomial(power: 2))
    #expect(abs(square.rate(update: 51, of: 100) - 1) < 1e-15)
    #expect(LearningRate(peak: 5).rate(update: 7, of: 9) == 5)
  }
}
