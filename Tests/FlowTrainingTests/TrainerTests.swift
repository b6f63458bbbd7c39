import FlowMatching
import Testing

@testable import FlowTraining

@Suite struct TrainerTests {
  @Test func trainingHasTheSameBitsForEveryNumberOfThreads() throws {
    let recipe = try CheckpointTests.recipe()
    func run(_ threads: Int) throws -> ([Double], [Float]) {
      let trainer = try Trainer(recipe: recipe, data: CheckpointTests.data, threads: threads)
      let losses = try (0..<12).map { _ in try trainer.advance() }
      return (losses, trainer.network.parameters.array)
    }
    let one = try run(1)
    for threads in [2, 3, 5] {
      let other = try run(threads)
      #expect(other.0 == one.0)
      #expect(other.1 == one.1)
    }
  }

  /// A network of every kind learns a single Gaussian's field to a small share of its size.
  @Test(arguments: NetworkShape.Kind.allCases)
  func trueLossFallsFarBelowTheFieldsOwnSize(kind: NetworkShape.Kind) throws {
    let target = try GaussianMixture(dimension: 2, means: [1, -2], stds: [0.5])
    var recipe = TrainingRecipe(
      network: kind == .unet
        ? try BatchChecks.shape(kind)
        : try NetworkShape(
          kind: kind, dimension: 2, width: 48, layers: kind == .modulated ? 4 : 3))
    recipe.batch = 256
    recipe.steps = 500
    recipe.rate = LearningRate(peak: 5e-3, decay: .cosine)
    recipe.adam.averageDecay = 0.9
    let trainer = try Trainer(recipe: recipe, data: .target(target), threads: 2)
    for _ in 0..<recipe.steps { try trainer.advance() }
    let path = try recipe.makePath()
    let loss = try TrueLoss(
      field: MarginalField(path: path, target: target), times: recipe.times, count: 1024, seed: 1)
    let field = TrainedField(network: trainer.network, path: path, prediction: .velocity)
    let (value, error) = try loss(field)
    let size = loss.exact.reduce(0) { $0 + $1 * $1 } / Double(loss.times.count)
    #expect(value < 0.03 * size, "\(value) +- \(error) of \(size)")
  }

  @Test func learnedFieldInDoubleAgreesWithTheOneThatTrains() throws {
    for example in NetworkExample.all {
      let network = example.network(seed: 2)
      let d = example.shape.dimension
      var random = SplitMix(7)
      let points = random.doubles(21 * d, in: -2...2).map { Double(Float($0)) }
      let times = random.doubles(21, in: 0.05...0.95).map { Time(t: $0, remaining: 1 - $0) }
      for prediction in Parameterisation.allCases {
        let path = CosinePath()
        let label = example.shape.classes > 0 ? 1 : nil
        let fast = TrainedField(
          network: network, path: path, prediction: prediction, label: label, threads: 2)
        let exact = LearnedField(
          network: network, path: path, prediction: prediction, label: label)
        let a = try fast.velocities(at: times, of: points)
        let b = try exact.velocities(at: times, of: points)
        for (a, b) in zip(a, b) { #expect(abs(a - b) < 1e-4 * (1 + abs(b))) }
      }
    }
  }

  /// Differences of the field in double precision, whose error is h^2 and rounding over h.
  @Test func divergenceAgreesWithDifferencesOfTheField() throws {
    for example in NetworkExample.all where example.shape.activation != .relu {
      let network = example.network(seed: 4)
      let d = example.shape.dimension
      let field = LearnedField(network: network, path: CosinePath(), prediction: .noise)
      var random = SplitMix(8)
      let point = random.doubles(d)
      let time = try Time(0.4)
      let h = 1e-5
      var expected = 0.0
      for axis in 0..<d {
        var (up, down) = (point, point)
        up[axis] += h
        down[axis] -= h
        let difference = zip(
          try field.velocities(at: [time], of: up), try field.velocities(at: [time], of: down)
        ).map { $0 - $1 }
        expected += difference[axis] / (2 * h)
      }
      let found = try field.divergences(at: [time], of: point).divergences[0]
      #expect(abs(found - expected) < 1e-6 * Double(d) * (1 + abs(expected)))
    }
  }

  @Test func jacobianProductsAndTimeDerivativesAgreeWithDifferences() throws {
    for example in NetworkExample.all where example.shape.activation == .silu {
      let d = example.shape.dimension
      let field = LearnedField(
        network: example.network(seed: 5), path: CosinePath(), prediction: .velocity)
      var random = SplitMix(9)
      let (points, directions) = (random.doubles(11 * d), random.doubles(11 * d))
      let h = 1e-5
      func moved(_ step: Double) -> [Double] { zip(points, directions).map { $0 + step * $1 } }
      let time = try Time(0.4)
      let (up, down) = (
        try field.velocities(at: [time], of: moved(h)),
        try field.velocities(at: [time], of: moved(-h))
      )
      let (u, products) = try field.jacobianProducts(at: [time], of: points, along: directions)
      #expect(u == (try field.velocities(at: [time], of: points)))
      for k in products.indices {
        #expect(abs(products[k] - (up[k] - down[k]) / (2 * h)) < 1e-8)
      }
      let (later, earlier) = (
        try field.velocities(at: [try Time(0.4 + h / 10)], of: points),
        try field.velocities(at: [try Time(0.4 - h / 10)], of: points)
      )
      let rates = try field.timeDerivatives(at: [time], of: points)
      for k in rates.indices {
        // The fastest sine makes 64 turns: its third derivative is 6e7.
        #expect(abs(rates[k] - (later[k] - earlier[k]) / (0.2 * h)) < 1e-6)
      }
    }
  }

  @Test func trueLossOfTheExactFieldIsZeroAndOfAShiftedOneIsTheShift() throws {
    struct Shifted: VelocityField {
      let field: MarginalField
      let shift: Double
      var dimension: Int { 2 }
      func velocities(at times: [Time<Double>], of points: [Double]) throws(FlowError) -> [Double] {
        try field.velocities(at: times, of: points).map { $0 + shift }
      }
    }
    let field = MarginalField(path: CosinePath(), target: try Preset.eightGaussians())
    let loss = try TrueLoss(field: field, times: TimeSampling(), count: 100, seed: 3)
    #expect(try loss(field).value == 0)
    let (value, error) = try loss(Shifted(field: field, shift: 0.5))
    #expect(abs(value - 0.5) < 1e-12)
    #expect(error < 1e-12)
  }

  @Test func impossibleRunsAreRefusedByName() throws {
    var recipe = try CheckpointTests.recipe()
    func field(_ recipe: TrainingRecipe, _ data: DataSource) -> String? {
      do throws(FlowError) {
        _ = try Trainer(recipe: recipe, data: data, threads: 1)
        return nil
      } catch { return error.field }
    }
    #expect(field(recipe, CheckpointTests.data) == nil)
    #expect(
      field(recipe, .target(try GaussianMixture(dimension: 3, means: [0, 0, 0], stds: [1])))
        == "data")
    #expect(field(recipe, .table(dimension: 2, rows: [0, 0], labels: [3])) == "label")
    recipe.batch = 0
    #expect(field(recipe, CheckpointTests.data) == "batch")
    recipe.batch = 4
    recipe.rate.peak = -1
    #expect(field(recipe, CheckpointTests.data) == "rate")
    recipe.rate.peak = 1e30
    let trainer = try Trainer(recipe: recipe, data: CheckpointTests.data, threads: 1)
    #expect(throws: FlowError.self) { for _ in 0..<40 { try trainer.advance() } }
  }

  /// One row of many that no float can hold.
  @Test(arguments: [1, 2]) func aStepThatDivergesChangesNothing(threads: Int) throws {
    var recipe = TrainingRecipe(
      network: try NetworkShape(kind: .mlp, dimension: 2, width: 20, layers: 3))
    recipe.batch = 700
    var rows = (0..<200).map { Double($0) / 100 }
    rows[57] = 1e39
    let trainer = try Trainer(
      recipe: recipe, data: .table(dimension: 2, rows: rows, labels: nil), threads: threads)
    let before = trainer.network.parameters.array
    let error = #expect(throws: FlowError.self) { try trainer.advance() }
    #expect(error?.code == .nonFinite)
    #expect(trainer.network.parameters.array == before)
    #expect(trainer.state.momentum.array.allSatisfy { $0 == 0 })
    #expect(trainer.step == 0)
  }
}
