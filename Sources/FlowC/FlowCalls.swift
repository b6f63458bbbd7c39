// swift-format-ignore-file: AlwaysUseLowerCamelCase

public import CFlowReference
import FlowConformance
import FlowIntegration
import FlowMatching

/// How a caller wants trajectories followed.
private struct StepPlan {
  let solver: Solver
  let control: StepControl
  let limit: Int

  init(_ steps: UnsafePointer<flowref_steps>?) throws {
    guard let steps = steps?.pointee else { throw CallFailure.invalid("steps", "steps is NULL") }
    var solver = Solver.dop853
    if steps.solver != nil {
      let name = try Arrays.text(steps.solver, "solver")
      guard let found = Solver.named(name) else {
        throw Arrays.noChoice("solver", name, Solver.all.map(\.name))
      }
      solver = found
    }
    self.solver = solver
    limit = steps.step_limit == 0 ? 100_000 : try Arrays.size(steps.step_limit, 1, "step_limit")
    if steps.steps > 0 {
      control = .fixed(steps: try Arrays.size(steps.steps, 1, "steps"))
      return
    }
    var controller = Controller.integral
    if steps.controller != nil {
      let name = try Arrays.text(steps.controller, "controller")
      guard let found = Controller.all.first(where: { $0.name == name }) else {
        throw Arrays.noChoice("controller", name, Controller.all.map(\.name))
      }
      controller = found
    }
    control = .adaptive(
      try Tolerance(relative: steps.rtol, absolute: steps.atol), controller)
  }

  /// How many times as dear as the posterior means at a point a trajectory is.
  var evaluations: Double {
    if case .fixed(let steps) = control { Double(steps) * 6 } else { 300 }
  }
}

extension flowref_solution {
  fileprivate init(_ solution: Solution) {
    let counts = solution.evaluations
    self.init(
      status: Int32(Status.allCases.firstIndex(of: solution.status)!), t: solution.t,
      nfe: Int64(counts.total), nfe_initial: Int64(counts.initial),
      nfe_rejected: Int64(counts.rejected), jacobian_evaluations: Int64(counts.jacobians),
      accepted: Int64(solution.accepted), rejected: Int64(solution.rejected),
      t_min: solution.asked?.lowerBound ?? .nan, t_max: solution.asked?.upperBound ?? .nan)
  }
}

@c @implementation
public func flowref_flow(
  _ field: OpaquePointer?, _ t0: Double, _ t1: Double, _ points: UnsafePointer<Double>?,
  _ count: Int, _ steps: UnsafePointer<flowref_steps>?, _ result: UnsafeMutablePointer<Double>?,
  _ solutions: UnsafeMutablePointer<flowref_solution>?, _ run: UnsafePointer<flowref_run>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let plan = try StepPlan(steps)
    let query = try FieldQuery(field, [0], 1, 0, points, count, run)
    let place = try Arrays.place(result, "result")
    let d = query.field.dimension
    let flow = try Flow(
      of: query.field, solver: plan.solver, steps: plan.control, stepLimit: plan.limit)
    try query.slices(factor: plan.evaluations) { first, _, points in
      for (row, solution) in try flow.solutions(from: t0, to: t1, at: points).enumerated() {
        Arrays.write(solution.x, to: place, at: (first + row) * d)
        solutions?[first + row] = flowref_solution(solution)
      }
    }
  }
}

@c @implementation
public func flowref_log_likelihood(
  _ field: OpaquePointer?, _ t0: Double, _ t1: Double, _ points: UnsafePointer<Double>?,
  _ count: Int, _ steps: UnsafePointer<flowref_steps>?, _ base: UnsafePointer<CChar>?,
  _ law: UnsafePointer<CChar>?, _ probes: Int, _ seed: UInt64, _ firstNumber: UInt64,
  _ logDensities: UnsafeMutablePointer<Double>?, _ standardErrors: UnsafeMutablePointer<Double>?,
  _ x0: UnsafeMutablePointer<Double>?, _ solutions: UnsafeMutablePointer<flowref_solution>?,
  _ run: UnsafePointer<flowref_run>?, _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let plan = try StepPlan(steps)
    let query = try FieldQuery(field, [0], 1, 0, points, count, run)
    let base = try Arrays.choice(base, "base", LikelihoodBase.self)
    var divergence = DivergenceMethod.exact
    if law != nil {
      _ = try Arrays.size(probes, query.field.dimension, "probes")
      divergence = .hutchinson(
        try Arrays.choice(law, "law", TraceEstimate.Law.self), probes: probes, seed: seed)
    }
    let densityPlace = try Arrays.place(logDensities, "log_densities")
    let d = query.field.dimension
    let likelihood = try Likelihood(
      of: query.field, base: base.density(query.field), divergence: divergence,
      solver: plan.solver, steps: plan.control, stepLimit: plan.limit)
    let factor = plan.evaluations * Double(max(1, law == nil ? 1 : probes))
    try query.slices(factor: factor) { first, _, points in
      let found = try likelihood.logDensities(
        of: points, at: t1, base: t0, firstTrajectory: firstNumber &+ UInt64(first))
      for (index, one) in found.enumerated() {
        let row = first + index
        densityPlace[row] = one.logDensity ?? .nan
        standardErrors?[row] = one.standardError ?? .nan
        if let x0 { Arrays.write(one.solution.x, to: x0, at: row * d) }
        solutions?[row] = flowref_solution(one.solution)
      }
    }
  }
}

@c @implementation
public func flowref_stochastic(
  _ field: OpaquePointer?, _ t0: Double, _ t1: Double, _ points: UnsafePointer<Double>?,
  _ count: Int, _ scheme: UnsafePointer<CChar>?, _ steps: Int, _ diffusion: Double, _ seed: UInt64,
  _ firstNumber: UInt64, _ result: UnsafeMutablePointer<Double>?,
  _ run: UnsafePointer<flowref_run>?,
  _ error: UnsafeMutablePointer<flowref_error>?
) -> Int32 {
  guarded(error) {
    let query = try FieldQuery(field, [0], 1, 0, points, count, run)
    let place = try Arrays.place(result, "result")
    let sampler = try StochasticSampler(
      of: query.field, scheme: try Arrays.choice(scheme, "scheme"), steps: steps,
      diffusion: { _ in diffusion })
    try query.slices(factor: 4 * Double(steps)) { first, _, points in
      let x = try sampler.samples(
        from: t0, to: t1, at: points, seed: seed, firstTrajectory: firstNumber &+ UInt64(first))
      Arrays.write(x, to: place, at: first * query.field.dimension)
    }
  }
}
