import FlowMatching
import RealModule
import Testing

@testable import FlowTraining

@Suite struct FlowLikelihoodTests {
  /// The same loss written once more on duals: the naive network, nested duals for the trace, the same
  /// Runge-Kutta steps; its derivative along a direction of the parameters.
  private func reference(
    _ network: Network, _ direction: [String: [Double]], _ x1: [Double], steps: Int
  ) -> Dual<Double> {
    typealias D = Dual<Double>
    var parameters: [String: [D]] = [:]
    for tensor in network.tensors {
      parameters[tensor.name] = zip(network.values(of: tensor), direction[tensor.name]!).map {
        D(Double($0), $1)
      }
    }
    let naive = ReferenceNetwork(shape: network.shape, parameters: parameters)
    func field(_ x: [D], _ t: Double) -> (v: [D], trace: D) {
      var trace = D.zero
      var v: [D] = []
      for axis in x.indices {
        let moved = x.indices.map { Dual<D>(x[$0], D($0 == axis ? 1 : 0)) }
        let y = naive(at: Dual<D>(t), of: moved) { $0 + $1 * Dual<D>(constant: $2) }
        trace = trace + y[axis].derivative
        v = y.map(\.value)
      }
      return (v, trace)
    }
    let h = -1.0 / Double(steps)
    var x = x1.map { D($0) }
    var integral = D.zero
    for step in 0..<steps {
      let t = 1 + Double(step) * h
      let a = field(x, t)
      let b = field(zip(x, a.v).map { $0 + $1.scaled(by: h / 2) }, t + h / 2)
      let c = field(zip(x, b.v).map { $0 + $1.scaled(by: h / 2) }, t + h / 2)
      let e = field(zip(x, c.v).map { $0 + $1.scaled(by: h) }, t + h)
      x = x.indices.map { i in
        x[i] + (a.v[i] + (b.v[i] + c.v[i]).scaled(by: 2) + e.v[i]).scaled(by: h / 6)
      }
      integral =
        integral - (a.trace + (b.trace + c.trace).scaled(by: 2) + e.trace).scaled(by: h / 6)
    }
    let square = x.reduce(D.zero) { $0 + $1 * $1 }
    return (square + D(Double(x.count) * Double.log(2 * .pi))).scaled(by: 0.5) + integral
  }

  @Test(arguments: [Activation.silu, .tanh, .gelu])
  func lossAndGradientAgreeWithDualsThroughTheSolver(activation: Activation) throws {
    let shape = try NetworkShape(
      kind: .mlp, dimension: 2, width: 12, layers: 4, activation: activation)
    let network = Network(shape: shape, seed: 3)
    let plain = try DifferentiatedNetwork(network)
    var random = SplitMix(5)
    var direction: [String: [Double]] = [:]
    for tensor in network.tensors { direction[tensor.name] = random.doubles(tensor.count) }
    // The same order as that of the plain network: weights and biases by turns.
    let flat = network.tensors.flatMap { direction[$0.name]! }
    for _ in 0..<3 {
      let x1 = random.doubles(2, in: -2...2)
      var gradient = [Double](repeating: 0, count: plain.parameters.count)
      let loss = FlowLikelihood(network: plain, steps: 5).run(x1, scale: 1, into: &gradient)
      let exact = reference(network, direction, x1, steps: 5)
      #expect(abs(loss - exact.value) < 1e-12 * abs(exact.value))
      let product = zip(gradient, flat).reduce(0) { $0 + $1.0 * $1.1 }
      let size = zip(gradient, flat).reduce(0) { $0 + abs($1.0 * $1.1) }
      #expect(abs(product - exact.derivative) < 1e-12 * size, "\(activation)")
    }
  }

  /// Of N(0, s^2 I) no flow can say less than its entropy, and a few updates come near it.
  @Test func maximumLikelihoodApproachesTheEntropyForEveryNumberOfThreads() throws {
    let target = try GaussianMixture(dimension: 2, means: [0.5, 0], stds: [0.5])
    let shape = try NetworkShape(
      kind: .mlp, dimension: 2, width: 8, layers: 3, activation: .tanh)
    func run(_ threads: Int) throws -> (losses: [Double], network: Network) {
      let trainer = try LikelihoodTrainer(
        shape: shape, data: .target(target), batch: 64, rate: 0.02, steps: 4, seed: 1,
        threads: threads)
      return ((0..<60).map { _ in trainer.advance() }, trainer.trained)
    }
    let one = try run(1)
    let two = try run(2)
    #expect(one.losses == two.losses)
    #expect(one.network.parameters.array == two.network.parameters.array)
    let entropy = 1 + Double.log(2 * .pi) + 2 * Double.log(0.5)
    let found = try one.network.negativeLogLikelihood(
      of: .target(target), count: 1000, steps: 8, seed: 2)
    #expect(found > entropy - 0.1)
    #expect(found < entropy + 0.2, "\(found), entropy \(entropy)")
  }

  /// With all parameters zero the flow stands still and p_1 is N(0, I).
  @Test func lossOfAFlowThatStandsStillIsThatOfTheNoise() throws {
    let plain = try DifferentiatedNetwork(
      Network(shape: try NetworkShape(kind: .mlp, dimension: 2, width: 4, layers: 3)))
    var gradient = [Double](repeating: 0, count: plain.parameters.count)
    let loss = FlowLikelihood(network: plain, steps: 3).run([1, -2], scale: 1, into: &gradient)
    #expect(abs(loss - (2.5 + Double.log(2 * .pi))) < 1e-14)
  }
}
