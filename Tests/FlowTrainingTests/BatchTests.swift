import FlowMatching
import RealModule
import Testing

@testable import FlowTraining

@Suite struct BatchTests {
  static func path(_ kind: PathKind) -> [Double] {
    kind.parameters.map { $0.standard ?? (kind == .polynomial ? 2 : 0.3) }
  }

  /// Targets against the engine's conditional velocity, converted by the engine.
  @Test(arguments: PathKind.allCases, Parameterisation.allCases)
  func targetsAreTheEnginesConditionalVelocity(
    kind: PathKind, prediction: Parameterisation
  ) throws {
    var recipe = TrainingRecipe(
      network: try NetworkShape(kind: .mlp, dimension: 3, width: 8, layers: 2), path: kind,
      pathParameters: Self.path(kind))
    recipe.objective = Objective(prediction: prediction)
    recipe.times = TimeSampling(lower: 0.01, upper: 0.01)
    let path = try recipe.makePath()
    let drawing = BatchDrawing(
      recipe: recipe, path: path,
      data: .table(dimension: 3, rows: [1, 2, 3, -1, 0.5, 0, 4, 4, -4], labels: nil),
      source: .gaussian)
    for index in UInt64(0)..<50 {
      let (x1, x0, label) = drawing.pair(index)
      let row = drawing.row(index, x1, x0, label)
      let velocity = try ConditionalField(path: path).velocity(
        at: row.time, of: row.point, given: x1)
      let exact = try Parameterisation.velocity.convert(
        velocity, to: prediction, at: row.time, x: row.point, path: path)
      for (found, expected) in zip(row.target, exact) {
        #expect(abs(found - expected) <= 1e-9 * (1 + abs(expected)), "t = \(row.time.t)")
      }
    }
  }

  /// `w |prediction error|^2` must be one number whatever the network predicts.
  @Test(arguments: PathKind.allCases, Objective.Error.allCases)
  func weightsMeanTheSameErrorForEveryPrediction(kind: PathKind, error: Objective.Error) throws {
    let path = try kind.value(Self.path(kind))
    let time = try Time(0.37)
    let schedule = path.schedule(at: time)
    let x = [0.3]
    let (u, other) = ([1.7], [1.2])
    var values: [Double] = []
    for prediction in Parameterisation.allCases {
      let a = try Parameterisation.velocity.convert(u, to: prediction, at: time, x: x, path: path)
      let b = try Parameterisation.velocity.convert(
        other, to: prediction, at: time, x: x, path: path)
      let difference = a[0] - b[0]
      let weight = Objective(prediction: prediction, error: error).weight(schedule)
      values.append(weight * difference * difference)
    }
    for value in values { #expect(abs(value - values[0]) <= 1e-10 * values[0], "\(values)") }
    // Each error's own prediction has weight one.
    let own: Parameterisation? = Parameterisation(rawValue: error.rawValue)
    if let own { #expect(Objective(prediction: own, error: error).weight(schedule) == 1) }
  }

  @Test func likelihoodWeightOfTheDiffusionPathIsFourOverBeta() throws {
    let path = try VariancePreservingPath()
    for t in [0.1, 0.5, 0.9] {
      let weight = Objective(prediction: .velocity, error: .scoreFlow)
        .weight(path.schedule(at: try Time(t)))
      let beta = 0.1 + (1 - t) * 19.9
      #expect(abs(weight - 4 / beta) <= 1e-12 * weight)
    }
  }

  @Test func lawsOfTheTimesHaveTheirMoments() throws {
    let random = RandomStream(seed: 4)
    let uniform = TimeSampling(lower: 0.2, upper: 0.1)
    let logit = TimeSampling(law: .logitNormal(mean: 0.5, std: 1.2))
    let count = 20_000
    let a = (0..<UInt64(count)).map { uniform.time($0, from: random) }
    #expect(a.allSatisfy { $0.t >= 0.2 && $0.t <= 0.9 && abs($0.t + $0.remaining - 1) < 1e-15 })
    let mean = a.map(\.t).reduce(0, +) / Double(count)
    #expect(abs(mean - 0.55) < 5 * 0.7 / (12 * Double(count)).squareRoot())
    let z = (0..<UInt64(count)).map { index -> Double in
      let time = logit.time(index, from: random)
      return Double.log(time.t) - Double.log(time.remaining)
    }
    let center = z.reduce(0, +) / Double(count)
    let variance = z.reduce(0) { $0 + ($1 - center) * ($1 - center) } / Double(count)
    #expect(abs(center - 0.5) < 5 * 1.2 / Double(count).squareRoot())
    #expect(abs(variance - 1.44) < 5 * 1.44 * (2 / Double(count)).squareRoot())
  }

  @Test func infiniteLossesAreRefusedUntilTheyAreCutOff() throws {
    var recipe = TrainingRecipe(
      network: try NetworkShape(kind: .mlp, dimension: 2, width: 8, layers: 2), path: .vp,
      pathParameters: [0.1, 20])
    #expect(throws: FlowError.self) { try recipe.checked() }
    recipe.times.upper = 1e-5
    _ = try recipe.checked()
    recipe.objective = .scoreFlow
    _ = try recipe.checked()
    recipe.path = .ot
    recipe.pathParameters = [0]
    #expect(throws: FlowError.self) { try recipe.checked() }
    recipe.times.lower = 1e-3
    _ = try recipe.checked()
  }

  @Test(arguments: [0, 0.3, 1])
  func labelsAreLeftOutAtTheirRateAndNeverExchanged(rate: Double) throws {
    var recipe = try CheckpointTests.recipe()
    recipe.labelDropout = rate
    let drawing = BatchDrawing(
      recipe: recipe, path: try recipe.makePath(), data: CheckpointTests.data, source: .gaussian)
    let count = 5000
    var leftOut = 0
    for index in UInt64(0)..<UInt64(count) {
      let (x1, x0, label) = drawing.pair(index)
      let row = drawing.row(index, x1, x0, label)
      if row.label == nil { leftOut += 1 } else { #expect(row.label == label) }
    }
    let spread = (rate * (1 - rate) * Double(count)).squareRoot()
    #expect(abs(Double(leftOut) - rate * Double(count)) <= 5 * spread)
  }

  /// Every epoch takes every row once, and no two in the same order.
  @Test(arguments: [1, 2, 3, 7, 64, 1000, 1797])
  func anEpochTakesEveryRowOnce(count: Int) throws {
    let data = DataSource.table(
      dimension: 1, rows: (0..<count).map(Double.init), labels: Array(0..<count))
    let random = RandomStream(seed: 5, stream: 3)
    var orders: [[Int]] = []
    for epoch in 0..<3 {
      let order = (0..<count).map { place in
        data.sample(UInt64(epoch * count + place), from: random, epochs: true).label!
      }
      #expect(order.sorted() == Array(0..<count))
      orders.append(order)
    }
    if count > 7 { #expect(orders[0] != orders[1] && orders[1] != orders[2]) }
  }

  /// Which row comes first is uniform: 24 orders of four rows, each in about a 24th of the epochs.
  @Test func ordersOfEpochsAreAllAlike() throws {
    var counts: [[UInt64]: Int] = [:]
    let epochs = 24_000
    for epoch in 0..<UInt64(epochs) {
      let order = EpochOrder(
        count: 4, epoch: epoch, random: RandomStream(seed: 1, stream: 0))
      counts[(0..<4).map { order[$0] }, default: 0] += 1
    }
    #expect(counts.count == 24)
    // Chi squared with 23 degrees of freedom: above 70 once in a million.
    let square = counts.values.reduce(0.0) { $0 + (Double($1) - 1000) * (Double($1) - 1000) / 1000 }
    #expect(square < 70)
  }

  /// u = (x - eps)/t on `ot`: an error of the noise is an infinite error of the velocity.
  @Test func theTrueLossIsInfiniteWhereTheVelocityIs() throws {
    var recipe = TrainingRecipe(
      network: try NetworkShape(kind: .mlp, dimension: 2, width: 16, layers: 2))
    #expect(try recipe.timeOfInfiniteLoss() == nil)
    recipe.objective = Objective(prediction: .noise, error: .noise)
    #expect(try recipe.timeOfInfiniteLoss() == .start)
    recipe.times.lower = 0.01
    #expect(try recipe.timeOfInfiniteLoss() == nil)
    recipe.objective = Objective(prediction: .x1, error: .x1)
    #expect(try recipe.timeOfInfiniteLoss() == .end)
  }

  @Test(arguments: [Double.infinity, -.infinity, .nan])
  func aMeanThatIsNoNumberIsRefusedBeforeTheFirstStep(mean: Double) throws {
    var recipe = TrainingRecipe(
      network: try NetworkShape(kind: .mlp, dimension: 2, width: 16, layers: 2))
    recipe.times.law = .logitNormal(mean: mean, std: 1)
    #expect(throws: FlowError.self) { try recipe.checked() }
  }
}
