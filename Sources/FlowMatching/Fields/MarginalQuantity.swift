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

extension MarginalQuantity: Explained {
  /// What is asked of the target.
  var moments: Moments {
    switch self {
    case .logDensity: []
    case .logDensityRate: .rates
    case .velocity: [.means, .onlyVelocity]
    case .score, .noisePrediction: [.means, .onlyScore]
    case .denoiser: [.means, .onlyDenoiser]
    case .vPrediction: .means
    case .divergence: [.traces, .onlyVelocity]
    case .jacobian, .posteriorCovariance: .jacobians
    case .posteriorWeights: .weights
    }
  }

  /// Whether the path's derivatives enter.
  var needsRates: Bool {
    switch self {
    case .logDensityRate, .velocity, .divergence, .jacobian: true
    case .logDensity, .score, .denoiser, .noisePrediction, .vPrediction, .posteriorCovariance,
      .posteriorWeights:
      false
    }
  }

  /// One line.
  package var help: String {
    switch self {
    case .logDensity: "log p_t(x) in nats"
    case .logDensityRate: "d log p_t(x)/dt"
    case .velocity: "the marginal velocity u_t(x)"
    case .score: "grad log p_t(x)"
    case .denoiser: "E[x1 | x]"
    case .noisePrediction: "E[x0 | x]"
    case .vPrediction: "alpha E[x0 | x] - sigma E[x1 | x]"
    case .divergence: "the divergence of the velocity"
    case .jacobian: "the matrix du_i/dx_j"
    case .posteriorCovariance: "Cov[x1 | x]"
    case .posteriorWeights: "the posterior probability of each component"
    }
  }
}
