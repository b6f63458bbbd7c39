import FlowIntegration
public import FlowMatching
import RealModule

/// What is known about a trained model when its data's exact field is known.
public struct ModelScores: Sendable {
  /// How much is measured.
  public struct Effort: Sendable {
    /// Points of the true loss.
    public var points = 4096
    /// Points of the continuity residual, at most as many as those of the true loss.
    public var divergences = 4096
    /// Samples drawn, and compared with as many exact ones.
    public var samples = 2000
    /// Samples whose log density is computed.
    public var likelihoods = 256
    /// Trajectories that are counted.
    public var trajectories = 64
    /// The tolerances at which evaluations are counted.
    public var tolerances = [1e-3, 1e-5, 1e-7]
    public var seed: UInt64 = 1

    public init() {}

    /// As much as a network of a kind takes minutes for: the divergence of a U-Net costs one backward pass per
    /// axis.
    public init(for shape: NetworkShape) {
      guard shape.kind == .unet else { return }
      divergences = max(32, min(4096, 16_384 / shape.dimension))
      likelihoods = max(4, min(256, 512 / shape.dimension))
      tolerances = [1e-3, 1e-5]
      samples = 500
    }
  }

  /// `E |w - u|^2` and its standard error; infinite where ``TrainingRecipe/timeOfInfiniteLoss()`` is not nil.
  public let trueLoss: (value: Double, standardError: Double)
  /// `sqrt(E |w - u|^2 / E |u|^2)` in tenths of the interval of times.
  public let relativeErrors: [Double]
  public let continuityResidual: (residual: Double, size: Double)
  /// The mean of `-log p` over exact samples: of the model, with N(0, sigma^2 I) at the start as papers
  /// do, and of the exact density, with the standard error of the difference; `nil` where the data has no density,
  /// as points without a std have none at t = 1.
  public let negativeLogLikelihood: (model: Double, exact: Double, standardError: Double)?
  /// Of the model's samples from exact ones; and of two sets of exact ones, for scale.
  public let energyDistance: (model: Double, exact: Double)
  /// The sliced distance of samples to the data: of the model, and of as many exact samples.
  public let slicedWasserstein: (model: Double, exact: Double)
  /// Mean evaluations of dopri5 by tolerance, relative and absolute.
  public let evaluations: [(tolerance: Double, mean: Double)]

  /// - Parameters:
  ///   - field: the exact field of the model's path and data.
  ///   - threads: of the float32 evaluation.
  /// - Throws: what the fields and the solvers throw; `noConvergence` where a trajectory does not arrive.
  public init(
    _ checkpoint: Checkpoint, exactly field: MarginalField, effort: Effort = Effort(), threads: Int
  ) throws(FlowError) {
    let recipe = checkpoint.configuration.recipe
    let d = recipe.network.dimension
    let times = try checkpoint.times()
    let (start, end) = (times.lowerBound, times.upperBound)
    let trained = try checkpoint.trainedField(threads: threads)
    // A U-Net in double precision would take hours.
    let learned: any DifferentiableField =
      recipe.network.kind == .unet
      ? DifferentiatedTrainedField(trained) : try checkpoint.learnedField()
    let loss = try TrueLoss(
      field: field, times: recipe.times, count: effort.points, seed: effort.seed)
    trueLoss = try recipe.timeOfInfiniteLoss() == nil ? loss(trained) : (.infinity, .infinity)
    relativeErrors = try loss.relativeErrors(trained, bins: 10)
    continuityResidual = try Self.residual(
      learned, field,
      effort.divergences >= effort.points
        ? loss
        : try TrueLoss(
          field: field, times: recipe.times, count: effort.divergences, seed: effort.seed))

    func stream(_ k: UInt64) -> RandomStream {
      RandomStream(seed: effort.seed, stream: RandomPurpose.samples.stream + k)
    }
    /// Exact samples at the end of the interval, where the model's samples are.
    let last = field.path.schedule(at: try Time(end))
    func exactSamples(_ count: Int, _ k: UInt64) -> [Double] {
      let noise = stream(k + 1)
      return (0..<UInt64(count)).flatMap { index in
        zip(
          field.target.sample(index, from: stream(k)),
          noise.normals(d, at: index * UInt64((d + 1) / 2))
        ).map { (last.alpha * $0).addingProduct(last.sigma, $1) }
      }
    }
    func tolerance(_ x: Double) throws(FlowError) -> StepControl {
      .adaptive(try Tolerance(relative: x, absolute: x), .integral)
    }
    let sigma = field.path.schedule(at: try Time(start)).sigma
    let noise = stream(0).normals(effort.samples * d, at: 0).map { sigma * $0 }
    let flow = try Flow(of: trained, solver: .dopri5, steps: try tolerance(1e-5))
    let found = try Self.arrived(try flow.solutions(from: start, to: end, at: noise)).flatMap(\.x)
    let (a, b) = (exactSamples(effort.samples, 2), exactSamples(effort.samples, 4))
    energyDistance = (
      SampleDistance.energy(found, a, dimension: d), SampleDistance.energy(b, a, dimension: d)
    )
    slicedWasserstein = (
      try SampleDistance.slicedWasserstein(found, a, dimension: d),
      try SampleDistance.slicedWasserstein(b, a, dimension: d)
    )

    negativeLogLikelihood = try Self.negativeLogLikelihood(
      of: learned, Array(a.prefix(effort.likelihoods * d)), from: start, to: end, exactly: field,
      steps: try tolerance(1e-5))

    var evaluations: [(Double, Double)] = []
    for level in effort.tolerances {
      let flow = try Flow(of: learned, solver: .dopri5, steps: try tolerance(level))
      let solutions = try Self.arrived(
        try flow.solutions(
          from: start, to: end, at: Array(noise.prefix(effort.trajectories * d))))
      let total = solutions.reduce(0) { $0 + $1.evaluations.total }
      evaluations.append((level, Double(total) / Double(solutions.count)))
    }
    self.evaluations = evaluations
  }

  private static func residual(
    _ learned: some DifferentiableField, _ field: MarginalField, _ points: TrueLoss
  ) throws(FlowError) -> (residual: Double, size: Double) {
    try points.continuityResidual(learned, exactly: field)
  }

  /// Of the model and of the exact density at `points`, samples of p_end; `nil` where that has no density.
  private static func negativeLogLikelihood(
    of learned: any DifferentiableField, _ points: [Double], from start: Double, to end: Double,
    exactly field: MarginalField, steps: StepControl
  ) throws(FlowError) -> (model: Double, exact: Double, standardError: Double)? {
    let d = field.dimension
    let exact: [Double]
    do throws(FlowError) {
      exact = try field.values(of: .logDensity, at: [try Time(end)], of: points)
    } catch {
      guard error.code == .singular else { throw error }
      return nil
    }
    let sigma = field.path.schedule(at: try Time(start)).sigma
    let densities = try Likelihood(
      of: learned, base: .standardNormal, solver: .dopri5, steps: steps
    ).logDensities(of: points, at: end, base: start)
    _ = try arrived(densities.map(\.solution))
    let gaps = zip(densities, exact).map { found, exact in
      // The likelihood begins with N(0, I): what N(0, sigma^2 I) has more.
      let square = found.solution.x.reduce(0) { $0 + $1 * $1 }
      let more = 0.5 * square * (1 - 1 / (sigma * sigma)) - Double(d) * Double.log(sigma)
      return exact - ((found.logDensity ?? .nan) + more)
    }
    let count = Double(gaps.count)
    let gap = gaps.reduce(0, +) / count
    let mean = -exact.reduce(0, +) / count
    let spread = gaps.reduce(0) { $0 + ($1 - gap) * ($1 - gap) }
    return (mean + gap, mean, (spread / (count * (count - 1))).squareRoot())
  }

  /// - Throws: why the first of those that did not arrive did not.
  private static func arrived(_ solutions: [Solution]) throws(FlowError) -> [Solution] {
    if let bad = solutions.first(where: { !$0.status.arrives }) {
      throw bad.failure
        ?? FlowError(.noConvergence, "solver", "stopped at t = \(bad.t): \(bad.status.advice)")
    }
    return solutions
  }
}
