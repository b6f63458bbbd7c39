public import FlowMatching

/// Everything that decides a training run but the data. Two runs of one recipe on the same data and
/// machine give the same bits, whatever the number of threads.
public struct TrainingRecipe: Sendable, Equatable {
  /// How the pairs (x0, x1) of a batch are made.
  public enum Coupling: Sendable, Equatable {
    case independent
    /// The cheapest pairing by squared distance (Pooladian et al., 2023; Tong et al., 2023).
    case assignment
    /// Pairs drawn from the entropic plan: every x0 once, its x1 by its row of the plan. `epsilon` is the
    /// weight of the entropy in the unit of squared distances.
    case sinkhorn(epsilon: Double)
  }

  /// The law of x0, as the configuration names it.
  public enum Source: Sendable, Equatable {
    case gaussian
    case uniform(lower: Double, upper: Double)
    /// The file or preset is named beside the data.
    case data
  }

  /// The shape of the network.
  public var network: NetworkShape
  /// How data and noise are mixed.
  public var path: PathKind
  /// In the order of `PathKind.parameters`.
  public var pathParameters: [Double]
  /// What the network predicts, and the weight of its error.
  public var objective = Objective.flowMatching
  /// The law of x0.
  public var source = Source.gaussian
  /// Which x0 goes with which x1.
  public var coupling = Coupling.independent
  public var times = TimeSampling()
  /// Whether the rows of a table are drawn with replacement (false), or every row once per epoch, in an order
  /// drawn anew for each (true). A distribution has no rows.
  public var takesEpochs = false
  /// The probability that a label is left out.
  public var labelDropout = 0.1
  /// Pairs per step.
  public var batch = 256
  /// Steps of the optimiser.
  public var steps = 10_000
  public var rate = LearningRate()
  /// The optimiser.
  public var adam = AdamSettings()
  public var seed: UInt64 = 0

  /// - Throws: `outOfDomain` for a network whose path's loss is infinite on the whole of [0, 1]: see
  ///   ``checked()``.
  public init(network: NetworkShape, path: PathKind = .ot, pathParameters: [Double] = [0]) {
    self.network = network
    self.path = path
    self.pathParameters = pathParameters
  }

  /// The path.
  /// - Throws: `outOfDomain`, `nonFinite`.
  public func makePath() throws(FlowError) -> any ProbabilityPath { try path.value(pathParameters) }

  /// The recipe, if it makes sense.
  /// - Throws: `outOfDomain` naming the first part that does not; `singular` where the target or the
  ///   weight of the loss is infinite at the first or last time that may be drawn.
  public func checked() throws(FlowError) -> TrainingRecipe {
    func check(_ holds: Bool, _ name: String, _ value: some Any, _ accepted: String)
      throws(FlowError)
    {
      if !holds { throw FlowError.outOfDomain(name, value, accepted: accepted) }
    }
    let path = try makePath()
    try check((1...1_048_576).contains(batch), "batch", batch, "[1, 1048576]")
    // Rows and their targets are held whole.
    try check(
      batch * network.dimension <= NetworkShape.mostParameters, "batch", batch,
      "[1, \(NetworkShape.mostParameters / network.dimension)] in \(network.dimension) dimensions")
    try check(seed <= 1 << 53, "seed", seed, "[0, 2^53]")
    try check(steps >= 1, "steps", steps, "[1, infinity)")
    try check(rate.peak > 0 && rate.peak.isFinite, "rate", rate.peak, "(0, infinity)")
    try check(rate.warmup >= 0, "warmup", rate.warmup, "[0, infinity)")
    if case .polynomial(let power) = rate.decay {
      try check(power > 0 && power.isFinite, "power", power, "(0, infinity)")
    }
    for (name, beta) in [("beta1", adam.beta1), ("beta2", adam.beta2)] {
      try check((0..<1).contains(beta), name, beta, "[0, 1)")
    }
    try check(adam.epsilon > 0 && adam.epsilon.isFinite, "epsilon", adam.epsilon, "(0, infinity)")
    try check((0..<1).contains(adam.averageDecay), "average", adam.averageDecay, "[0, 1)")
    try check(
      adam.weightDecay >= 0 && adam.weightDecay.isFinite, "weight_decay", adam.weightDecay,
      "[0, infinity)")
    if let clip = adam.clipNorm {
      try check(clip > 0 && clip.isFinite, "clip", clip, "(0, infinity)")
    }
    try check((0...1).contains(labelDropout), "label_dropout", labelDropout, "[0, 1]")
    try check(times.lower >= 0 && times.lower < 1, "time_cut_low", times.lower, "[0, 1)")
    try check(
      times.upper >= 0 && times.lower + times.upper < 1, "time_cut_high", times.upper,
      "[0, 1 - time_cut_low)")
    if case .logitNormal(let mean, let std) = times.law {
      try check(mean.isFinite, "logit_mean", mean, "(-infinity, infinity)")
      try check(std > 0 && std.isFinite, "logit_std", std, "(0, infinity)")
    }
    if case .uniform(let lower, let upper) = source {
      try check(
        lower < upper && lower.isFinite && upper.isFinite, "source", "\(lower):\(upper)",
        "lower:upper with lower < upper")
    }
    if case .sinkhorn(let epsilon) = coupling {
      try check(epsilon > 0 && epsilon.isFinite, "epsilon", epsilon, "(0, infinity)")
    }
    if coupling != .independent {
      // The costs of a batch are a matrix.
      try check(batch <= 8192, "batch", batch, "[1, 8192] with a coupling")
    }
    if source != .gaussian || coupling != .independent {
      try check(
        objective.prediction == .velocity && objective.error == .velocity, "prediction",
        objective.prediction.rawValue, "velocity: scores belong to a Gaussian source")
    }
    for time in ends { try checkFinite(path.schedule(at: time), time) }
    return self
  }

  /// The first and the last time that may be drawn.
  private var ends: [Time<Double>] {
    [
      Time(t: times.lower, remaining: 1 - times.lower),
      Time(t: 1 - times.upper, remaining: times.upper),
    ]
  }

  /// The first end of the times at which an error of the prediction becomes an infinite error of the velocity:
  /// there `E |w - u|^2`, the true loss, is infinite, however well the network is trained. On `ot` that is
  /// t = 0 for the noise (`u = (x - eps)/t`) and t = 1 for x1 (`u = (x1 - x)/(1 - t)`).
  /// - Throws: what the path throws.
  public func timeOfInfiniteLoss() throws(FlowError) -> Time<Double>? {
    let path = try makePath()
    let velocity = Objective(prediction: objective.prediction, error: .velocity)
    return ends.first { !velocity.weight(path.schedule(at: $0)).isFinite }
  }

  private func checkFinite(_ s: Schedule<Double>, _ time: Time<Double>) throws(FlowError) {
    let samples = [objective.target(1, 1, s), objective.target(1, -1, s), objective.weight(s)]
    guard samples.allSatisfy(\.isFinite) else {
      throw FlowError.singular(
        "t",
        "the loss of \(objective.prediction.rawValue) with the error of "
          + "\(objective.error.rawValue) is infinite at t = \(time.t) on \(path.rawValue): "
          + "cut the times off there")
    }
  }
}
