import FlowMatching

/// The gap between the conditional and the marginal flow-matching loss by two routes on the same
/// samples: directly from both velocities, and from the posterior covariance.
enum LossGapCheck: StatisticCheck {
  static let name = "loss gap"
  static let statement = "E|u(x|x1) - u(x)|^2 = E[(alpha' - alpha v'/(2v))^2 tr Cov[x1|x]]"
  static let count = 1

  static func statistics(
    _ draw: Draw, velocity: [Double]
  ) throws(FlowError) -> [Statistic] {
    // Given x1 alone the path is Gaussian only if the source is.
    guard !(draw.target is any SourcedTarget) else { return [] }
    let d = draw.dimension
    let s = draw.schedules[0]
    let conditional = ConditionalField(path: draw.field.path)
    let traces = try covarianceTraces(draw)
    let rate = s.varianceDot / (2 * s.variance)
    let slope = s.alphaDot - s.alpha * rate
    var terms: [Double] = []
    var noise: [Double] = []
    for i in 0..<draw.count {
      let row = i * d..<(i + 1) * d
      let own = try conditional.velocity(
        at: draw.times[i], of: Array(draw.points[row]), given: Array(draw.data[row]))
      var square = 0.0
      var uncertainty = 0.0
      for (u, place) in zip(own, row) {
        let difference = u - velocity[place]
        let (x, x1) = (draw.points[place], draw.data[place])
        let addends =
          abs(s.alphaDot * x1) + abs(rate) * (abs(x) + abs(s.alpha * x1)) + abs(velocity[place])
        let error = 2 * Roundings.engine * Roundings.unit * addends
        square += difference * difference
        uncertainty += (2 * abs(difference) + error) * error
      }
      let closed = slope * slope * traces[i]
      terms.append(square - closed)
      noise.append(uncertainty + Roundings.engine * Roundings.unit * closed)
    }
    return [Statistic("gap", at: draw.times[0], terms: terms, noise: noise)]
  }

  /// `tr Cov[x1 | x]` at points that share one time, without forming the matrix.
  private static func covarianceTraces(_ draw: Draw) throws(FlowError) -> [Double] {
    let s = draw.schedules[0]
    let schedule = Schedule<Lanes>(
      alpha: Lanes(s.alpha), sigma: Lanes(s.sigma), variance: Lanes(s.variance),
      alphaDot: Lanes(s.alphaDot), sigmaDot: Lanes(s.sigmaDot),
      varianceDot: Lanes(s.varianceDot))
    var result: [Double] = []
    for start in stride(from: 0, to: draw.count, by: Lanes.count) {
      let size = min(Lanes.count, draw.count - start)
      let x = (0..<draw.dimension).map { axis in
        var lanes = Lanes(0.0)
        for lane in 0..<Lanes.count {
          lanes[lane] = draw.points[(start + min(lane, size - 1)) * draw.dimension + axis]
        }
        return lanes
      }
      let posterior = try draw.target.posterior(of: x, at: schedule, .traces)
      result += (0..<size).map { posterior.covarianceTraceOverVariance[$0] * s.variance }
    }
    return result
  }
}
