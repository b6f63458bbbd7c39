import RealModule

extension Ring: MeasuredTarget {
  package func magnitudes(
    of points: [Double], at schedules: [Schedule<Double>]
  ) throws(FlowError) -> [ComponentMagnitudes] {
    (0..<points.count / 2).map { row in
      let schedule = schedules[schedules.count == 1 ? 0 : row]
      let x = Array(points[2 * row..<2 * row + 2])
      let parts = RingParts(self, x, schedule)
      let alpha = schedule.alpha
      let isWide = schedule.variance < alpha * alpha * std * std
      var result = ComponentMagnitudes(dimension: 2)
      let root = parts.square.squareRoot()
      for i in 0..<2 {
        let away = abs(x[i] - alpha * center[i]) / parts.variance
        let bent = alpha * alpha * radius * radius / parts.variance * parts.angle.sine
        let g = away * (1 + bent)
        let denoiser =
          isWide
          ? (abs(x[i]) + schedule.variance * g) / alpha
          : abs(center[i]) + alpha * radius * radius * parts.angle.sine * away
            + alpha * std * std * g
        result.g[i] = g
        result.denoiser[i] = denoiser
        result.square[i] = root * (g + root)
        result.product[i] = denoiser * (g + root)
        result.inverse[i] = 1 / parts.variance + abs(parts.curvature(i, i) - 1 / parts.variance)
        result.spread[i] = alpha * parts.spread(i, i)
      }
      return result
    }
  }
}
