public import FlowMatching

/// What the network predicts and whose error counts.
///
/// Every error is a multiple of the error of the velocity, `u^ - u = (1/f) (prediction error)`:
///
/// | quantity | f |
/// |---|---|
/// | velocity | 1 |
/// | noise | alpha/det |
/// | x1 | sigma/det |
/// | v | (alpha^2 + sigma^2)/det |
/// | score | alpha/(sigma det) |
///
/// so that an objective is a weight on the squared error of whatever the network predicts.
public struct Objective: Sendable, Equatable {
  /// Whose squared error is averaged.
  public enum Error: String, Sendable, CaseIterable {
    /// Flow matching.
    case velocity
    /// DDPM's simple loss, and score matching with the weight sigma^2.
    case noise
    case x1
    case v
    /// `g^2` times the squared error of the score, `g^2 = 2 sigma det/alpha`: bounds the likelihood.
    ///
    /// *Reference*: Song, Durkan, Murray and Ermon (2021), theorem 1.
    case scoreFlow = "score_flow"
  }

  public var prediction: Parameterisation
  /// Whose squared error is averaged.
  public var error: Error

  public init(prediction: Parameterisation = .velocity, error: Error = .velocity) {
    self.prediction = prediction
    self.error = error
  }

  /// Flow matching of a velocity network.
  public static let flowMatching = Objective()
  /// Noise prediction with its own error.
  ///
  /// *Reference*: Ho, Jain and Abbeel (2020), equation 14.
  public static let ddpm = Objective(prediction: .noise, error: .noise)
  /// Denoising score matching with the weight sigma^2.
  ///
  /// *Reference*: Song and Ermon (2019).
  public static let scoreMatching = Objective(prediction: .score, error: .noise)
  /// Denoising score matching with the likelihood weight.
  public static let scoreFlow = Objective(prediction: .score, error: .scoreFlow)

  /// `w(t)` on the squared error of the prediction.
  ///
  /// *Proof*: `noise_loss_weight`, `denoiser_loss_weight`, `score_loss_weight`, `v_loss_weight`,
  /// `score_flow_weight`.
  public func weight(_ s: Schedule<Double>) -> Double {
    let energy = s.alpha * s.alpha + s.variance
    /// The factors of f over those of 1/det.
    let f: Double =
      switch prediction {
      case .velocity: s.determinant
      case .noise: s.alpha
      case .x1: s.sigma
      case .v: energy
      case .score: s.alpha / s.sigma
      }
    func squared(_ x: Double) -> Double { x * x }
    switch error {
    case .velocity: return prediction == .velocity ? 1 : squared(s.determinant / f)
    case .noise: return prediction == .noise ? 1 : squared(s.alpha / f)
    case .x1: return prediction == .x1 ? 1 : squared(s.sigma / f)
    case .v: return prediction == .v ? 1 : squared(energy / f)
    case .scoreFlow: return 2 * s.alpha * s.determinant / (s.sigma * f * f)
    }
  }

  /// What the network should say for the pair (x1, eps).
  public func target(_ x1: Double, _ eps: Double, _ s: Schedule<Double>) -> Double {
    switch prediction {
    case .velocity: (s.alphaDot * x1).addingProduct(s.sigmaDot, eps)
    case .noise: eps
    case .x1: x1
    case .v: s.alpha * eps - s.sigma * x1
    case .score: -eps / s.sigma
    }
  }
}
