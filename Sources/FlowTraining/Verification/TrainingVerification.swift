public import FlowMatching
public import FlowVerification

/// Cross-checks of the float32 trainer against the double engine: what is drawn and what theorem 2 says
/// on every path, kernels, optimiser, sampler and repeatability on every kind of network.
public struct TrainingVerification: Sendable {
  /// The paths and their names.
  public var paths: [(name: String, path: any ProbabilityPath)]
  /// Which random numbers.
  public var seed: UInt64
  /// The probability that a correct trainer fails any of the statistical checks, over all of them.
  public var falseAlarmRate = 1e-6

  public init(paths: [(name: String, path: any ProbabilityPath)], seed: UInt64) {
    self.paths = paths
    self.seed = seed
  }

  /// The names of the checks and what they claim.
  public static let statements: [(name: String, statement: String)] = [
    (BatchChecks.name, "a batch's target = alpha' x1 + (v'/(2v)) (x - alpha x1) of the engine"),
    (TheoremChecks.gap, "L_CFM - L_FM = cfm_gap"),
    (TheoremChecks.gradients, "grad L_CFM = grad L_FM along random directions"),
    (KernelChecks.forward, "float32 outputs = a plain network in double precision (relative rms)"),
    (KernelChecks.backward, "float32 gradient along v = dual numbers along v, for every tensor"),
    (RunChecks.optimiser, "30 updates = the formulas of Adam, clipping, schedule and average"),
    (RunChecks.sampler, "dopri5 on the float32 field = the same steps on the double field"),
    (RunChecks.repeatable, "1 thread = 3 threads stopped, written, read and resumed with 2"),
  ]

  /// The data: three Gaussians on a ring.
  static func target() throws(FlowError) -> GaussianMixture {
    try Preset.ringOfGaussians(modes: 3, radius: 1.5, std: 0.4)
  }

  /// How many standard errors a mean may be off, by Bonferroni over all statistics.
  var deviationBound: Double {
    let count = paths.count * (TheoremChecks.times.count + TheoremChecks.directions)
    return NormalTail.bound(twoSided: falseAlarmRate / Double(max(count, 1)))
  }

  /// One path or one kind of network is one step of the progress.
  public var stepCount: Int { paths.count + NetworkShape.Kind.allCases.count }

  /// Runs everything, in parallel; the result depends on the seed alone. `progress` is called after
  /// every step, from any thread.
  public func run(progress: @escaping @Sendable () -> Void = {}) -> [CheckResult] {
    let (paths, seed, bound) = (paths, seed, deviationBound)
    let kinds = NetworkShape.Kind.allCases
    let results = parallelMap(stepCount) { i in
      defer { progress() }
      return i < paths.count
        ? Self.checks(paths[i].name, paths[i].path, seed: seed, bound: bound)
        : Self.checks(kinds[i - paths.count], seed: seed)
    }
    return results.flatMap { $0 }
  }

  private static func checks(
    _ name: String, _ path: any ProbabilityPath, seed: UInt64, bound: Double
  ) -> [CheckResult] {
    [
      BatchChecks.check(name, drawing: path, exact: path, seed: seed),
      TheoremChecks.gap(name, drawing: path, exact: path, seed: seed, bound: bound),
      TheoremChecks.gradients(name, drawing: path, exact: path, seed: seed, bound: bound),
    ]
  }

  private static func checks(_ kind: NetworkShape.Kind, seed: UInt64) -> [CheckResult] {
    [
      KernelChecks.forward(kind, seed: seed), KernelChecks.backward(kind, seed: seed),
      RunChecks.optimiser(kind, seed: seed), RunChecks.sampler(kind, seed: seed),
      RunChecks.repeatable(kind, seed: seed),
    ]
  }
}

extension CheckResult {
  /// What `body` finds on a path or a kind of network; what it throws is the check's failure.
  static func training(
    _ check: String, _ subject: String, _ unit: Unit, allowance: Double,
    _ body: (inout CheckResult) throws(FlowError) -> Void
  ) -> CheckResult {
    var result = CheckResult(
      check: check, target: "training", path: subject, unit: unit, allowance: allowance)
    do throws(FlowError) {
      try body(&result)
      if result.count == 0 { result.failure = "nothing was looked at" }
    } catch {
      result.failure = "\(error)"
    }
    return result
  }
}
