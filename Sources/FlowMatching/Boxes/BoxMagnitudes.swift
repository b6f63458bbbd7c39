extension UniformBoxes: MeasuredTarget {
  package func magnitudes(
    of points: [Double], at schedules: [Schedule<Double>]
  ) throws(FlowError) -> [ComponentMagnitudes] {
    let d = dimension
    return try posteriors(of: points, at: schedules, .weights).enumerated().map { row, found in
      let (posterior, schedule) = found
      let alpha = schedule.alpha
      let axes = intervals.map {
        TruncatedNormal(points[row * d + $0.axis], lower: $0.lower, upper: $0.upper, schedule)
      }
      var result = ComponentMagnitudes(dimension: d)
      for (box, place) in places.enumerated() {
        let p = posterior.weights[place]
        if p < 0x1p-100 { continue }
        for i in 0..<d {
          let axis = axes[cells[box * d + i]]
          let x = points[row * d + i]
          // The distance to the edge carries its own rounding error, and deep inside a wide box
          // exp(-n^2/2) is as uncertain as n^2.
          let g = abs(axis.g) + axis.inverse * abs(x - alpha * axis.edge)
          let n = axis.inverse == 0 ? 0 : (x - alpha * axis.edge) / schedule.sigma
          let isWide = axis.isWide > 0.5
          let denoiser =
            abs(axis.denoiser)
            + (isWide ? (abs(x) + schedule.variance * abs(axis.g)) / alpha : abs(axis.edge))
          result.add(
            p, axis: i, g: g, denoiser: denoiser,
            inverse: isWide ? axis.inverse * (1 + n * n) : 1 / schedule.variance,
            spread: alpha * axis.spread)
        }
      }
      return result
    }
  }
}
