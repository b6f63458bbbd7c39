extension GaussianMixture: MeasuredTarget {
  package func magnitudes(
    of points: [Double], at schedules: [Schedule<Double>]
  ) throws(FlowError) -> [ComponentMagnitudes] {
    try posteriors(of: points, at: schedules, .weights).enumerated().map { row, found in
      magnitudes(
        of: points[row * dimension..<(row + 1) * dimension], at: found.1,
        weights: found.0.weights[...])
    }
  }

  /// The magnitudes at x, given the posterior weights of all components there.
  func magnitudes(
    of x: ArraySlice<Double>, at schedule: Schedule<Double>, weights: ArraySlice<Double>
  ) -> ComponentMagnitudes {
    var result = ComponentMagnitudes(dimension: dimension)
    let x = Array(x)
    for (k, place) in places.enumerated() {
      let p = weights[weights.startIndex + place]
      // Too light to be seen in any sum.
      if p < 0x1p-100 { continue }
      switch shape {
      case .isotropic(let family): result.add(p, family, k, x, schedule)
      case .full(let family): result.add(p, family, k, x, schedule)
      }
    }
    return result
  }
}

extension ComponentMagnitudes {
  mutating func add(
    _ p: Double, _ family: IsotropicFamily, _ k: Int, _ x: [Double], _ schedule: Schedule<Double>
  ) {
    let alpha = schedule.alpha
    let spread = family.stds[k] * family.stds[k]
    let inverse = 1 / (schedule.variance + alpha * alpha * spread)
    for i in x.indices {
      let mean = family.means[k * x.count + i]
      let g = (x[i] - alpha * mean) * inverse
      add(
        p, axis: i, g: g,
        denoiser: schedule.variance * inverse * abs(mean) + alpha * spread * inverse * abs(x[i]),
        inverse: inverse, spread: alpha * spread * inverse)
    }
  }

  mutating func add(
    _ p: Double, _ family: FullCovarianceFamily, _ k: Int, _ x: [Double],
    _ schedule: Schedule<Double>
  ) {
    let d = x.count
    let alpha = schedule.alpha
    let covariance = family.covariances[k]
    var (g, denoiser, inverse, spread) = ([Double](repeating: 0, count: d), x, x, x)
    for i in 0..<d { (denoiser[i], inverse[i], spread[i]) = (0, 0, 0) }
    for a in 0..<d {
      let lambda = covariance.eigenvalues[a]
      let variance = schedule.variance + alpha * alpha * lambda
      var (along, mean, point) = (0.0, 0.0, 0.0)
      for i in 0..<d {
        let q = covariance.eigenvectors[i * d + a]
        along += abs(q * (x[i] - alpha * family.means[k * d + i]))
        mean += abs(q * family.means[k * d + i])
        point += abs(q * x[i])
      }
      for i in 0..<d {
        let q = covariance.eigenvectors[i * d + a]
        g[i] += abs(q * along) / variance
        denoiser[i] += abs(q) * (schedule.variance * mean + alpha * lambda * point) / variance
        inverse[i] += q * q / variance
        spread[i] += alpha * q * q * lambda / variance
      }
    }
    for i in 0..<d {
      add(p, axis: i, g: g[i], denoiser: denoiser[i], inverse: inverse[i], spread: spread[i])
    }
  }
}
