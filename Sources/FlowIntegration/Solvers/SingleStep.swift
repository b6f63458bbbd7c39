public import FlowMatching

extension Solver {
  /// One step of the size `h` from the state x at `t`, and the method's own estimate of its error:
  /// `h sum (b - embedded) k`, or what the library of the stepper says; `nil` without an embedded
  /// method. For checking steppers against known answers.
  /// - Throws: `unsupported` for multistep methods, `dimensionMismatch`, `nonFinite`, and what the
  ///   field throws.
  public func step(
    along field: any VelocityField, at t: Double, by h: Double, from x: [Double]
  ) throws(FlowError) -> (x: [Double], errorEstimate: [Double]?) {
    for (name, value) in [("t", t), ("h", h)] { try FlowError.checkFinite(value, name) }
    try FlowError.checkFinite(x, "x")
    guard x.count == field.dimension else {
      throw FlowError.dimensionMismatch("x", x.count, expected: field.dimension)
    }
    guard takesFixedSteps else {
      throw FlowError(.unsupported, "solver", "a multistep method has no single step")
    }
    let system = FieldSystem(field, lands: false)
    let result =
      switch method {
      case .rungeKutta(let tableau):
        try explicitStep(coefficients ?? ExplicitCoefficients(tableau), system, t, h, x)
      case .gsl(let stepper):
        try libraryStep(stepper, system, t, h, x)
      }
    if let bad = result.x.firstIndex(where: { !$0.isFinite }) {
      throw FlowError.outOfDomain("h", h, accepted: "the range of double precision at x[\(bad)]")
    }
    return result
  }

  private func explicitStep(
    _ method: ExplicitCoefficients, _ system: FieldSystem, _ t: Double, _ h: Double, _ x: [Double]
  ) throws(FlowError) -> (x: [Double], errorEstimate: [Double]?) {
    var slopes: [[Double]] = []
    func sum(_ terms: [ExplicitCoefficients.Term], _ i: Int) -> Double {
      terms.reduce(0.0) { $0.addingProduct(slopes[$1.stage][i], $1.weight) }
    }
    for stage in 0..<method.stages {
      let state = x.indices.map { x[$0].addingProduct(h, sum(method.rows[stage], $0)) }
      let time = method.nodes[stage] == 1 ? t + h : t + h * method.nodes[stage]
      slopes.append(
        try system.derivatives(at: [Time(t: time, remaining: 1 - time)], of: state))
    }
    return (
      x.indices.map { x[$0].addingProduct(h, sum(method.weights, $0)) },
      method.error.map { terms in x.indices.map { h * sum(terms, $0) } }
    )
  }

  private func libraryStep(
    _ stepper: GSLStepper, _ system: FieldSystem, _ t: Double, _ h: Double, _ x: [Double]
  ) throws(FlowError) -> (x: [Double], errorEstimate: [Double]?) {
    let run = GSLRun(
      system, stepper, try Tolerance(relative: 1e-13, absolute: 1e-13), from: t, to: t + h,
      state: x, keepsTrajectory: false)
    let step = try run.single(h)
    return (step.x, step.error)
  }
}
