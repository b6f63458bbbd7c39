import FlowMatching
import Testing

@testable import FlowTraining

@Suite struct GuidedModelFieldTests {
  /// On exact fields it is the engine's guided field.
  @Test(arguments: [-0.5, 0, 0.3, 1, 3])
  func onExactFieldsItIsTheEnginesGuidedField(weight: Double) throws {
    let target = try GaussianMixture(
      dimension: 2, means: [-2, 0, 2, 0, 0, 3], stds: [0.5, 0.3, 0.7], labels: ["a", "b", "a"])
    let path = CosinePath()
    let exact = try GuidedField(path: path, target: target, label: "a", weight: weight)
    let found = try GuidedModelField(
      unconditional: exact.unconditional, conditional: exact.conditional, weight: weight)
    let (time, points) = (try Time(0.6), [0.3, -0.8, 1.5, 2.5])
    let a = try found.velocities(at: [time], of: points)
    let b = try exact.velocities(at: [time], of: points)
    for (a, b) in zip(a, b) { #expect(abs(a - b) <= 1e-14 * (1 + abs(b))) }
  }

  /// The label that is given is the one that counts, and no label is another field again.
  @Test func aModelsFieldsDifferByTheirLabels() throws {
    let shape = try NetworkShape(kind: .mlp, dimension: 2, width: 16, layers: 3, classes: 3)
    let network = Network(shape: shape, seed: 4)
    func field(_ label: Int?) -> TrainedField {
      TrainedField(network: network, path: CosinePath(), prediction: .velocity, label: label)
    }
    let x = [0.4, -1]
    let values = try [nil, 0, 1, 2].map { try field($0).velocities(at: [try Time(0.5)], of: x) }
    #expect(Set(values).count == 4)
    let guided = try GuidedModelField(
      unconditional: field(nil), conditional: field(1), weight: 2
    ).velocities(at: [try Time(0.5)], of: x)
    for i in 0..<2 { #expect(abs(guided[i] - (2 * values[2][i] - values[0][i])) < 1e-12) }
  }

  /// A wide source starts wide, a cut-off path where it was cut off.
  @Test func noiseHasTheScaleOfThePathsBeginning() throws {
    var recipe = TrainingRecipe(
      network: try NetworkShape(kind: .mlp, dimension: 2, width: 8, layers: 2), path: .ve,
      pathParameters: [0.01, 50])
    recipe.times = TimeSampling(lower: 0.1, upper: 0.2)
    let checkpoint = Checkpoint(
      configuration: RunConfiguration(recipe: recipe, data: []), step: 0,
      network: Network(shape: recipe.network))
    #expect(try checkpoint.times() == 0.1...0.8)
    let sigma = try recipe.makePath().schedule(at: try Time(0.1)).sigma
    let x = try checkpoint.noise(count: 4000, seed: 3)
    let square = x.reduce(0) { $0 + $1 * $1 } / Double(x.count)
    #expect(abs(square / (sigma * sigma) - 1) < 5 * (2 / 8000.0).squareRoot())
    #expect(try checkpoint.noise(count: 10, seed: 3) == Array(x.prefix(20)))
    #expect(try checkpoint.noise(count: 10, seed: 3, stream: 1) != Array(x.prefix(20)))
  }

  /// Noise does not determine a velocity where alpha or det is zero.
  @Test func timesEndBeforeTheVelocityDoes() throws {
    var recipe = TrainingRecipe(
      network: try NetworkShape(kind: .mlp, dimension: 2, width: 8, layers: 2), path: .ot)
    func times(_ prediction: Parameterisation) throws -> ClosedRange<Double> {
      recipe.objective.prediction = prediction
      return try Checkpoint(
        configuration: RunConfiguration(recipe: recipe, data: []), step: 0,
        network: Network(shape: recipe.network)
      ).times()
    }
    #expect(try times(.velocity) == 0...1)
    #expect(try times(.noise) == 0.01...1)
    #expect(try times(.x1) == 0...(1 - 1e-5))
  }
}
