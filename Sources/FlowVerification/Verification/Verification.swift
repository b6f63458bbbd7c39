public import FlowMatching

/// Checks that the fields of every path and target satisfy their equations, at random points of p_t.
public struct Verification: Sendable {
  /// The paths; each is checked on every target.
  public var paths: [NamedPath]
  /// The targets.
  public var targets: [NamedTarget]
  /// Which random points.
  public var seed: UInt64
  /// The probability that a correct engine fails any of the statistical checks, over all of them, in
  /// the normal approximation to their means.
  public var falseAlarmRate = 1e-6
  /// The share of the default numbers of points and samples that is drawn.
  public var effort = 1.0

  /// Every path on every target.
  public init(paths: [NamedPath], targets: [NamedTarget], seed: UInt64) {
    self.paths = paths
    self.targets = targets
    self.seed = seed
  }

  /// One path on one target is one step of the progress.
  public var stepCount: Int { paths.count * targets.count }

  /// Runs everything, in parallel over paths and targets; the result depends on the seed alone.
  /// `progress` is called with the target and the results of every step when it is done, from any thread.
  public func run(
    progress: @escaping @Sendable (_ target: String, _ results: [CheckResult]) -> Void = { _, _ in }
  ) -> [CheckResult] {
    let steps = targets.flatMap { target in paths.map { (target, $0) } }
    let bound = deviationBound
    let (seed, effort) = (seed, effort)
    let results = parallelMap(steps.count) { i in
      let (target, path) = steps[i]
      let step = VerificationStep(
        target: target, path: path, deviationBound: bound, effort: effort,
        random: RandomStream(seed: seed, stream: UInt64(i) << 16))
      let found = step.run()
      progress(target.name, found)
      return found
    }
    return results.flatMap { $0 }
  }

  /// How many standard errors a mean may be off, by Bonferroni over all statistics.
  public var deviationBound: Double {
    let each =
      VerificationStep.statisticTimes.count * (MomentCheck.count + LossGapCheck.count)
      + SamplerCheck.count
    return NormalTail.bound(twoSided: falseAlarmRate / Double(each * stepCount))
  }
}
