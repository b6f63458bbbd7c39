internal import CGSL
import FlowMatching

/// Moves one trajectory by a stepper of the GNU Scientific Library, with the library's error control.
///
/// The loop is that of `gsl_odeiv2_evolve_apply`, written out so that the evaluations of kept and of
/// discarded steps can be told apart, that a slope which is known is not asked for again, and that a
/// field which ends is approached instead of crossed.
final class GSLRun {
  private let problem: GSLProblem
  private let equations: UnsafeMutablePointer<gsl_odeiv2_system>
  private let driver: UnsafeMutablePointer<gsl_odeiv2_driver>
  private let stepper: GSLStepper
  private let budget: Budget?
  private let width: Int
  private let end: Double
  private var t: Double
  private var y: [Double]
  private var error: [Double]
  private var slopeIn: [Double]
  private var slopeOut: [Double]
  /// Whether `slopeIn` is the slope at (t, y).
  private var knowsSlope = false
  private var endIsSingular = false
  /// What the field said there.
  private var refusedAtEnd: FlowError?

  init(
    _ system: any FlowSystem, _ stepper: GSLStepper, _ tolerance: Tolerance, from start: Double,
    to end: Double, state: [Double], keepsTrajectory: Bool, budget: Budget? = nil
  ) {
    GSL.ready
    self.stepper = stepper
    self.end = end
    self.budget = budget
    t = start
    y = state
    width = state.count
    error = [Double](repeating: 0, count: width)
    (slopeIn, slopeOut) = (error, error)
    var solution = Solution(x: state, t: start)
    if keepsTrajectory { solution.trajectory = Trajectory(t: start, x: state) }
    problem = GSLProblem(system, min(start, end)...max(start, end), solution)
    equations = .allocate(capacity: 1)
    equations.initialize(to: problem.equations)
    // Under a relative tolerance alone the library would divide by 0 where a coordinate is 0: it is then
    // allowed its share of the distance that it moves in a step as well.
    let scales = state.map { tolerance.absolute + tolerance.relative * abs($0) }
    let isRelative = tolerance.absolute <= (scales.max() ?? 0) * 0x1p-53
    guard
      let driver = gsl_odeiv2_driver_alloc_standard_new(
        equations, stepper.type, end >= start ? 1e-6 : -1e-6,
        isRelative ? max(tolerance.absolute, 0x1p-500) : tolerance.absolute, tolerance.relative, 1,
        isRelative ? 1 : 0)
    else { preconditionFailure("out of memory") }
    self.driver = driver
  }

  deinit {
    gsl_odeiv2_driver_free(driver)
    equations.deallocate()
  }

  private func asks() -> Int {
    defer { problem.asks = 0 }
    return problem.asks
  }

  private func result(_ status: Status, _ failure: FlowError?) -> Solution {
    problem.solution.x = y
    problem.solution.t = t
    problem.solution.status = status
    problem.solution.failure = status == .success ? nil : failure
    return problem.solution
  }

  /// The solution on the atom that owns the state, if one does.
  private func landed() -> Solution? {
    guard let atom = problem.system.landing(from: t, of: y, at: end) else { return nil }
    if problem.solution.trajectory != nil, learnSlope() == nil {
      problem.solution.trajectory?.land(
        on: atom, at: end, slope: slopeIn.map { $0 * (end - t) })
      problem.solution.evaluations.accepted += asks()
    }
    (y, t) = (atom, end)
    return result(.landed, nil)
  }

  /// The slope at (t, y), unless it is known.
  private func learnSlope() -> FlowError? {
    if knowsSlope { return nil }
    problem.failure = nil
    guard problem.derivative(t, y, &slopeIn) == 0 else { return problem.failure!.error }
    knowsSlope = true
    return nil
  }

  /// One step of the size h; nil where it was made, else why it was not. The state is then as before.
  private func apply(_ h: Double) -> (status: Int32, refusal: FlowError?)? {
    let before = y
    problem.failure = nil
    let canUse = stepper.type.pointee.can_use_dydt_in != 0
    let status = gsl_odeiv2_step_apply(
      driver.pointee.s, t, h, &y, &error, canUse ? slopeIn : nil, &slopeOut, equations)
    if status == 0, y.allSatisfy(\.isFinite) { return nil }
    y = before
    if let failure = problem.failure { return (status, failure.error) }
    if status == 0 {
      return (status, FlowError(.nonFinite, "x", "the state is not finite after a step of \(h)"))
    }
    return (status, nil)
  }

  private func keep(_ next: Double, _ h: Double, from before: [Double]) {
    problem.solution.accepted += 1
    let start = t
    t = next
    let slopeBefore = slopeIn
    let isExact = stepper.type.pointee.gives_exact_dydt_out != 0
    knowsSlope = isExact
    if isExact { slopeIn = slopeOut }
    if problem.solution.trajectory != nil {
      let known = learnSlope() == nil
      let slopeAfter =
        known
        ? slopeIn.map { $0 * h }
        : y.indices.map { 2 * (y[$0] - before[$0]) - slopeBefore[$0] * h }
      problem.solution.trajectory?.append(
        Trajectory.Step(
          start: start, end: next, slopes: (slopeBefore.map { $0 * h }, slopeAfter),
          correction: nil),
        reaching: y)
    }
    problem.solution.evaluations.accepted += asks()
  }

  /// Given steps; an end at which the field does not exist is approached by 7/8 of the rest at a time.
  func run(steps: StepControl) -> Solution {
    let start = t
    if start == end { return result(.success, nil) }
    var step = 0
    while t != end {
      step += 1
      if budget?.isSpent ?? false { return result(.stepLimit, nil) }
      var next = steps.time(step, from: start, to: end)
      if endIsSingular {
        if let solution = landed() { return solution }
        next = t + 0.875 * (end - t)
        if abs(next - t) < 4 * max(t.ulp, next.ulp) { return result(.singular, refusedAtEnd) }
      }
      let before = y
      var refusal = learnSlope()
      var status: Int32 = 0
      if refusal == nil, let trouble = apply(next - t) { (status, refusal) = trouble }
      if refusal != nil || status != 0 {
        problem.solution.rejected += 1
        problem.solution.evaluations.rejected += asks()
        if let refusal, Cursor.status(of: refusal) == .singular, problem.failure?.t == end,
          t != end, !endIsSingular
        {
          (endIsSingular, refusedAtEnd) = (true, refusal)
          if stepper.isMultistep { gsl_odeiv2_step_reset(driver.pointee.s) }
          continue
        }
        guard let refusal else {
          return result(
            .noConvergence,
            FlowError(.noConvergence, "solver", "\(stepper): \(GSL.description(of: status))"))
        }
        return result(Cursor.status(of: refusal), refusal)
      }
      keep(next, next - t, from: before)
    }
    return result(.success, nil)
  }

  /// Steps as the library's controller chooses them.
  func run(first: Double, limit: Int) -> Solution {
    if t == end { return result(.success, nil) }
    var h = end > t ? first : -first
    var trouble: Status?
    var refusal: FlowError?
    while true {
      let attempts = problem.solution.accepted + problem.solution.rejected
      if attempts >= limit || budget?.isSpent ?? false {
        return result(.stepLimit, nil)
      }
      if let failure = learnSlope() {
        problem.solution.evaluations.rejected += asks()
        return result(Cursor.status(of: failure), failure)
      }
      if endIsSingular, let solution = landed() { return solution }
      var step = h
      let rest = end - t
      if endIsSingular { step = min(abs(step), 0.875 * abs(rest)) * (rest < 0 ? -1 : 1) }
      let isLast = abs(step) >= abs(rest)
      if isLast { step = rest }
      let next = isLast ? end : t + step
      if !isLast, abs(next - t) < 4 * max(t.ulp, next.ulp) {
        return result(endIsSingular ? .singular : trouble ?? .stepUnderflow, refusal)
      }
      let before = y
      if let (_, failure) = apply(step) {
        problem.solution.rejected += 1
        problem.solution.evaluations.rejected += asks()
        trouble = .stepUnderflow
        h = step / 2
        if let failure {
          trouble = Cursor.status(of: failure)
          if trouble == .fieldFailed { return result(.fieldFailed, failure) }
          refusal = failure
          if trouble == .singular, problem.failure?.t == end, !endIsSingular {
            endIsSingular = true
            h = step
          } else {
            h = step / 4
          }
        }
        if stepper.isMultistep { gsl_odeiv2_step_reset(driver.pointee.s) }
        continue
      }
      h = step
      let change = gsl_odeiv2_control_hadjust(
        driver.pointee.c, driver.pointee.s, y, error, slopeOut, &h)
      if change == GSL_ODEIV_HADJ_DEC {
        y = before
        problem.solution.rejected += 1
        problem.solution.evaluations.rejected += asks()
        trouble = .stepUnderflow
        if !endIsSingular { refusal = nil }
        continue
      }
      trouble = nil
      keep(next, step, from: before)
      if t == end { return result(.success, nil) }
    }
  }

  /// One step alone, for checking steppers.
  func single(_ h: Double) throws(FlowError) -> (x: [Double], error: [Double]) {
    if let failure = learnSlope() { throw failure }
    if let (status, failure) = apply(h) {
      throw failure
        ?? FlowError(.noConvergence, "solver", "\(stepper): \(GSL.description(of: status))")
    }
    return (y, error)
  }
}
