// Every quantity of a field from the posterior moments, each formula written once: for eight points and one,
// values and derivatives, arrays and the caller's memory.

extension Schedule {
  /// What multiplies the noise's part of a velocity: `v'/2` where that part is g, and sigma' where it is
  /// the mean of a source other than the standard normal. (With the standard normal `sigma' E[x0|x]` is
  /// `v'/2 g`, and v' is finite where sigma' is not.)
  @inline(__always)
  func noiseRate(isSourced: Bool) -> S { isSourced ? sigmaDot : varianceDot.scaled(by: 0.5) }

  /// `alpha' data + rate noise`: the velocity, its derivatives and the rate of the log density from the parts
  /// that belong to both ends.
  @inline(__always)
  func flow(_ data: S, _ noise: S, rate: S) -> S { (alphaDot * data).addingProduct(rate, noise) }

  /// `E[eps|x] = sigma g`.
  @inline(__always)
  func noise(_ g: S) -> S { sigma * g }

  /// `alpha E[eps|x] - sigma D`.
  @inline(__always)
  func vPrediction(_ denoiser: S, _ g: S) -> S { sigma * (alpha * g - denoiser) }
}

/// The parts of a flow that belong to its two ends: `u = alpha' data + rate noise`, and so for all that is
/// linear in the velocity.
struct FlowEnds<S: Scalar> {
  let means: (data: [S], noise: [S])
  let traces: (data: S, noise: S)
  let jacobians: (data: [S], noise: [S])
  let logDensity: (data: S, noise: S)
  let isSourced: Bool

  /// A standard normal source is known through g, any other through ``SourceMoments``.
  init(_ posterior: Posterior<S>) {
    isSourced = posterior.source != nil
    if let source = posterior.source {
      means = (source.alphaFlow, source.sigmaFlow)
      traces = (source.alphaTrace, source.sigmaTrace)
      jacobians = (source.alphaJacobian, source.sigmaJacobian)
      logDensity = (posterior.alphaRate, source.sigmaRate)
    } else {
      means = (posterior.denoiser, posterior.negativeScore)
      traces = (posterior.denoiserTrace, posterior.negativeScoreTrace)
      jacobians = (posterior.denoiserJacobian, posterior.negativeScoreJacobian)
      // The rate is taken in v, and v' is twice the rate.
      logDensity = (posterior.alphaRate, posterior.varianceRate.scaled(by: 2))
    }
  }
}

extension MarginalQuantity {
  /// The quantity at every point of a group.
  func lanes<S: Scalar>(_ posterior: Posterior<S>, at schedule: Schedule<S>, x: [S]) -> [S] {
    let ends = FlowEnds(posterior)
    let rate = schedule.noiseRate(isSourced: ends.isSourced)
    func flow(_ data: [S], _ noise: [S]) -> [S] {
      zip(data, noise).map { schedule.flow($0, $1, rate: rate) }
    }
    switch self {
    case .logDensity:
      return [posterior.logDensity]
    case .logDensityRate:
      return [schedule.flow(ends.logDensity.data, ends.logDensity.noise, rate: rate)]
    case .velocity:
      return flow(ends.means.data, ends.means.noise)
    case .score:
      return posterior.negativeScore.map { -$0 }
    case .denoiser:
      return posterior.denoiser
    case .noisePrediction:
      return posterior.source?.mean ?? posterior.negativeScore.map { schedule.noise($0) }
    case .vPrediction:
      if let source = posterior.source {
        return zip(posterior.denoiser, source.mean).map { denoiser, noise in
          (schedule.alpha * noise).addingProduct(-schedule.sigma, denoiser)
        }
      }
      return zip(posterior.denoiser, posterior.negativeScore).map { schedule.vPrediction($0, $1) }
    case .divergence:
      return [schedule.flow(ends.traces.data, ends.traces.noise, rate: rate)]
    case .jacobian:
      return flow(ends.jacobians.data, ends.jacobians.noise)
    case .posteriorCovariance:
      return posterior.covariance
    case .posteriorWeights:
      return posterior.weights
    }
  }
}
