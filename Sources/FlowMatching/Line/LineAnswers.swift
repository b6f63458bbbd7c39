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

/// Answers between both ends of time.
extension LineDensity {
  func posterior(
    of x: Double, at schedule: Schedule<Double>, _ wanted: Moments, _ limits: QuadratureLimits
  ) throws(FlowError) -> Posterior<Double> {
    let mirror = LineMirror(self, x: x, schedule)
    let query = try LineQuery(
      self, x: mirror.x, schedule, mirror.asked(wanted), limits: limits)
    return mirror.posterior(query.moments.posterior(query.forms, mirror.asked(wanted)), wanted)
  }

  /// Anchor, panels and forms are found without derivatives. Nothing is folded where places move with x.
  func posterior(
    of x: Dual<Double>, at schedule: Schedule<Dual<Double>>, _ wanted: Moments,
    _ limits: QuadratureLimits
  ) throws(FlowError) -> Posterior<Dual<Double>> {
    let mirror = LineMirror(self, x: x, schedule)
    let (x, asked) = (mirror.x, mirror.asked(wanted))
    let values = schedule.mapped(\.value)
    let query = try LineQuery(
      self, x: x.value, values, asked.union(.means), limits: limits,
      folds: !LineFrame.isNarrow(self, values))
    func integrand(_ motion: LineMotion) -> LineIntegrand<Self, Dual<Double>> {
      var integrand = LineIntegrand(
        self, query.integrand.frame, x: x, schedule, anchor: query.integrand.anchor,
        motion: motion)
      if let mark = query.integrand.reference.mark { integrand.count(fromMark: mark) }
      if query.integrand.fold != nil { integrand.foldAboutCenter() }
      return integrand
    }
    let moments = integrand(query.forms.scoreFromDensity ? .withJumps : .withMarks)
    let slopes =
      query.forms.scoreFromDensity && query.hasKink ? integrand(.withMarks) : nil
    let sums = try moments.sums(
      query.result.panels, width: query.width, slopes: slopes, limits)
    let found = LineMoments(moments, sums: sums, usesDensity: query.usesDensity)
      .posterior(query.forms, asked)
    return mirror.posterior(found, wanted)
  }

  func estimate(
    of x: Double, at schedule: Schedule<Double>, _ wanted: Moments, _ limits: QuadratureLimits
  ) throws(FlowError) -> EstimatedPosterior {
    let mirror = LineMirror(self, x: x, schedule)
    let asked = mirror.asked(wanted)
    let query = try LineQuery(self, x: mirror.x, schedule, asked, limits: limits)
    return EstimatedPosterior(
      posterior: mirror.posterior(query.moments.posterior(query.forms, asked), wanted),
      error: mirror.errors(query.errors(asked), wanted),
      evaluations: query.result.evaluations)
  }
}
