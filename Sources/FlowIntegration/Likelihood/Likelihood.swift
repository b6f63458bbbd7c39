public import FlowMatching
import RealModule

/// Log densities along trajectories: `d/dt log p_t(x_t) = -div u_t(x_t)`, followed beside the state.
///
///     log p_t1(x_t1) = log p_t0(x_t0) - integral of div u over [t0, t1]
///
/// In either direction: from a data point to the noise (``logDensities(of:at:base:)``), or while
/// sampling (``samples(from:at:to:)``). Both give the same number at the same point.
///
/// *Accuracy*: that of the solver's tolerance, which the sum of divergences meets on its own; with
/// probes, a standard error that is reported.
///
/// *Proof*: `log_density_rate`, `log_likelihood_integral`, `gaussian_mixture_log_density_rate`,
/// `mixture_flow_carries_the_density` (on the line), `flow_likelihood`,
/// `flow_changes_variables_in_space` (any smooth field of R^d), `mixture_flow_in_space`.
/// *Reference*: Chen et al. (2018), theorem 1; Grathwohl et al. (2019), section 3.1; Lipman et al.
/// (2023), appendix C.
public struct Likelihood: Sendable {
  private let flow: Flow
  private let system: LikelihoodSystem
  /// The density at the end where the integral starts.
  public let base: BaseDensity
  /// How the divergence is found.
  public let divergence: DivergenceMethod

  /// - Throws: `unsupported` for solvers that need a Jacobian, `outOfDomain`.
  public init(
    of field: any DifferentiableField, base: BaseDensity, divergence: DivergenceMethod = .exact,
    solver: Solver = .dop853, steps: StepControl, stepLimit: Int = 100_000
  ) throws(FlowError) {
    var probes = 0
    if case .hutchinson(_, let count, _) = divergence {
      guard count > 0 else {
        throw FlowError.outOfDomain("probes", count, accepted: "[1, infinity)")
      }
      probes = count
    }
    self.base = base
    self.divergence = divergence
    system = LikelihoodSystem(field: field, probes: probes)
    flow = try Flow(
      system, isDifferentiable: false, solver: solver, steps: steps, stepLimit: stepLimit,
      keepsTrajectory: false)
  }

  /// Log densities at `end` of the rows of `points`, carried back to `start`. Row i has the probes of
  /// the trajectory `firstTrajectory + i`.
  /// - Throws: as ``Flow/solutions(from:to:at:)``, and where the base density does not exist.
  public func logDensities(
    of points: [Double], at end: Double, base start: Double, firstTrajectory: UInt64 = 0
  ) throws(FlowError) -> [LikelihoodSolution] {
    try follow(points, from: end, to: start, firstTrajectory).map { solution throws(FlowError) in
      try result(solution, baseIsEnd: true, at: start)
    }
  }

  /// Points carried from `start`, where they have the base density, to `end`, and their log
  /// densities there.
  /// - Throws: as ``Flow/solutions(from:to:at:)``, and where the base density does not exist.
  public func samples(
    from points: [Double], at start: Double, to end: Double, firstTrajectory: UInt64 = 0
  ) throws(FlowError) -> [LikelihoodSolution] {
    let d = system.field.dimension
    let solutions = try follow(points, from: start, to: end, firstTrajectory)
    var results: [LikelihoodSolution] = []
    for (row, solution) in solutions.enumerated() {
      var result = try result(solution, baseIsEnd: false, at: start)
      let x = Array(points[row * d..<(row + 1) * d])
      if let change = result.logDensity {
        result.logDensity = try change + base.logDensity(of: x, at: try Time(start))
      }
      results.append(result)
    }
    return results
  }

  private func follow(
    _ points: [Double], from start: Double, to end: Double, _ first: UInt64
  ) throws(FlowError) -> [Solution] {
    let d = system.field.dimension
    let count = try FlowError.rowCount(of: points, dimension: d, "x")
    var rows: [Double] = []
    for row in 0..<count {
      rows += points[row * d..<(row + 1) * d]
      rows += [Double](repeating: 0, count: system.sums)
      if case .hutchinson(let law, let count, let seed) = divergence {
        rows += DivergenceMethod.probes(
          law, count, seed: seed, trajectory: first + UInt64(row), dimension: d)
      }
    }
    return try flow.solutions(from: start, to: end, at: rows)
  }

  /// Splits a state into its parts. The sum runs in the direction of travel, so that it is the
  /// integral over [t0, t1] when going towards the data and minus that when going back.
  private func result(
    _ solution: Solution, baseIsEnd: Bool, at start: Double
  ) throws(FlowError) -> LikelihoodSolution {
    let d = system.field.dimension
    var solution = solution
    let sums = solution.x[d..<d + system.sums].map { baseIsEnd ? $0 : -$0 }
    solution.x = Array(solution.x[..<d])
    guard solution.status == .success else {
      return LikelihoodSolution(logDensity: nil, standardError: nil, solution: solution)
    }
    let mean = sums.reduce(0, +) / Double(sums.count)
    var error: Double?
    if sums.count > 1 {
      let square = sums.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      error = (square / Double(sums.count - 1) / Double(sums.count)).squareRoot()
    }
    let known =
      baseIsEnd ? try base.logDensity(of: solution.x, at: try Time(start)) : 0
    return LikelihoodSolution(
      logDensity: known + mean, standardError: error, solution: solution)
  }
}

/// A log density and the trajectory that it was found along.
public struct LikelihoodSolution: Sendable {
  /// In nats; `nil` where the solver did not reach the end.
  public var logDensity: Double?
  /// Of the mean over the probes; `nil` for an exact divergence or a single probe.
  public var standardError: Double?
  /// Where the trajectory ended and what it took.
  public var solution: Solution
}
