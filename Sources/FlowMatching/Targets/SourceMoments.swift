/// What a source other than the standard normal adds to the posterior moments at x, where
/// `X = alpha X1 + sigma X0` (plus the noise of a tube whose variance is a function of alpha and sigma).
///
/// With a standard normal source `E[x0 | x] = sigma g`, and g alone says everything. With any other
/// source it does not: the score is no longer `-E[x0 | x]/sigma`, and the velocity is
///
///     u = alpha' A + sigma' B,   A = E[dX/dalpha | x],   B = E[dX/dsigma | x]
///
/// where without a tube A is the denoiser `E[x1 | x]` and B is `E[x0 | x]`.
public struct SourceMoments<S: Scalar>: Sendable {
  /// `E[x0 | x]`.
  public var mean: [S] = []
  /// A and B.
  public var alphaFlow: [S] = []
  /// B, `E[dX/dsigma | x]`.
  public var sigmaFlow: [S] = []
  /// `tr dA/dx` and `tr dB/dx`.
  public var alphaTrace = S(0.0)
  /// `tr dB/dx`.
  public var sigmaTrace = S(0.0)
  /// `dA/dx` and `dB/dx`, rows first.
  public var alphaJacobian: [S] = []
  /// `dB/dx`, rows first.
  public var sigmaJacobian: [S] = []
  /// `d log p/d sigma` at fixed alpha and x. (That at fixed sigma is `Posterior.alphaRate`.)
  public var sigmaRate = S(0.0)

  public init() {}
}
