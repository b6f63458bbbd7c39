import FlowMatching
import FlowTraining
import RealModule

/// One training run of the notebook: a source, the exact field from it to the ring, and the network.
struct NotebookRun {
  let name: String
  let exact: PlaneField
  let learned: TrainedField
  /// The loss of every batch.
  let losses: [Double]
  /// The squared error against the exact field, after some of the updates.
  let errors: [(update: Int, value: Double)]
  /// The loss of the exact field itself.
  let floor: Double
  /// The mean of `|u|^2`, which the squared error is to be compared with.
  let size: Double

  /// Draws pairs for the measures: x0, x1 and a time each, at 16 golden-ratio times a group.
  struct Probe {
    var times: [Time<Double>] = []
    var points: [Double] = []
    /// `x1 - x0`.
    var differences: [Double] = []

    init(_ source: NotebookStudy.Source, _ target: GaussianMixture, count: Int, seed: UInt64) {
      let data = RandomStream(seed: seed, stream: 21)
      let noise = RandomStream(seed: seed, stream: 22)
      let random = RandomStream(seed: seed, stream: 23)
      for k in 0..<UInt64(count) {
        // Whole numbers of 2^-53 in (0, 1]: never the very start, where a box has an edge.
        let t = random.uniforms(at: k).0
        let x1 = target.sample(k, from: data)
        let x0 = source.sample(k, from: noise)
        times.append(Time(t: t, remaining: 1 - t))
        points += zip(x0, x1).map { (1 - t) * $0 + t * $1 }
        differences += zip(x0, x1).map { $1 - $0 }
      }
    }
  }

  /// `|learned - exact|` where the density is above a thousandth of its largest value; NaN elsewhere.
  func errors(at time: Time<Double>, of points: [Double]) throws(FlowError) -> [Double] {
    let logs = try exact.logDensities(at: time, of: points)
    let top = logs.filter(\.isFinite).max() ?? 0
    let truth = try exact.velocities(at: time, of: points)
    let found = try learned.velocities(at: [time], of: points)
    return logs.enumerated().map { k, log in
      // Comparing with NaN is false: no density, no error.
      guard log > top - Double.log(1000) else { return .nan }
      return Double.hypot(found[2 * k] - truth[2 * k], found[2 * k + 1] - truth[2 * k + 1])
    }
  }

  /// Trains with the notebook's network and optimiser.
  /// - Throws: what the trainer and the fields throw.
  init(
    _ source: NotebookStudy.Source, _ study: NotebookStudy, progress: () -> Void
  ) throws(FlowError) {
    name = source.name
    let exact = try source.exact(study)
    self.exact = exact
    var recipe = TrainingRecipe(
      network: try NetworkShape(
        kind: .timeMLP, dimension: 2, width: 128, layers: 5, activation: .relu, embeddingWidth: 16))
    recipe.source = source.law
    recipe.batch = 1000
    recipe.steps = source.updates
    recipe.rate = LearningRate(peak: 1e-3, decay: .constant)
    recipe.adam.weightDecay = 0.01
    recipe.adam.averageDecay = 0
    recipe.seed = study.seed
    recipe.takesEpochs = study.takesEpochs
    let rows = study.target.samples(1000, from: RandomStream(seed: study.seed, stream: 24))
    let trainer = try Trainer(
      recipe: recipe, data: .table(dimension: 2, rows: rows, labels: nil),
      source: source.distribution.map { .target($0) }, threads: study.threads)
    let path = study.path
    func field() -> TrainedField {
      TrainedField(
        network: trainer.network, path: path, prediction: .velocity, threads: study.threads)
    }
    let probe = Probe(source, study.target, count: 4096, seed: study.seed)
    let truth = try exact.velocity.velocities(at: probe.times, of: probe.points)
    func meanSquare(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(probe.times.count)
    }
    var losses: [Double] = []
    var errors: [(Int, Double)] = []
    var next = 1.0
    while trainer.step < recipe.steps {
      losses.append(try trainer.advance())
      if Double(trainer.step) >= next || trainer.step == recipe.steps {
        let found = try field().velocities(at: probe.times, of: probe.points)
        errors.append((trainer.step, meanSquare(found, truth)))
        while next <= Double(trainer.step) { next *= 1.5 }
      }
      if trainer.step.isMultiple(of: 50) { progress() }
    }
    self.losses = losses
    self.errors = errors
    floor = meanSquare(probe.differences, truth)
    size = meanSquare(truth, [Double](repeating: 0, count: truth.count))
    learned = field()
  }
}
