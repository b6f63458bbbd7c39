import RealModule

/// The geometric variance-exploding path: `alpha = 1`, `sigma = sigma_max^(1-t) sigma_min^t`.
///
/// *Proof*: `ve_geometric_path_generates`, `ve_geometric_schedule_rounding`.
/// *Reference*: Song et al. (2021), appendix C; sigma(1) is sigma_min, not 0.
public struct GeometricVarianceExplodingPath: AffinePath {
  public let kind = "ve_geometric"
  /// Sigma at t = 1.
  public let sigmaMin: Double
  /// Sigma at t = 0.
  public let sigmaMax: Double
  @usableFromInline let logRatio: Double

  /// - Throws: `outOfDomain` unless `0 < sigmaMin < sigmaMax`.
  public init(sigmaMin: Double = 0.01, sigmaMax: Double = 50) throws(FlowError) {
    logRatio = try logarithmOfRatio(sigmaMin: sigmaMin, sigmaMax: sigmaMax)
    self.sigmaMin = sigmaMin
    self.sigmaMax = sigmaMax
  }

  @inlinable public func alpha<S: Scalar>(_ time: Time<S>) -> S { S(1.0) }

  @inlinable public func sigma<S: Scalar>(_ time: Time<S>) -> S {
    S.choose(
      time.t, below: 0.5,
      then: S.exp(time.t.scaled(by: -logRatio)).scaled(by: sigmaMax),
      otherwise: S.exp(time.remaining.scaled(by: logRatio)).scaled(by: sigmaMin))
  }

  /// `t = (l + log sigma_max)/L`.
  public func time(atLogSNR logSNR: Double) throws(FlowError) -> Time<Double> {
    try checked(
      t: (Double.log(sigmaMax) + logSNR) / logRatio,
      remaining: (-Double.log(sigmaMin) - logSNR) / logRatio, logSNR: logSNR)
  }
}
