public import FlowMatching

/// The flow of a velocity field: `dx/dt = u_t(x)` from one time to another, forward or backward.
///
/// Every trajectory has its own steps. It lands exactly on the end and never asks the field outside
/// the interval; the ``Solution`` says how often it asked, and why it stopped if it did.
///
///     let flow = try Flow(
///       of: field, solver: .dop853, steps: .adaptive(Tolerance(relative: 1e-8, absolute: 1e-8)))
///     let samples = try flow.solutions(from: 0, to: 1, at: noise)
///
/// Trajectories run in parallel and, for the solvers with a tableau, eight side by side; results are
/// the same to the bit for every number of threads and every split of a batch, if the field's are.
///
/// *Proof*: `mixture_flow_exists_and_is_unique`, `sampling_reaches_the_data` (on the line);
/// `gaussian_flow_solves`, `full_gaussian_flow_solves` (the exact flow it is tested on).
/// *Reference*: Lipman et al. (2023), equation 1.
public struct Flow: Sendable {
  let system: any FlowSystem
  public let solver: Solver
  public let steps: StepControl
  /// How many steps a trajectory may attempt.
  public let stepLimit: Int
  /// Whether solutions keep their ``Trajectory``.
  public let keepsTrajectory: Bool

  /// - Parameter landsOnAtoms: Whether a trajectory of points ends on the point that owns it, where the field itself
  ///   does not exist; without it the status says what the method alone comes to, `singular`.
  /// - Throws: `unsupported` where the solver cannot take such steps or needs derivatives that the
  ///   field does not have, `outOfDomain`.
  public init(
    of field: any VelocityField, solver: Solver = .dop853, steps: StepControl,
    stepLimit: Int = 100_000, keepsTrajectory: Bool = false, landsOnAtoms: Bool = true
  ) throws(FlowError) {
    try self.init(
      FieldSystem(field, lands: landsOnAtoms), isDifferentiable: field is any DifferentiableField,
      solver: solver,
      steps: steps, stepLimit: stepLimit, keepsTrajectory: keepsTrajectory)
  }

  init(
    _ system: any FlowSystem, isDifferentiable: Bool, solver: Solver, steps: StepControl,
    stepLimit: Int, keepsTrajectory: Bool
  ) throws(FlowError) {
    guard stepLimit > 0 else {
      throw FlowError.outOfDomain("step_limit", stepLimit, accepted: "[1, infinity)")
    }
    switch steps {
    case .fixed, .times:
      let count = steps.count ?? 0
      guard count > 0 else {
        throw FlowError.outOfDomain("steps", count, accepted: "[1, infinity)")
      }
      if case .times(let times) = steps { try Self.check(times) }
      guard solver.takesFixedSteps else {
        throw FlowError(.unsupported, "steps", "\(solver.name) chooses its own steps")
      }
    case .adaptive:
      guard solver.isAdaptive else {
        throw FlowError(
          .unsupported, "rtol", "\(solver.name) does not estimate its error: give it steps")
      }
    }
    guard isDifferentiable || !solver.needsJacobian else {
      throw FlowError(
        .unsupported, "solver",
        "\(solver.name) needs a Jacobian, and the field's derivatives are not known")
    }
    self.system = system
    self.solver = solver
    self.steps = steps
    self.stepLimit = stepLimit
    self.keepsTrajectory = keepsTrajectory
  }

  /// Throws unless the times are in [0, 1] and go one way.
  private static func check(_ times: [Double]) throws(FlowError) {
    for t in times { try FlowError.check(t, "times", in: 0...1) }
    for (before, after) in zip(times, times.dropFirst()) {
      guard before != after, (after > before) == (times[1] > times[0]) else {
        throw FlowError.outOfDomain(
          "times", after, accepted: "times that go one way: \(before) comes before it")
      }
    }
  }

  /// One solution per row of `points`, each a trajectory from `start` to `end`.
  /// - Throws: `outOfDomain` or `nonFinite` for the times, `dimensionMismatch`, `nonFinite`. What
  ///   goes wrong on the way is the status of the solution that it happens to.
  public func solutions(
    from start: Double, to end: Double, at points: [Double]
  ) throws(FlowError) -> [Solution] {
    for (name, t) in [("t0", start), ("t1", end)] { try FlowError.check(t, name, in: 0...1) }
    if case .times(let times) = steps {
      for (name, t, own) in [("t0", start, times[0]), ("t1", end, times[times.count - 1])] {
        guard t == own else {
          throw FlowError.outOfDomain(name, t, accepted: "\(own), where the given times have it")
        }
      }
    }
    let width = system.width
    let count = try FlowError.rowCount(of: points, dimension: width, "x")
    try FlowError.checkFinite(points, "x")
    guard count > 0 else { return [] }
    let chunk = chunkSize
    let chunks = (count + chunk - 1) / chunk
    let budget = Budget.current
    let results = parallelMap(chunks) { index in
      let rows = index * chunk..<min(count, (index + 1) * chunk)
      return run(
        from: start, to: end,
        rows: Array(points[rows.lowerBound * width..<rows.upperBound * width]), budget)
    }
    try budget?.check()
    return Array(results.joined())
  }

  /// The trajectory of one point.
  public func solution(
    from start: Double, to end: Double, at x: [Double]
  ) throws(FlowError) -> Solution {
    guard x.count == system.width else {
      throw FlowError.dimensionMismatch("x", x.count, expected: system.width)
    }
    return try solutions(from: start, to: end, at: x)[0]
  }

  /// How many trajectories one thread takes at a time. A field without lanes is asked for many rows
  /// at once and brings its own threads.
  private var chunkSize: Int {
    switch solver.method {
    case .gsl: 1
    case .rungeKutta: system.hasLanes ? 64 : 4096
    }
  }

  private func run(
    from start: Double, to end: Double, rows: [Double], _ budget: Budget?
  ) -> [Solution] {
    switch solver.method {
    case .rungeKutta(let tableau):
      return ExplicitEngine(
        system, coefficients(tableau), steps, from: start, to: end, limit: stepLimit,
        keepsTrajectory: keepsTrajectory, rows: rows, budget: budget
      ).run()
    case .gsl(let stepper):
      return [runGSL(stepper, from: start, to: end, state: rows, budget)]
    }
  }

  private func coefficients(_ tableau: Tableau) -> ExplicitCoefficients {
    if case .adaptive(_, let controller) = steps, controller.closesEveryStep,
      !tableau.isFirstSameAsLast
    {
      return ExplicitCoefficients(tableau.closed)
    }
    return solver.coefficients ?? ExplicitCoefficients(tableau)
  }

  private func runGSL(
    _ stepper: GSLStepper, from start: Double, to end: Double, state: [Double],
    _ budget: Budget?
  ) -> Solution {
    switch steps {
    case .fixed, .times:
      // Newton's iteration inside a step stops at this.
      guard let tolerance = try? Tolerance(relative: 1e-13, absolute: 1e-13) else {
        preconditionFailure("a constant tolerance")
      }
      return GSLRun(
        system, stepper, tolerance, from: start, to: end, state: state,
        keepsTrajectory: keepsTrajectory, budget: budget
      ).run(steps: steps)
    case .adaptive(let tolerance, _):
      return GSLRun(
        system, stepper, tolerance, from: start, to: end, state: state,
        keepsTrajectory: keepsTrajectory, budget: budget
      ).run(first: min(1e-3, abs(end - start)), limit: stepLimit)
    }
  }
}
