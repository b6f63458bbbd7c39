import RealModule

/// The share, relative to the heaviest component's, below which a component is left out, per lane.
///
/// **Why this is allowed.** N components below a cut of `2^-112/N` have together less than
/// `L = 2^-112` of the mass. With g_j the heaviest component's, S and V the ranges over all components,
///
///     |w_k| = |V_k^-1 (m_k - m_j + alpha (S_k - S_j) g_j)|
///           <= (diameter + alpha (S_max - S_min) |g_j|) / V_min =: B/2,
///
/// so that leaving them out moves the mean W by at most `L B` and the trace of Cov(w) by at most
/// `L B^2`, hence D by `v L B` and g by `alpha L B` on any axis. Where one of these is not below 2^-56
/// of what is asked for, the lane is summed again with the cut at zero: then only shares that round to
/// zero are left out, which changes no bit.
///
/// The second sum is what an answer far smaller than the data needs, such as the denoiser of a pixel
/// that is zero in all the images nearby.
struct ShareCut<S: Scalar> {
  /// Shares below this count as zero.
  var share: S
  /// A logit lower than the heaviest one by more than this has a share below the cut, rounding
  /// included.
  var logit: S

  /// Leaves out only shares that round to zero: `e^-746 < 2^-1075`.
  static var exact: Self { Self(share: S(0.0), logit: S(-750.0)) }

  private static var mass: Double { 0x1p-112 }

  /// The cut for results to which a mass of 2^-112 does not matter.
  init(count: Int) {
    let share = Self.mass / Double(count)
    self.init(share: S(share), logit: S(Double.log(share) - 1))
  }

  init(share: S, logit: S) {
    self.share = share
    self.logit = logit
  }

  /// This cut where `posterior` can be trusted with it, the exact one elsewhere.
  /// `steepness` is |g_j|.
  func confirmed(
    by posterior: Posterior<S>, steepness: S, _ bounds: BlockBounds,
    _ schedule: Schedule<S>, _ wanted: Moments
  ) -> Self {
    let (alpha, v) = (magnitude(schedule.alpha), schedule.variance)
    let (alphaDot, halfVarianceDot) = (
      magnitude(schedule.alphaDot), magnitude(schedule.varianceDot).scaled(by: 0.5)
    )
    let narrowest = v.addingProduct(alpha * alpha, constant: bounds.variances.lowerBound)
    let change = bounds.variances.upperBound - bounds.variances.lowerBound
    let reach =
      (S(bounds.diameter) + (alpha * steepness).scaled(by: change)).scaled(by: 2) / narrowest
    // Positive where the error is visible, and NaN where it cannot be told.
    var excess = S(-1.0)
    func require(_ error: S, below size: S) {
      excess = S.choose(
        error.scaled(by: Self.mass), below: size.scaled(by: 0x1p-56), then: excess,
        otherwise: S(1.0))
    }
    if wanted.contains(.means) {
      for (denoiser, g) in zip(posterior.denoiser, posterior.negativeScore) {
        let (denoiser, g) = (magnitude(denoiser), magnitude(g))
        if wanted.contains(.onlyVelocity) {
          require(
            (alphaDot * v).addingProduct(halfVarianceDot, alpha) * reach,
            below: S.maximum(alphaDot * denoiser, halfVarianceDot * g))
        } else {
          require(alpha * reach, below: g)
          if !wanted.contains(.onlyScore) { require(v * reach, below: denoiser) }
        }
      }
    }
    if wanted.contains(.traces) {
      let square = reach * reach
      // Averages of numbers that differ by at most the ratio of the variances.
      let widest = v.addingProduct(alpha * alpha, constant: bounds.variances.upperBound)
      require(widest, below: narrowest)
      if wanted.contains(.onlyVelocity) {
        require(
          (alphaDot * v).addingProduct(halfVarianceDot, alpha) * alpha * square,
          below: S.maximum(
            alphaDot * magnitude(posterior.denoiserTrace),
            halfVarianceDot * magnitude(posterior.negativeScoreTrace)))
      } else {
        require(v * square, below: posterior.covarianceTraceOverVariance)
        require(alpha * v * square, below: magnitude(posterior.denoiserTrace))
        require(alpha * alpha * square, below: magnitude(posterior.negativeScoreTrace))
      }
    }
    let exact = Self.exact
    return Self(
      share: S.choose(excess, below: S(0.0), then: share, otherwise: exact.share),
      logit: S.choose(excess, below: S(0.0), then: logit, otherwise: exact.logit))
  }

  /// Whether any lane leaves out only what rounds to zero.
  var isExactSomewhere: Bool { !S.all(S(0.0), below: share) }
}
