import FlowFiles
import FlowIntegration
import FlowMatching

extension Operation {
  /// Moving a point along a field that the asker supplies.
  static let integrationOperations: [Operation] = [
    asksBack(
      "integrate", "a point moved along a field whose slopes the asker supplies",
      required: ["solver", "t0", "t1", "x"], optional: stepFields + ["times"],
      { fields, asker throws(WireError) in
        var findings = Findings()
        let point = fields.states(nil, &findings)
        let plan = fields.plan(&findings)
        try findings.settle()
        if fields.has("times") {
          throw WireError(.unsupported, "times", "there is no dense output here")
        }
        let field = asker(point!.dimension)
        let solution = try onWire { () throws(FlowError) in
          try Flow(of: field, solver: plan!.solver, steps: plan!.steps)
            .solution(from: plan!.start, to: plan!.end, at: point!.values)
        }
        guard solution.status.arrives else {
          let failure = solution.failure.map { ": \($0.message)" } ?? ""
          throw WireError(
            .noConvergence, nil,
            "it stands at t = \(solution.t), \(solution.status.rawValue)\(failure)")
        }
        return jsonObject([
          "x": .numbers(solution.x), "t": .number(solution.t),
          "nfe": .integer(solution.evaluations.total),
        ])
      })
  ]

  /// The solvers that need nothing of a field but its slopes, as a greeting has them.
  static var integrators: JSONValue {
    .object(
      JSONObject(
        members: Solver.all.filter { !$0.needsJacobian }.map { solver in
          .init(
            name: solver.name,
            value: jsonObject([
              "order": solver.order.map(JSONValue.integer) ?? .null,
              "adaptive": .bool(solver.isAdaptive), "steps": .bool(solver.takesFixedSteps),
            ]))
        }))
  }
}
