/// How large the numbers are that a mixture's posterior moments at one point are sums of: the honest
/// scale of their rounding errors. Per axis, with `V_k = alpha^2 S_k + v I`,
/// `g_k = V_k^-1 (x - alpha m_k)` and `E_k = E[x1 | x, k]`:
public struct ComponentMagnitudes: Sendable {
  /// `sum p |g_k|`.
  public var g: [Double]
  /// `sum p |E_k|`.
  public var denoiser: [Double]
  /// `sum p g_k^2`.
  public var square: [Double]
  /// `sum p |E_k| |g_k|`.
  public var product: [Double]
  /// `sum p diag V_k^-1`.
  public var inverse: [Double]
  /// `sum p alpha diag(S_k V_k^-1)`.
  public var spread: [Double]
  /// The same of a source other than the standard normal.
  public var source: Source?

  /// `sum p |E[x0 | x, pair]|`, `sum p |E[x0]| |g|` and `sum p sigma diag(S0 V^-1)`.
  public struct Source: Sendable {
    public var mean: [Double]
    public var product: [Double]
    public var spread: [Double]
  }

  init(dimension: Int) {
    g = [Double](repeating: 0, count: dimension)
    (denoiser, square, product, inverse, spread) = (g, g, g, g, g)
  }
}

extension Target {
  /// From the moments themselves: `|E_k|` is on average at most `|D| + sqrt(Cov)`, and likewise for
  /// the others. Too large by the spread inside the components, so that a target whose components
  /// are wide against sigma should count them itself.
  public func magnitudes(
    of points: [Double], at times: [Time<Double>], on path: any ProbabilityPath
  ) throws(FlowError) -> [ComponentMagnitudes] {
    try magnitudesFromMoments(of: points, at: times, on: path)
  }

  /// The same, for targets whose protocol has another default.
  func magnitudesFromMoments(
    of points: [Double], at times: [Time<Double>], on path: any ProbabilityPath
  ) throws(FlowError) -> [ComponentMagnitudes] {
    let d = dimension
    let field = MarginalField(path: path, target: self)
    let scores = try field.values(of: .score, at: times, of: points)
    let denoisers = try field.values(of: .denoiser, at: times, of: points)
    let covariances = try field.values(of: .posteriorCovariance, at: times, of: points)
    let schedules = times.map { path.schedule(at: $0) }
    return (0..<points.count / d).map { row in
      var result = ComponentMagnitudes(dimension: d)
      let schedule = schedules[schedules.count == 1 ? 0 : row]
      let rate = schedule.alpha / schedule.variance
      for i in 0..<d {
        let variance = covariances[row * d * d + i * (d + 1)]
        let std = variance.squareRoot()
        result.g[i] = abs(scores[row * d + i]) + rate * std
        result.denoiser[i] = abs(denoisers[row * d + i]) + std
        result.square[i] = result.g[i] * result.g[i]
        result.product[i] = result.g[i] * result.denoiser[i]
        result.inverse[i] = 1 / schedule.variance
        result.spread[i] = rate * variance
      }
      return result
    }
  }
}

extension GaussianMixture {
  public func magnitudes(
    of points: [Double], at times: [Time<Double>], on path: any ProbabilityPath
  ) throws(FlowError) -> [ComponentMagnitudes] {
    let weights = try MarginalField(path: path, target: self)
      .values(of: .posteriorWeights, at: times, of: points)
    return (0..<points.count / dimension).map { row in
      magnitudes(
        of: points[row * dimension..<(row + 1) * dimension],
        at: path.schedule(at: times[times.count == 1 ? 0 : row]),
        weights: weights[row * count..<(row + 1) * count])
    }
  }

  /// The magnitudes at x, given the posterior weights of all components there.
  public func magnitudes(
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
  /// Adds the axes of another.
  mutating func join(_ other: ComponentMagnitudes) {
    g += other.g
    denoiser += other.denoiser
    square += other.square
    product += other.product
    inverse += other.inverse
    spread += other.spread
  }

  mutating func add(
    _ p: Double, axis i: Int, g: Double, denoiser: Double, inverse: Double, spread: Double
  ) {
    self.g[i] += p * abs(g)
    self.denoiser[i] += p * denoiser
    square[i] += p * g * g
    product[i] += p * denoiser * abs(g)
    self.inverse[i] += p * inverse
    self.spread[i] += p * spread
  }

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
