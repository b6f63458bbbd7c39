/// A quantity of the marginal path `p_t(x) = E[p_t(x | x1)]`.
public enum MarginalQuantity: String, Sendable, CaseIterable {
  /// `log p_t(x)` in nats. *Proof*: `log_weight_difference`, `mixture_log_density_rounding`.
  case logDensity = "marginal_log_density"
  /// `d log p_t(x)/dt`.
  ///
  /// *Proof*: `mixture_log_density_rate`, `full_mixture_log_density_rate`.
  case logDensityRate = "marginal_log_density_dt"
  /// `alpha' D + (v'/2) g`.
  ///
  /// *Proof*: `marginal_velocity_generates`, `mixture_velocity_generates`,
  /// `full_velocity_generates`; rounding: `mixture_velocity_rounding`.
  case velocity = "marginal_velocity"
  /// `grad log p_t(x) = -g`. *Proof*: `mixture_score`, `full_score`.
  case score = "marginal_score"
  /// `D = E[x1|x]`. *Proof*: `moments_consistent`.
  case denoiser
  /// `E[eps|x] = sigma g`. *Proof*: `mixture_moments_convert`.
  case noisePrediction = "noise_prediction"
  /// `alpha E[eps|x] - sigma D`. *Proof*: `mixture_moments_convert`.
  case vPrediction = "v_prediction"
  /// The trace of ``jacobian``. *Proof*: `velocity_divergence`, `full_velocity_divergence`.
  case divergence = "marginal_divergence"
  /// `du_i/dx_j`. *Proof*: `velocity_jacobian`, `full_velocity_jacobian`.
  case jacobian = "marginal_jacobian"
  /// `Cov[x1|x]`. *Proof*: `posterior_covariance`, `full_posterior_covariance`.
  case posteriorCovariance = "posterior_covariance"
  /// `w_k p_t(x|k)/p_t(x)`. *Proof*: `log_weight_difference`.
  case posteriorWeights = "posterior_weights"
}

/// The exact marginal fields of a path and a target: density, velocity, score, denoiser and their
/// derivatives, all derived from the posterior moments `D = E[x1|x]` and `g = -grad log p_t(x)`.
///
///     velocity    u_t(x) = alpha' D + (v'/2) g
///     score       -g
///     Jacobian    du/dx = alpha' dD/dx + (v'/2) dg/dx,   divergence = its trace
///     d log p/dt  alpha' dlogp/dalpha + v' dlogp/dv
///
/// (With a source other than the standard normal, see ``SourceMoments``.)
///
/// *Accuracy*: 8 u (|y| + sensitivity), where the sensitivity to a time is taken at
/// min(t, 1 - t); held by the fixtures.
///
/// *Reference*: Lipman et al. (2023), equations 6, 8 and theorem 1.
public struct MarginalField: Sendable {
  /// How data and noise are mixed over time.
  public let path: any ProbabilityPath
  /// The data distribution.
  public let target: any Target
  /// The target, if its means can be had without arrays.
  let small: SmallMixture?

  public init(path: any ProbabilityPath, target: any Target) {
    self.path = path
    self.target = target
    small = SmallMixture(target)
  }

  /// How many numbers the quantity has at one point.
  /// - Throws: `unsupported` for the weights of a target without components.
  public func width(of quantity: MarginalQuantity) throws(FlowError) -> Int {
    switch quantity {
    case .logDensity, .logDensityRate, .divergence: return 1
    case .velocity, .score, .denoiser, .noisePrediction, .vPrediction: return target.dimension
    case .jacobian, .posteriorCovariance: return target.dimension * target.dimension
    case .posteriorWeights:
      guard let count = target.componentCount else {
        throw FlowError(.unsupported, "target", "the target has no components to weigh")
      }
      return count
    }
  }

  /// The quantity at every point: `points` holds rows of `dimension` numbers, `times` one time for
  /// all or one per point; the result holds a row per point, matrices rows first.
  ///
  /// Points are evaluated eight at a time and in parallel; results are the same to the bit for
  /// every thread count and every split of the batch.
  /// - Throws: `singular` where the quantity does not exist, `dimensionMismatch`, `nonFinite`,
  ///   `unsupported`, `outOfDomain` where a result overflows.
  public func values(
    of quantity: MarginalQuantity, at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    let target = target
    let width = try width(of: quantity)
    if let small, let output = SmallOutput(quantity) {
      _ = try rowCount(of: points, at: times)
      let (rows, divergences) = try SmallBatch(self, small, output, times, points).values()
      return output.hasField ? rows : divergences
    }
    return try evaluate(
      width: width, at: times, of: points,
      chunks: { groups throws(FlowError) in
        if quantity.needsRates { for group in groups { try group.checkRates(of: target) } }
        let posteriors = try target.posteriors(
          of: groups.map(\.x), at: groups.map(\.schedule), quantity.moments)
        return zip(groups, posteriors).map { quantity.lanes($1, at: $0.schedule, x: $0.x) }
      })
  }

  /// The quantity at one point.
  public func value(
    of quantity: MarginalQuantity, at time: Time<Double>, of x: [Double]
  ) throws(FlowError) -> [Double] {
    guard x.count == target.dimension else {
      throw FlowError.dimensionMismatch("x", x.count, expected: target.dimension)
    }
    return try values(of: quantity, at: [time], of: x)
  }
}

extension MarginalQuantity {
  /// What is asked of the target.
  var moments: Moments {
    switch self {
    case .logDensity: []
    case .logDensityRate: .rates
    case .velocity: [.means, .onlyVelocity]
    case .score, .noisePrediction: [.means, .onlyScore]
    case .denoiser, .vPrediction: .means
    case .divergence: [.traces, .onlyVelocity]
    case .jacobian, .posteriorCovariance: .jacobians
    case .posteriorWeights: .weights
    }
  }

  /// Whether the path's derivatives enter.
  var needsRates: Bool {
    switch self {
    case .logDensityRate, .velocity, .divergence, .jacobian: true
    default: false
    }
  }

  /// The formulas; the same lines serve values and derivatives.
  func lanes<S: Scalar>(_ posterior: Posterior<S>, at schedule: Schedule<S>, x: [S]) -> [S] {
    if let source = posterior.source { return lanes(posterior, source, at: schedule) }
    let halfVarianceDot = schedule.varianceDot.scaled(by: 0.5)
    func combined(_ dataPart: S, _ noisePart: S) -> S {
      (schedule.alphaDot * dataPart).addingProduct(halfVarianceDot, noisePart)
    }
    switch self {
    case .logDensity:
      return [posterior.logDensity]
    case .logDensityRate:
      return [
        (schedule.alphaDot * posterior.alphaRate).addingProduct(
          schedule.varianceDot, posterior.varianceRate)
      ]
    case .velocity:
      return zip(posterior.denoiser, posterior.negativeScore).map { combined($0, $1) }
    case .score:
      return posterior.negativeScore.map { -$0 }
    case .denoiser:
      return posterior.denoiser
    case .noisePrediction:
      return posterior.negativeScore.map { schedule.sigma * $0 }
    case .vPrediction:
      return zip(posterior.denoiser, posterior.negativeScore).map { denoiser, g in
        schedule.sigma * (schedule.alpha * g - denoiser)
      }
    case .divergence:
      return [combined(posterior.denoiserTrace, posterior.negativeScoreTrace)]
    case .jacobian:
      return zip(posterior.denoiserJacobian, posterior.negativeScoreJacobian).map {
        combined($0, $1)
      }
    case .posteriorCovariance:
      return posterior.covariance
    case .posteriorWeights:
      return posterior.weights
    }
  }

  /// The same with a source other than the standard normal: `u = alpha' A + sigma' B`.
  private func lanes<S: Scalar>(
    _ posterior: Posterior<S>, _ source: SourceMoments<S>, at schedule: Schedule<S>
  ) -> [S] {
    func combined(_ alphaPart: S, _ sigmaPart: S) -> S {
      (schedule.alphaDot * alphaPart).addingProduct(schedule.sigmaDot, sigmaPart)
    }
    switch self {
    case .logDensity:
      return [posterior.logDensity]
    case .logDensityRate:
      return [combined(posterior.alphaRate, source.sigmaRate)]
    case .velocity:
      return zip(source.alphaFlow, source.sigmaFlow).map { combined($0, $1) }
    case .score:
      return posterior.negativeScore.map { -$0 }
    case .denoiser:
      return posterior.denoiser
    case .noisePrediction:
      return source.mean
    case .vPrediction:
      return zip(posterior.denoiser, source.mean).map { denoiser, noise in
        (schedule.alpha * noise).addingProduct(-schedule.sigma, denoiser)
      }
    case .divergence:
      return [combined(source.alphaTrace, source.sigmaTrace)]
    case .jacobian:
      return zip(source.alphaJacobian, source.sigmaJacobian).map { combined($0, $1) }
    case .posteriorCovariance:
      return posterior.covariance
    case .posteriorWeights:
      return posterior.weights
    }
  }
}

extension LaneGroup {
  /// Throws where the path's derivatives are infinite; that of sigma itself counts only with a source
  /// other than the standard normal.
  func checkRates(of target: any Target) throws(FlowError) {
    let hasSource = target.source != nil
    for (time, schedule) in zip(times, schedules) {
      guard schedule.alphaDot.isFinite, schedule.varianceDot.isFinite,
        !hasSource || schedule.sigmaDot.isFinite
      else {
        throw FlowError.singular("t", "the path's derivative is infinite at t = \(time.t)")
      }
    }
  }
}
