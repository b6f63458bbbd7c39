import RealModule

/// What a network may predict; any one of them, with x, gives all the others.
///
/// With `x = alpha x1 + sigma eps` and `u = alpha' x1 + sigma' eps`, and with
/// `w = alpha' v - alpha v'/2` (sigma times the determinant of that pair, finite at both ends):
///
/// | from | exists unless |
/// |---|---|
/// | velocity | alpha' = 0 at t = 0; to score: sigma = 0 where sigma' is finite |
/// | x1 | to noise, score, v, velocity: sigma = 0 |
/// | noise | to x1, velocity, v: alpha = 0; to score, velocity: sigma = 0 |
/// | score | to x1, velocity, v: alpha = 0 |
/// | v | to score, velocity: sigma = 0 (velocity exists where sigma' is finite) |
public enum Parameterisation: String, Sendable, CaseIterable {
  case velocity
  /// The data, `E[x1|x]`.
  case x1
  /// The noise eps.
  case noise
  /// `-eps/sigma`.
  case score
  /// `alpha eps - sigma x1`.
  case v

  /// `value`, in this parameterisation at the point x, expressed in `other`.
  /// - Throws: `singular` where the conversion does not exist, `outOfDomain` where it overflows.
  ///
  /// *Proof*: `conversion_table`, `v_prediction_inverse`.
  public func convert(
    _ value: [Double], to other: Parameterisation, at time: Time<Double>, x: [Double],
    path: any ProbabilityPath
  ) throws(FlowError) -> [Double] {
    try checkPair(x, "x", value, "value")
    if self == other { return value }
    let map = coefficients(
      to: other, scaled(path.schedule(at: time), to: other, at: time, path),
      preservesVariance: path.preservesVariance)
    guard map.divisor != 0, map.x.isFinite, map.value.isFinite, map.divisor.isFinite else {
      throw FlowError.singular(
        "t", "\(rawValue) does not determine \(other.rawValue) at t = \(time.t)")
    }
    return try FlowError.checked(
      zip(x, value).map { ($0 * map.x).addingProduct($1, map.value) / map.divisor })
  }

  /// Where alpha or sigma^2 underflows and only `alpha'/alpha` or `sigma'/sigma` matters, the schedule
  /// with 1 in their place: velocity, noise and score give each other whatever factor alpha and alpha'
  /// share, velocity and x1 whatever sigma and sigma' share.
  private func scaled(
    _ schedule: Schedule<Double>, to other: Parameterisation, at time: Time<Double>,
    _ path: any ProbabilityPath
  ) -> Schedule<Double> {
    var schedule = schedule
    let both = [self, other]
    if !schedule.alpha.isNormal, time.t > 0, both.contains(.velocity),
      both.contains(.noise) || both.contains(.score)
    {
      schedule.alpha = 1
      schedule.alphaDot = path.logAlpha(at: time).derivative
    }
    if !schedule.variance.isNormal, schedule.sigma > 0, both.contains(.velocity),
      both.contains(.x1)
    {
      let rate = schedule.sigmaRate
      (schedule.sigma, schedule.variance) = (1, 1)
      (schedule.sigmaDot, schedule.varianceDot) = (rate, 2 * rate)
    }
    return schedule
  }

  /// `other = (x * map.x + value * map.value) / map.divisor`.
  private func coefficients(
    to other: Parameterisation, _ s: Schedule<Double>, preservesVariance: Bool
  ) -> (x: Double, value: Double, divisor: Double) {
    let half = s.varianceDot / 2
    let hasSlope = s.sigmaDot.isFinite
    let w = s.alphaDot * s.variance - s.alpha * half
    let energy = preservesVariance ? 1 : s.alpha * s.alpha + s.variance
    let energyRate = preservesVariance ? 0 : s.alpha * s.alphaDot + half
    switch (self, other) {
    // The determinant serves while sigma' is finite, w = sigma times it where it is not.
    case (.velocity, .x1):
      return hasSlope ? (-s.sigmaDot, s.sigma, s.determinant) : (-half, s.variance, w)
    case (.velocity, .noise):
      return hasSlope
        ? (s.alphaDot, -s.alpha, s.determinant)
        : (s.sigma * s.alphaDot, -s.sigma * s.alpha, w)
    case (.velocity, .score): return (-s.alphaDot, s.alpha, w)
    case (.velocity, .v):
      return hasSlope
        ? (energyRate, -energy, s.determinant)
        : (s.sigma * energyRate, -s.sigma * energy, w)
    case (.x1, .velocity): return (half, w, s.variance)
    case (.x1, .noise): return (1, -s.alpha, s.sigma)
    case (.x1, .score): return (-1, s.alpha, s.variance)
    case (.x1, .v): return (s.alpha, -energy, s.sigma)
    case (.noise, .velocity): return (s.alphaDot, -s.determinant, s.alpha)
    case (.noise, .x1): return (1, -s.sigma, s.alpha)
    case (.noise, .score): return (0, -1, s.sigma)
    case (.noise, .v): return (-s.sigma, energy, s.alpha)
    case (.score, .velocity): return (s.alphaDot, w, s.alpha)
    case (.score, .x1): return (1, s.variance, s.alpha)
    case (.score, .noise): return (0, -s.sigma, 1)
    case (.score, .v): return (-s.sigma, -s.sigma * energy, s.alpha)
    case (.v, .velocity): return (energyRate, -s.determinant, energy)
    case (.v, .x1): return (s.alpha, -s.sigma, energy)
    case (.v, .noise): return (s.sigma, s.alpha, energy)
    case (.v, .score): return (-s.sigma, -s.alpha, s.sigma * energy)
    case (.velocity, .velocity), (.x1, .x1), (.noise, .noise), (.score, .score), (.v, .v):
      return (0, 1, 1)
    }
  }
}

extension Parameterisation: Explained {
  package var help: String {
    switch self {
    case .velocity: "dx/dt"
    case .x1: "the data, E[x1 | x]"
    case .noise: "the noise, E[x0 | x]"
    case .score: "grad log p_t(x)"
    case .v: "alpha E[x0 | x] - sigma E[x1 | x]"
    }
  }
}
