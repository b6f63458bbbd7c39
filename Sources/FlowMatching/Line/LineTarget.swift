import RealModule

/// A density on the line as a target, its posterior moments by adaptive quadrature.
///
/// *Accuracy*: about 8 u (|y| + sensitivity) with the standard limits; ``estimate(of:at:_:)`` says what was
/// reached. Score and divergence keep their digits next to the data, where they are averages of the
/// density's own slope; small means of symmetric densities theirs, which are odd about the centre to the bit; all
/// of them far away from the origin, the bulk or the data, where only differences of places are formed.
public struct LineTarget<Density: LineDensity>: QuadratureTarget, PartialTarget {
  /// The density of the data.
  public let density: Density
  /// How far the quadrature goes.
  public let limits: QuadratureLimits

  /// For densities without a closed form for their samples.
  let sampler: LineSampler<Density>?

  public var dimension: Int { 1 }
  public var cost: Int { 50_000 }

  /// - Throws: `outOfDomain` for a density whose length is no normal number, `noConvergence` where it has no
  ///   integral.
  public init(_ density: Density, limits: QuadratureLimits = .standard) throws(FlowError) {
    guard density.scale.isNormal, density.scale > 0, density.unit.isNormal else {
      throw FlowError(
        .outOfDomain, "target",
        "the length over which the density changes is \(density.scale), outside [2^-1022, infinity)"
      )
    }
    (self.density, self.limits) = (density, limits)
    sampler = density.sample(0.5, 0.5) == nil ? try LineSampler(density) : nil
  }

  /// Throws where sigma is zero and the density has no slope, or is zero.
  public func check(_ x: ArraySlice<Double>, at schedule: Schedule<Double>) throws(FlowError) {
    try check(x, at: schedule, for: .means)
  }

  /// At a kink the density has a value but no slope, so that the posterior there has a mean but no score; where
  /// v' is zero too, the score is no part of the velocity.
  public func check(
    _ x: ArraySlice<Double>, at schedule: Schedule<Double>, for wanted: Moments
  ) throws(FlowError) {
    guard schedule.variance == 0 else { return }
    let needsNoSlope =
      wanted.isEmpty || wanted == [.means, .onlyDenoiser]
      || wanted == [.means, .onlyVelocity] && schedule.varianceDot == 0
    let x = x[x.startIndex]
    let gaps = density.marks.map { schedule.gap(x, constant: $0.position) }
    for (gap, mark) in zip(gaps, density.marks) where gap == 0 && !mark.isSmooth {
      if needsNoSlope, mark.isContinuous { continue }
      throw FlowError.singular("x", "sigma(t) = 0 and the density has a kink at \(mark.position)")
    }
    let first = density.marks.first!
    let last = density.marks.last!
    if first.isEnd && first.left == nil && gaps.first! < 0
      || last.isEnd && last.right == nil && gaps.last! > 0
    {
      throw FlowError.singular("x", "sigma(t) = 0 and the density is zero at x = \(x)")
    }
  }

  public func posterior(
    of x: [Lanes], at schedule: Schedule<Lanes>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Lanes> {
    try byLane(x, schedule) { x, schedule throws(FlowError) in
      try posterior(of: x[0], at: schedule, wanted)
    }
  }

  public func posterior(
    of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Dual<Lanes>> {
    try byLane(x, schedule) { x, schedule throws(FlowError) in
      try posterior(of: x[0], at: schedule, wanted)
    }
  }

  public func estimate(
    of x: [Double], at schedule: Schedule<Double>, _ wanted: Moments
  ) throws(FlowError) -> EstimatedPosterior {
    guard x.count == 1 else { throw FlowError.dimensionMismatch("x", x.count, expected: 1) }
    try check(x[...], at: schedule, for: wanted)
    guard schedule.alpha > 0, schedule.variance > 0 else {
      return .closed(try posterior(of: x[0], at: schedule, wanted))
    }
    if let density = density as? any BuiltInDensity {
      return try density.estimate(of: x[0], at: schedule, wanted, limits)
    }
    return try density.estimate(of: x[0], at: schedule, wanted, limits)
  }

  /// One query.
  private func posterior(
    of x: Dual<Double>, at schedule: Schedule<Dual<Double>>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Dual<Double>> {
    if schedule.alpha.value == 0 { return try prior(x, schedule, wanted) }
    if schedule.variance.value == 0 { return try sharp(x, schedule, wanted) }
    if let density = density as? any BuiltInDensity {
      return try density.posterior(of: x, at: schedule, wanted, limits)
    }
    return try density.posterior(of: x, at: schedule, wanted, limits)
  }

  /// One query.
  private func posterior(
    of x: Double, at schedule: Schedule<Double>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Double> {
    if schedule.alpha == 0 { return try prior(x, schedule, wanted) }
    if schedule.variance == 0 { return try sharp(x, schedule, wanted) }
    if let density = density as? any BuiltInDensity {
      return try density.posterior(of: x, at: schedule, wanted, limits)
    }
    return try density.posterior(of: x, at: schedule, wanted, limits)
  }
}

extension LineTarget {
  /// At alpha = 0, where x says nothing about the data: to first order in alpha.
  private func prior<S: NodeScalar>(
    _ x: S, _ schedule: Schedule<S>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<S> {
    let (alpha, v) = (schedule.alpha, schedule.variance)
    var result = Posterior<S>()
    result.logDensity = ((x * x) / v + S.log(v.scaled(by: 2 * .pi))).scaled(by: -0.5)
    if let mean = density.mean {
      result.logDensity = result.logDensity + alpha * x.scaled(by: mean) / v
    }
    if wanted.isEmpty { return result }
    guard let mean = density.mean else {
      throw FlowError.singular("t", "alpha is zero and the data have no mean")
    }
    let variance = density.variance
    // The posterior mean moves with alpha times the prior's variance.
    let tilt = variance.map { x.scaled(by: $0) / v } ?? S(0.0)
    let denoiser = S(mean).addingProduct(alpha, tilt)
    let g = (x - alpha * denoiser) / v
    if wanted.contains(.means) {
      (result.denoiser, result.negativeScore) = ([denoiser], [g])
    }
    if wanted.contains(.rates) {
      result.alphaRate = x.scaled(by: mean) / v
      result.varianceRate = (g * g - S(1.0) / v).scaled(by: 0.5)
    }
    if wanted.isDisjoint(with: [.traces, .jacobians]) { return result }
    guard let variance else {
      throw FlowError.singular("t", "alpha is zero and the data have no variance")
    }
    let whole = S(variance) / v
    if wanted.contains(.traces) {
      result.covarianceTraceOverVariance = whole
      (result.denoiserTrace, result.negativeScoreTrace) = (alpha * whole, S(1.0) / v)
    }
    if wanted.contains(.jacobians) {
      result.covariance = [S(variance)]
      (result.denoiserJacobian, result.negativeScoreJacobian) = ([alpha * whole], [S(1.0) / v])
    }
    return result
  }

  /// At sigma = 0, where x is the data: to first order in the variance for the log density.
  private func sharp<S: NodeScalar>(
    _ x: S, _ schedule: Schedule<S>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<S> {
    let (alpha, v) = (schedule.alpha, schedule.variance)
    let marks = density.marks
    func distance(_ k: Int) -> S {
      x.addingProduct(-alpha, constant: marks[min(k, marks.count - 1)].position) / alpha
    }
    let distances = Distances(
      first: Lanes(distance(0).primal), second: Lanes(distance(1).primal),
      third: Lanes(distance(2).primal))
    let plain = density.jet(at: distances, slope: 0)
    let centred = density.jet(at: distances, slope: plain.slope[0])
    let y = S.wide(distance(0))
    func lane(_ x: S.Wide) -> S { S.sum(x).scaled(by: 1 / Double(Lanes.count)) }
    let log = lane(S.function(plain.log, slope: plain.slope, of: y))
    let slope = lane(S.function(plain.slope, slope: centred.curved, of: y))
    let curvature = S(centred.curved[0])
    let ratio = S(plain.curved[0])
    var result = Posterior<S>()
    result.logDensity =
      (log - S.log(alpha.scaled(by: density.unit))) + (ratio * v).scaled(by: 0.5) / (alpha * alpha)
    let g = -slope / alpha
    if wanted.contains(.means) {
      result.negativeScore = [g]
      result.denoiser = [x.addingProduct(-v, g) / alpha]
    }
    if wanted.contains(.rates) {
      result.alphaRate = -(S(1.0) + slope * x / alpha) / alpha
      result.varianceRate = ratio.scaled(by: 0.5) / (alpha * alpha)
    }
    let gSlope = -curvature / (alpha * alpha)
    let whole = S(1.0) / (alpha * alpha)
    if wanted.contains(.traces) {
      result.covarianceTraceOverVariance = whole
      result.denoiserTrace = S(1.0) / alpha
      result.negativeScoreTrace = gSlope
    }
    if wanted.contains(.jacobians) {
      result.covariance = [v * whole]
      result.denoiserJacobian = [S(1.0) / alpha]
      result.negativeScoreJacobian = [gSlope]
    }
    return result
  }
}
