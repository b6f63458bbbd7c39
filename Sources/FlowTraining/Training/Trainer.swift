public import FlowMatching

/// A training run: the network, the optimiser's state and how many updates were made.
///
/// Everything that is random is drawn by its position (``BatchDrawing``), so that the state is complete:
/// a run that is stopped and resumed gives the same bits as one that is not.
public final class Trainer {
  /// What is trained and how.
  public let recipe: TrainingRecipe
  /// The network with its parameters.
  public let network: Network
  /// Updates made.
  public private(set) var step: Int
  let state: OptimiserState
  let drawing: BatchDrawing
  private let batch: TrainingBatch
  private let loss: LossGradient
  private let workers: Workers
  private let tasks: [WeightGradient.Task]

  /// - Parameter threads: how many; the result does not depend on it.
  /// - Throws: what ``TrainingRecipe/checked()`` throws; `dimensionMismatch` unless the data, the source
  ///   and the network agree; `outOfDomain` for a label that the network does not have.
  public convenience init(
    recipe: TrainingRecipe, data: DataSource, source: DataSource? = nil, threads: Int
  ) throws(FlowError) {
    let network = Network(shape: recipe.network, seed: recipe.seed)
    try self.init(
      recipe: recipe, data: data, source: source, threads: threads, network: network,
      state: OptimiserState(network), step: 0)
  }

  init(
    recipe: TrainingRecipe, data: DataSource, source: DataSource?, threads: Int, network: Network,
    state: OptimiserState, step: Int
  ) throws(FlowError) {
    self.recipe = try recipe.checked()
    guard threads >= 1 else {
      throw FlowError.outOfDomain("threads", threads, accepted: "[1, infinity)")
    }
    try Self.check(recipe, data)
    self.network = network
    self.state = state
    self.step = step
    workers = Workers(count: threads)
    drawing = BatchDrawing(
      recipe: recipe, path: try recipe.makePath(), data: data,
      source: try recipe.noiseSource(source))
    batch = TrainingBatch(count: recipe.batch, dimension: data.dimension)
    loss = LossGradient(network: network, batch: recipe.batch, workers: workers)
    tasks = WeightGradient.tasks(network.layout)
  }

  private static func check(
    _ recipe: TrainingRecipe, _ data: DataSource
  ) throws(FlowError) {
    let d = recipe.network.dimension
    guard data.dimension == d else {
      throw FlowError.dimensionMismatch("data", data.dimension, expected: d)
    }
    let classes = recipe.network.classes
    if case .table(_, _, let labels?) = data, classes > 0,
      let bad = labels.first(where: { !(0..<classes).contains($0) })
    {
      throw FlowError.outOfDomain("label", bad, accepted: "[0, \(classes))")
    }
  }

  /// The rate of the next update.
  public var nextRate: Double { recipe.rate.rate(update: step + 1, of: recipe.steps) }

  /// One update.
  /// - Returns: the loss of the batch before it.
  /// - Throws: `nonFinite` where the loss or its gradient is; the parameters are then as they were.
  @discardableResult
  public func advance() throws(FlowError) -> Double {
    let (rate, number) = (nextRate, step + 1)
    func update(scale: Double) -> ParameterUpdate {
      ParameterUpdate(
        step: AdamStep(recipe.adam, rate: rate, number: number, scale: scale), network: network,
        state: state, gradient: loss.gradient)
    }
    func check(norm: Double? = nil) throws(FlowError) {
      guard batch.loss.isFinite, norm?.isFinite ?? true else {
        let gradient = norm.map { ", the gradient's norm \($0)" } ?? ""
        throw FlowError(
          .nonFinite, "loss",
          "the loss of update \(number) is \(batch.loss)\(gradient): the run diverged; a smaller rate "
            + "or a limit of the gradient's norm (clip) may help")
      }
    }
    if let limit = recipe.adam.clipNorm {
      try computeGradient()
      let norm = gradientNorm
      try check(norm: norm)
      let update = update(scale: norm > limit ? limit / norm : 1)
      workers.perform(tasks.count) { [tasks] _, task in update.run(tasks[task]) }
    } else {
      let update = update(scale: 1)
      try computeGradient { update.run($0) }
      try check()
    }
    step += 1
    return batch.loss
  }

  /// Draws the batch of the next update and computes its loss and gradient; `finish` as in
  /// ``LossGradient/run(_:draw:finish:)``.
  func computeGradient(
    finish: (@Sendable (WeightGradient.Task) -> Void)? = nil
  ) throws(FlowError) {
    let (drawing, batch) = (drawing, batch)
    let first = UInt64(step) * UInt64(batch.count)
    let noLabel = recipe.network.classes
    guard recipe.coupling == .independent else {
      let pairs = try CoupledPairs(drawing, first: first, count: batch.count, workers: workers)
      let draw = { @Sendable (row: Int) in
        let (x1, x0, label) = pairs[row]
        batch.set(row, drawing.row(first + UInt64(row), x1, x0, label), noLabel: noLabel)
      }
      return loss.run(batch, draw: draw, finish: finish)
    }
    let draw = { @Sendable (row: Int) in
      let index = first + UInt64(row)
      let (x1, x0, label) = drawing.pair(index)
      batch.set(row, drawing.row(index, x1, x0, label), noLabel: noLabel)
    }
    loss.run(batch, draw: draw, finish: finish)
  }

  /// The gradient's Euclidean norm, added in double precision in the order of the layout.
  private var gradientNorm: Double {
    var sum = 0.0
    for k in 0..<loss.gradient.count {
      let g = Double(loss.gradient.base[k])
      sum += g * g
    }
    return sum.squareRoot()
  }

  /// What the last batch gave, for the checks.
  var lastGradient: AlignedFloats { loss.gradient }
  var lastBatch: TrainingBatch { batch }
}
