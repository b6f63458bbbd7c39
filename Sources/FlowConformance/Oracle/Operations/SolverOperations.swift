import FlowFiles
import FlowIntegration
import FlowMatching

extension Operation {
  /// Steps, flows and likelihoods.
  static let solverOperations: [Operation] = [
    Operation(
      "solver_step", "one step of a solver on a linear field, whose matrix may move with time",
      required: ["solver", "field", "t", "h", "x"]
    ) { fields, _ throws(WireError) in
      var findings = Findings()
      let solver = findings.attempt { () throws(WireError) in try fields.solver() }
      let field = findings.attempt { () throws(WireError) in try fields.linearField() }
      let t = findings.attempt { () throws(WireError) in try fields.number("t") }
      let h = findings.attempt { () throws(WireError) in try fields.number("h") }
      let x = findings.attempt { () throws(WireError) in try fields.vector("x") }
      try findings.settle()
      let step = try onWire { () throws(FlowError) in
        try solver!.step(along: field!, at: t!, by: h!, from: x!)
      }
      return jsonObject([
        "x": .numbers(step.x),
        "error_estimate": step.errorEstimate.map(JSONValue.numbers) ?? .null,
      ])
    },
    Operation(
      "flow_map", "where trajectories end", required: ["path", "target", "t0", "t1", "solver"],
      optional: ["x", "points", "source", "controller"] + stepFields, cost: { .trajectories($0) }
    ) { fields, targets throws(WireError) in
      var findings = Findings()
      let field = fields.exactField(targets, &findings)
      let points = fields.states(field?.dimension, &findings)
      let plan = fields.plan(&findings)
      try findings.settle()
      let solutions = try onWire { () throws(FlowError) in
        // What the method itself comes to: whoever is judged has no other.
        try Flow(
          of: field!, solver: plan!.solver, steps: plan!.steps, landsOnAtoms: false
        )
        .solutions(from: plan!.start, to: plan!.end, at: points!.values)
      }
      let answers = solutions.map { solution in
        JSONValue.object(
          JSONObject(members: [.init(name: "x", value: .numbers(solution.x))] + counts(solution)))
      }
      return fields.has("points") ? .array(answers) : answers[0]
    },
    Operation(
      "log_likelihood", "log p along a trajectory, by its divergence",
      required: ["path", "target", "t0", "t1", "solver", "divergence"],
      optional: ["x", "points", "source", "controller", "base"] + stepFields,
      cost: { .trajectories($0) }
    ) { fields, targets throws(WireError) in
      var findings = Findings()
      let field = fields.exactField(targets, &findings)
      let points = fields.states(field?.dimension, &findings)
      let plan = fields.plan(&findings)
      let divergence = findings.attempt { () throws(WireError) in try fields.divergence() }
      let base = findings.attempt { () throws(WireError) in
        fields.has("base") ? try fields.choice("base", LikelihoodBase.self) : .exact
      }
      try findings.settle()
      let density = base!.density(field!)
      let solutions = try onWire { () throws(FlowError) in
        try Likelihood(
          of: field!, base: density, divergence: divergence!, solver: plan!.solver,
          steps: plan!.steps
        ).logDensities(of: points!.values, at: plan!.end, base: plan!.start)
      }
      let answers = solutions.map { result in
        let warning = density.warning(result, field!, at: plan!.start)
        return JSONValue.object(
          JSONObject(
            members: [
              .init(
                name: "log_density", value: result.logDensity.map(JSONValue.number) ?? .null),
              .init(
                name: "standard_error",
                value: result.standardError.map(JSONValue.number) ?? .null),
              .init(name: "x0", value: .numbers(result.solution.x)),
            ] + counts(result.solution)
              + (warning.map { [.init(name: "warning", value: .string($0))] } ?? [])))
      }
      return fields.has("points") ? .array(answers) : answers[0]
    },
  ]

  static let stepFields = ["rtol", "atol", "steps"]

  /// What a trajectory took.
  private static func counts(_ solution: Solution) -> [JSONObject.Member] {
    func count(_ name: String, _ value: Int) -> JSONObject.Member {
      .init(name: name, value: .integer(value))
    }
    func time(_ name: String, _ value: Double?) -> JSONObject.Member {
      .init(name: name, value: value.map(JSONValue.number) ?? .null)
    }
    return [
      .init(name: "status", value: .string(solution.status.rawValue)),
      count("nfe", solution.evaluations.total),
      count("nfe_initial", solution.evaluations.initial),
      count("nfe_rejected", solution.evaluations.rejected),
      count("jacobian_evaluations", solution.evaluations.jacobians),
      count("accepted", solution.accepted), count("rejected", solution.rejected),
      time("t_min", solution.asked?.lowerBound), time("t_max", solution.asked?.upperBound),
    ]
  }
}

/// How a request wants its trajectories followed.
struct Plan {
  let solver: Solver
  let steps: StepControl
  let start: Double
  let end: Double
}

extension RequestFields {
  fileprivate func solver() throws(WireError) -> Solver {
    let name = try string("solver")
    guard let solver = Solver.named(name) else {
      let accepted = Solver.all.map(\.name).joined(separator: ", ")
      throw WireError(
        .invalidField, prefix + "solver", "solver = \"\(name)\" is none of \(accepted)")
    }
    return solver
  }

  /// The field of `solver_step`: `{"kind":"linear","matrix":...,"matrix_dt":...,"offset":...}`.
  func linearField() throws(WireError) -> any VelocityField {
    let inner = try RequestFields(
      members("field"), prefix: "field.", required: ["kind", "matrix"],
      optional: ["matrix_dt", "offset"])
    guard try inner.string("kind") == "linear" else {
      throw inner.invalid("kind", "\"linear\"")
    }
    let matrix = try inner.rows("matrix")
    let offset =
      inner.has("offset")
      ? try inner.vector("offset") : [Double](repeating: 0, count: matrix.dimension)
    guard inner.has("matrix_dt") else {
      return try onWire { () throws(FlowError) in
        try LinearField(matrix: matrix.values, offset: offset)
      }
    }
    let rate = try inner.rows("matrix_dt")
    return try onWire { () throws(FlowError) in
      try LinearInTime(matrix: matrix.values, rate: rate.values, offset: offset)
    }
  }

  func exactField(
    _ targets: TargetDecoder, _ findings: inout Findings
  ) -> MarginalField? {
    let path = findings.attempt { () throws(WireError) in try self.path() }
    let target = findings.attempt { () throws(WireError) in try targets.target(self) }
    findings.refuseSource(self)
    guard let path, let target else { return nil }
    return MarginalField(path: path, target: target)
  }

  /// One state `x` or an array `points`.
  func states(
    _ dimension: Int?, _ findings: inout Findings
  ) -> (dimension: Int, values: [Double])? {
    findings.attempt { () throws(WireError) in
      guard has("x") != has("points") else {
        throw has("x")
          ? WireError(.invalidField, "points", "give either x or points, not both")
          : WireError(.missingField, "x", "the field x (or points) is missing")
      }
      let name = has("x") ? "x" : "points"
      var rows: (dimension: Int, values: [Double])
      if has("x") {
        let x = try vector("x")
        rows = (x.count, x)
      } else {
        rows = try self.rows("points")
      }
      if let dimension, rows.dimension != dimension {
        throw WireError(
          FlowError.dimensionMismatch(name, rows.dimension, expected: dimension))
      }
      for value in rows.values { try checkFinite(value, name) }
      return rows
    }
  }

  func plan(_ findings: inout Findings) -> Plan? {
    let solver = findings.attempt { () throws(WireError) in try self.solver() }
    let start = findings.attempt { () throws(WireError) in try boundary("t0") }
    let end = findings.attempt { () throws(WireError) in try boundary("t1") }
    let steps = findings.attempt { () throws(WireError) in try self.steps() }
    guard let solver, let start, let end, let steps else { return nil }
    return Plan(solver: solver, steps: steps, start: start, end: end)
  }

  private func checkFinite(_ value: Double, _ name: String) throws(WireError) {
    guard value.isFinite else {
      throw WireError(.nonFinite, name, "\(name) has \(value), which is not a finite number")
    }
  }

  /// One end of the interval.
  func boundary(_ name: String) throws(WireError) -> Double {
    let t = try number(name)
    try checkFinite(t, name)
    guard (0...1).contains(t) else {
      throw WireError(FlowError.outOfDomain(name, t, accepted: "[0, 1]"))
    }
    return t
  }

  private func steps() throws(WireError) -> StepControl {
    if has("steps") {
      for name in ["rtol", "atol", "controller"] where has(name) {
        throw WireError(.invalidField, prefix + name, "give either steps or \(name), not both")
      }
      return .fixed(steps: try integer("steps"))
    }
    let (relative, absolute) = (try number("rtol"), try number("atol"))
    var controller = Controller.integral
    if has("controller") {
      let name = try string("controller")
      guard let found = Controller.all.first(where: { $0.name == name }) else {
        throw invalid("controller", Controller.all.map(\.name).joined(separator: ", "))
      }
      controller = found
    }
    return .adaptive(
      try onWire { () throws(FlowError) in
        try Tolerance(relative: relative, absolute: absolute)
      }, controller)
  }

  /// `"exact"` or `{"law","probes","seed"}`.
  func divergence() throws(WireError) -> DivergenceMethod {
    if case .string(let name)? = object["divergence"] {
      guard name == "exact" else { throw invalid("divergence", "\"exact\" or an object") }
      return .exact
    }
    let inner = try RequestFields(
      members("divergence"), prefix: "divergence.", required: ["law", "probes"],
      optional: ["seed"])
    return .hutchinson(
      try inner.choice("law", TraceEstimate.Law.self), probes: try inner.integer("probes"),
      seed: UInt64(bitPattern: Int64(try inner.integer("seed", default: 0))))
  }
}
