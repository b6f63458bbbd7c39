/// What ``SmallBatch`` makes of the posterior means and traces.
enum SmallOutput: Sendable {
  case velocity, score, denoiser, noisePrediction, vPrediction, divergence
  case velocityAndDivergence

  init?(_ quantity: MarginalQuantity) {
    switch quantity {
    case .velocity: self = .velocity
    case .score: self = .score
    case .denoiser: self = .denoiser
    case .noisePrediction: self = .noisePrediction
    case .vPrediction: self = .vPrediction
    case .divergence: self = .divergence
    default: return nil
    }
  }

  /// Whether there is a number per axis.
  var hasField: Bool { self != .divergence }
  var hasDivergence: Bool { self == .divergence || self == .velocityAndDivergence }
  /// Whether the path's derivatives enter.
  var needsRates: Bool { hasDivergence || self == .velocity }

  /// Turns D in `result`, `d` numbers, into the field that is asked for.
  @inline(__always)
  func combine(
    _ schedule: Schedule<Lanes>, _ d: Int, _ result: UnsafeMutablePointer<Lanes>,
    _ g: UnsafePointer<Lanes>
  ) {
    switch self {
    case .velocity, .velocityAndDivergence:
      for i in 0..<d { result[i] = combined(schedule, result[i], g[i]) }
    case .score: for i in 0..<d { result[i] = -g[i] }
    case .denoiser, .divergence: break
    case .noisePrediction: for i in 0..<d { result[i] = schedule.sigma * g[i] }
    case .vPrediction:
      for i in 0..<d { result[i] = schedule.sigma * (schedule.alpha * g[i] - result[i]) }
    }
  }

  @inline(__always)
  func divergence(
    _ schedule: Schedule<Lanes>, _ traces: (denoiser: Lanes, negativeScore: Lanes)
  ) -> Lanes {
    combined(schedule, traces.denoiser, traces.negativeScore)
  }

  /// `alpha' D + (v'/2) g`.
  @inline(__always)
  private func combined(
    _ schedule: Schedule<Lanes>, _ dataPart: Lanes, _ noisePart: Lanes
  ) -> Lanes {
    (schedule.alphaDot * dataPart)
      .addingProduct(schedule.varianceDot.scaled(by: 0.5), noisePart)
  }
}
