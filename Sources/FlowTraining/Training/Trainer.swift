public import FlowMatching

/// A training run: the network, the optimiser's state and how many updates were made.
///
/// Everything that is random is drawn by its position (``BatchDrawing``), so that the state is complete:
/// a run that is stopped and resumed gives the same bits as one that is not.
public final class Trainer {
  public let recipe: TrainingRecipe
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
    try computeGradient()
    let value = batch.loss
    let norm = recipe.adam.clipNorm == nil ? 0 : gradientNorm
    guard value.isFinite, norm.isFinite else {
      throw FlowError(
        .nonFinite, "loss",
        "the loss of update \(step + 1) is \(value), the gradient's norm \(norm): the run diverged")
    }
    let scale = recipe.adam.clipNorm.map { norm > $0 ? $0 / norm : 1 } ?? 1
    let update = AdamStep(recipe.adam, rate: nextRate, number: step + 1, scale: scale)
    let (network, state, gradient, layout) = (network, state, loss.gradient, network.layout)
    let width = MatrixProduct.panelWidth
    workers.perform(tasks.count) { [tasks] _, task in
      switch tasks[task] {
      case .embedding:
        guard let table = layout.embedding else { return }
        let count = (table.rows * table.width + 15) / 16 * 16
        update.run(table.start..<table.start + count, network.parameters, gradient, state)
      case .panel(let k, _, _, let panel):
        let map = layout.dense[k]
        let weights = map.weights + panel * width * map.inputs
        let biases = map.biases + panel * width
        update.run(weights..<weights + width * map.inputs, network.parameters, gradient, state)
        update.run(biases..<biases + width, network.parameters, gradient, state)
        if layout.needsTransposed[k] {
          Panels.transpose(map, panel, from: network.parameters, to: network.transposed)
        }
      }
    }
    step += 1
    return value
  }

  /// Draws the batch of the next update and computes its loss and gradient.
  func computeGradient() throws(FlowError) {
    let (drawing, batch) = (drawing, batch)
    let first = UInt64(step) * UInt64(batch.count)
    let noLabel = recipe.network.classes
    guard recipe.coupling == .independent else {
      let pairs = try CoupledPairs(drawing, first: first, count: batch.count, workers: workers)
      loss.run(batch) { row in
        let (x1, x0, label) = pairs[row]
        batch.set(row, drawing.row(first + UInt64(row), x1, x0, label), noLabel: noLabel)
      }
      return
    }
    loss.run(batch) { row in
      let index = first + UInt64(row)
      let (x1, x0, label) = drawing.pair(index)
      batch.set(row, drawing.row(index, x1, x0, label), noLabel: noLabel)
    }
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
