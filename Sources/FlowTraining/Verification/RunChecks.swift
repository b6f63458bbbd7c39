import FlowIntegration
import FlowMatching
import FlowVerification
import RealModule

/// Whole runs: the optimiser's updates, the field that is sampled from, and whether the bits repeat.
enum RunChecks {
  static let optimiser = "optimiser"
  static let sampler = "float32 sampler"
  static let repeatable = "repeatable bits"
  /// Roundings per update, relative to the parameter and the rate.
  static let optimiserAllowance = 4.0
  /// Roundings of the field average out over the steps; the flow of these networks stretches little.
  static let samplerAllowance = 4.0
  static let updates = 30

  static func recipe(_ kind: NetworkShape.Kind, seed: UInt64) throws(FlowError) -> TrainingRecipe {
    var recipe = TrainingRecipe(network: try BatchChecks.shape(kind))
    recipe.batch = 64
    recipe.steps = updates
    recipe.rate = LearningRate(peak: 2e-3, decay: .cosine, warmup: 5)
    recipe.adam.clipNorm = 0.3
    recipe.adam.weightDecay = 0.01
    recipe.adam.averageDecay = 0.6
    recipe.seed = seed
    return recipe
  }

  private static func trainer(
    _ recipe: TrainingRecipe, threads: Int
  ) throws(FlowError) -> Trainer {
    try Trainer(
      recipe: recipe, data: .target(try TrainingVerification.target()), threads: threads)
  }

  /// The formulas once more in double precision, fed with the float32 gradients.
  /// - Parameter claimed: the settings that the formulas are given, if not the recipe's.
  static func optimiser(
    _ kind: NetworkShape.Kind, seed: UInt64, claimed: AdamSettings? = nil
  ) -> CheckResult {
    .training(optimiser, kind.rawValue, .floatRounding, allowance: optimiserAllowance) {
      check throws(FlowError) in
      let recipe = try recipe(kind, seed: seed)
      let trainer = try trainer(recipe, threads: 1)
      let a = claimed ?? recipe.adam
      var p = trainer.network.parameters.array.map { Double($0) }
      var average = p
      var m = [Double](repeating: 0, count: p.count)
      var v = m
      for n in 1...updates {
        try trainer.advance()
        let g = trainer.lastGradient.array.map { Double($0) }
        let norm = g.reduce(0) { $0 + $1 * $1 }.squareRoot()
        let scale = a.clipNorm.map { min(1, $0 / norm) } ?? 1
        let share = Double(n - 6) / Double(updates - 5)
        let rate = n <= 5 ? 2e-3 * Double(n) / 5 : 1e-3 * (1 + Double.cos(.pi * share))
        let first = 1 - Double.pow(a.beta1, Double(n))
        let second = 1 - Double.pow(a.beta2, Double(n))
        let keep = min(a.averageDecay, Double(1 + n) / Double(10 + n))
        for k in p.indices {
          m[k] = a.beta1 * m[k] + (1 - a.beta1) * scale * g[k]
          v[k] = a.beta2 * v[k] + (1 - a.beta2) * scale * scale * g[k] * g[k]
          p[k] -= rate * a.weightDecay * p[k]
          p[k] -= rate * (m[k] / first) / ((v[k] / second).squareRoot() + a.epsilon)
          average[k] = keep * average[k] + (1 - keep) * p[k]
        }
      }
      for (found, exact) in [(trainer.network.parameters, p), (trainer.state.average, average)] {
        for k in exact.indices {
          let scale = 0x1p-24 * Double(updates) * (abs(exact[k]) + recipe.rate.peak)
          check.add(abs(Double(found.base[k]) - exact[k]) / scale, at: .start)
        }
      }
    }
  }

  /// Trajectories of the float32 field beside those of the same function in double precision, by the same
  /// steps: what is left is rounding.
  /// - Parameter altered: a change of the network that the double field has.
  static func sampler(
    _ kind: NetworkShape.Kind, seed: UInt64, altered: (Network) -> Void = { _ in }
  ) -> CheckResult {
    .training(sampler, kind.rawValue, .floatRounding, allowance: samplerAllowance) {
      check throws(FlowError) in
      let trainer = try trainer(try recipe(kind, seed: seed), threads: 1)
      while trainer.step < updates { try trainer.advance() }
      let path = try OptimalTransportPath()
      let fast = TrainedField(network: trainer.network, path: path, prediction: .velocity)
      let other = Network(shape: trainer.network.shape)
      other.load { trainer.network.values(of: $0) }
      altered(other)
      let exact = LearnedField(network: other, path: path, prediction: .velocity)
      let noise = RandomStream(seed: seed, stream: RandomPurpose.samples.stream)
        .normals(2 * 32, at: 0)
      func ends(_ field: any VelocityField) throws(FlowError) -> [Double] {
        let solutions = try Flow(of: field, solver: .dopri5, steps: .fixed(steps: 32))
          .solutions(from: 0, to: 1, at: noise)
        for solution in solutions where !solution.status.arrives {
          throw FlowError(.noConvergence, "solver", solution.status.advice)
        }
        return solutions.flatMap(\.x)
      }
      for (x, y) in zip(try ends(fast), try ends(exact)) {
        check.add(abs(x - y) / (1 + abs(y)) * 0x1p24, at: .end)
      }
    }
  }

  /// A run on one thread against one on three that is stopped halfway, written, read, and resumed on
  /// two; everything that a checkpoint holds is compared.
  /// - Parameter altered: a change of the recipe of the second.
  static func repeatable(
    _ kind: NetworkShape.Kind, seed: UInt64, altered: (inout TrainingRecipe) -> Void = { _ in }
  ) -> CheckResult {
    .training(repeatable, kind.rawValue, .differences, allowance: 0) {
      check throws(FlowError) in
      var recipe = try recipe(kind, seed: seed)
      let data = DataSource.target(try TrainingVerification.target())
      let whole = try trainer(recipe, threads: 1)
      while whole.step < updates { try whole.advance() }
      altered(&recipe)
      let first = try trainer(recipe, threads: 3)
      while first.step < updates / 2 { try first.advance() }
      let bytes = Checkpoint.encoded(first, [])
      let second: Trainer
      do {
        second = try Checkpoint(decoding: bytes, path: "memory").trainer(data: data, threads: 2)
      } catch {
        throw FlowError(.outOfDomain, "checkpoint", "\(error)")
      }
      while second.step < updates { try second.advance() }
      let pairs = [
        (whole.network.parameters, second.network.parameters),
        (whole.state.average, second.state.average),
        (whole.state.momentum, second.state.momentum), (whole.state.square, second.state.square),
      ]
      for (a, b) in pairs {
        let count = zip(a.array, b.array).count { $0.bitPattern != $1.bitPattern }
        check.add(Double(count), at: .start)
      }
    }
  }
}
