extension Target {
  /// How large the numbers are that the posterior moments at every point are sums of: what the target counts
  /// itself, or from its estimated errors, or from the moments. One schedule for all points or one per point.
  /// - Throws: as ``PartialTarget/check(_:at:)`` and `posterior`.
  package func componentMagnitudes(
    of points: [Double], at schedules: [Schedule<Double>]
  ) throws(FlowError) -> [ComponentMagnitudes] {
    if let partial = self as? any PartialTarget {
      for row in 0..<points.count / dimension {
        try partial.check(
          points[row * dimension..<(row + 1) * dimension],
          at: schedules[schedules.count == 1 ? 0 : row])
      }
    }
    if let measured = self as? any MeasuredTarget {
      return try measured.magnitudes(of: points, at: schedules)
    }
    if let estimated = self as? any QuadratureTarget {
      return try estimated.magnitudesFromErrors(of: points, at: schedules)
    }
    return try magnitudesFromMoments(of: points, at: schedules)
  }

  /// From the moments themselves: `|E_k|` is on average at most `|D| + sqrt(Cov)`, and likewise for
  /// the others. Too large by the spread inside the components, so that a target whose components
  /// are wide against sigma should count them itself.
  func magnitudesFromMoments(
    of points: [Double], at schedules: [Schedule<Double>]
  ) throws(FlowError) -> [ComponentMagnitudes] {
    let d = dimension
    return try posteriors(of: points, at: schedules, [.means, .jacobians]).map {
      posterior, schedule in
      var result = ComponentMagnitudes(dimension: d)
      let rate = schedule.alpha / schedule.variance
      for i in 0..<d {
        let variance = posterior.covariance[i * (d + 1)]
        let std = variance.squareRoot()
        result.g[i] = abs(posterior.negativeScore[i]) + rate * std
        result.denoiser[i] = abs(posterior.denoiser[i]) + std
        result.square[i] = result.g[i] * result.g[i]
        result.product[i] = result.g[i] * result.denoiser[i]
        result.inverse[i] = 1 / schedule.variance
        result.spread[i] = rate * variance
      }
      return result
    }
  }

  /// The posteriors of single points, evaluated eight at a time, each with its schedule.
  func posteriors(
    of points: [Double], at schedules: [Schedule<Double>], _ wanted: Moments
  ) throws(FlowError) -> [(Posterior<Double>, Schedule<Double>)] {
    let rows = Array(0..<points.count / dimension)
    let own = rows.map { schedules[schedules.count == 1 ? 0 : $0] }
    var result: [(Posterior<Double>, Schedule<Double>)] = []
    for start in stride(from: 0, to: rows.count, by: Lanes.count) {
      let group = rows[start..<min(rows.count, start + Lanes.count)]
      let found = try posterior(
        of: Lanes.columns(of: points, group, dimension: dimension),
        at: Schedule<Lanes>(group.map { own[$0] }), wanted)
      for (lane, row) in group.enumerated() { result.append((found.map { $0[lane] }, own[row])) }
    }
    return result
  }
}

extension QuadratureTarget {
  /// From the moments and their estimated errors: a number y with the error e counts as `|y| + e/(8 u)`, so
  /// that 8 u of its magnitude, what closed forms promise, is what was estimated and 8 u of y.
  func magnitudesFromErrors(
    of points: [Double], at schedules: [Schedule<Double>]
  ) throws(FlowError) -> [ComponentMagnitudes] {
    let d = dimension
    var result: [ComponentMagnitudes] = []
    for row in 0..<points.count / d {
      let found = try estimate(
        of: Array(points[row * d..<(row + 1) * d]),
        at: schedules[schedules.count == 1 ? 0 : row], [.means, .jacobians, .rates])
      let (value, error) = (found.posterior, found.error)
      func size(_ value: Double, _ error: Double) -> Double { abs(value) + 0x1p50 * error }
      var own = ComponentMagnitudes(dimension: d)
      // The rates are sums over the axes.
      let rates = (
        size(value.alphaRate, error.alphaRate) / Double(d),
        2 * size(value.varianceRate, error.varianceRate) / Double(d)
      )
      for i in 0..<d {
        let diagonal = i * (d + 1)
        own.g[i] = size(value.negativeScore[i], error.negativeScore[i])
        own.denoiser[i] = size(value.denoiser[i], error.denoiser[i])
        own.product[i] = rates.0
        own.square[i] = rates.1
        own.inverse[i] = size(
          value.negativeScoreJacobian[diagonal], error.negativeScoreJacobian[diagonal])
        own.spread[i] = size(value.denoiserJacobian[diagonal], error.denoiserJacobian[diagonal])
      }
      result.append(own)
    }
    return result
  }
}
