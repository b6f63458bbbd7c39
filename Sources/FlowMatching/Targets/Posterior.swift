/// What is asked of a target beside the log density.
public struct Moments: OptionSet, Sendable {
  public let rawValue: Int
  public init(rawValue: Int) { self.rawValue = rawValue }

  /// `D = E[x1 | x]` and `g = -grad log p_t(x)`.
  public static let means = Moments(rawValue: 1)
  /// The traces of `dD/dx` and `dg/dx`, without forming the matrices.
  public static let traces = Moments(rawValue: 2)
  /// The matrices `dD/dx`, `dg/dx` and `Cov[x1 | x]`.
  public static let jacobians = Moments(rawValue: 4)
  /// The partial derivatives of the log density in alpha and in the variance v.
  public static let rates = Moments(rawValue: 8)
  /// The posterior probabilities of the components.
  public static let weights = Moments(rawValue: 16)

  /// Of the means only g is used: D may err by as much as that makes no difference to.
  public static let onlyScore = Moments(rawValue: 32)
  /// Of the means only D is used.
  public static let onlyDenoiser = Moments(rawValue: 128)
  /// Means and traces are only used combined to the path's velocity and its divergence.
  public static let onlyVelocity = Moments(rawValue: 64)
}

/// The posterior moments of the pair (x1, g) given `x = alpha x1 + sigma eps`: all that the fields
/// need of a target. Parts that were not asked for are empty or zero.
///
/// `g = V^-1 (x - alpha m)` averaged over components is minus the score. The pair (x1, g), not
/// (x1, eps): recovering g from eps would divide a difference by sigma.
public struct Posterior<S: Scalar>: Sendable {
  /// `log p_t(x)` in nats.
  public var logDensity: S = S(0.0)
  /// `D = E[x1 | x]`.
  public var denoiser: [S] = []
  /// `g = -grad log p_t(x)`.
  public var negativeScore: [S] = []
  /// `tr dD/dx`.
  public var denoiserTrace: S = S(0.0)
  /// `tr dg/dx`.
  public var negativeScoreTrace: S = S(0.0)
  /// `tr Cov[x1 | x] / v`; finite also at v = 0 for a target with a density.
  public var covarianceTraceOverVariance: S = S(0.0)
  /// `dD/dx`, rows first.
  public var denoiserJacobian: [S] = []
  /// `dg/dx`, rows first.
  public var negativeScoreJacobian: [S] = []
  /// `Cov[x1 | x]`, rows first.
  public var covariance: [S] = []
  /// `d log p / d alpha` at fixed v and x.
  public var alphaRate: S = S(0.0)
  /// `d log p / d v` at fixed alpha and x.
  public var varianceRate: S = S(0.0)
  /// One probability per component.
  public var weights: [S] = []
  /// What a source other than the standard normal adds; with one, `varianceRate` and the traces
  /// over the variance have no meaning.
  public var source: SourceMoments<S>?

  public init() {}
}

extension Posterior<Lanes> {
  /// The density, the means and the traces of `other` in the lanes where `choice` is 1 and not 0.
  func replaced(by other: Self, where choice: Lanes) -> Self {
    func chosen(_ own: Lanes, _ new: Lanes) -> Lanes {
      Lanes.choose(choice, below: Lanes(0.5), then: own, otherwise: new)
    }
    var result = self
    result.logDensity = chosen(logDensity, other.logDensity)
    result.denoiser = zip(denoiser, other.denoiser).map(chosen)
    result.negativeScore = zip(negativeScore, other.negativeScore).map(chosen)
    result.denoiserTrace = chosen(denoiserTrace, other.denoiserTrace)
    result.negativeScoreTrace = chosen(negativeScoreTrace, other.negativeScoreTrace)
    result.covarianceTraceOverVariance = chosen(
      covarianceTraceOverVariance, other.covarianceTraceOverVariance)
    return result
  }
}
