/// A density whose answers are compiled for its own type: through a generic target from another module the
/// quadrature would call every operation of it indirectly.
protocol BuiltInDensity: LineDensity {
  func posterior(
    of x: Double, at schedule: Schedule<Double>, _ wanted: Moments, _ limits: QuadratureLimits
  ) throws(FlowError) -> Posterior<Double>
  func posterior(
    of x: Dual<Double>, at schedule: Schedule<Dual<Double>>, _ wanted: Moments,
    _ limits: QuadratureLimits
  ) throws(FlowError) -> Posterior<Dual<Double>>
  func estimate(
    of x: Double, at schedule: Schedule<Double>, _ wanted: Moments, _ limits: QuadratureLimits
  ) throws(FlowError) -> EstimatedPosterior
}

extension LaplaceDensity: BuiltInDensity {}
extension StudentTDensity: BuiltInDensity {}
extension TriangularDensity: BuiltInDensity {}
extension BetaDensity: BuiltInDensity {}
extension UniformDensity: BuiltInDensity {}
extension CustomDensity: BuiltInDensity {}

/// Answers between both ends of time.
extension LineDensity {
  func posterior(
    of x: Double, at schedule: Schedule<Double>, _ wanted: Moments, _ limits: QuadratureLimits
  ) throws(FlowError) -> Posterior<Double> {
    let query = try LineQuery(self, x: x, schedule, wanted, limits: limits)
    return query.moments.posterior(query.forms, wanted)
  }

  /// Anchor, panels and forms are found without derivatives.
  func posterior(
    of x: Dual<Double>, at schedule: Schedule<Dual<Double>>, _ wanted: Moments,
    _ limits: QuadratureLimits
  ) throws(FlowError) -> Posterior<Dual<Double>> {
    let query = try LineQuery(
      self, x: x.value, schedule.mapped(\.value), wanted.union(.means), limits: limits)
    func integrand(_ motion: LineMotion) -> LineIntegrand<Self, Dual<Double>> {
      LineIntegrand(
        self, query.integrand.frame, x: x, schedule, anchor: query.integrand.anchor,
        motion: motion)
    }
    let moments = integrand(query.forms.scoreFromDensity ? .withJumps : .withMarks)
    let slopes =
      query.forms.scoreFromDensity && query.hasKink ? integrand(.withMarks) : nil
    let sums = try moments.sums(
      query.result.panels, width: query.width, slopes: slopes, limits)
    return LineMoments(moments, sums: sums, usesDensity: query.usesDensity)
      .posterior(query.forms, wanted)
  }

  func estimate(
    of x: Double, at schedule: Schedule<Double>, _ wanted: Moments, _ limits: QuadratureLimits
  ) throws(FlowError) -> EstimatedPosterior {
    let query = try LineQuery(self, x: x, schedule, wanted, limits: limits)
    return EstimatedPosterior(
      posterior: query.moments.posterior(query.forms, wanted), error: query.errors(wanted),
      evaluations: query.result.evaluations)
  }
}
