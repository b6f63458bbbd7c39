import RealModule

/// An affine Gaussian probability path `p_t(x | x1) = N(x; alpha(t) x1, sigma(t)^2 I)`, from noise
/// at t = 0 to data at t = 1.
///
/// These requirements are concrete, so that `any ProbabilityPath` costs nothing to call. To add a
/// path, conform to ``AffinePath`` and write two functions.
///
/// *Proof*: `rows_from_noise_to_data`, `rows_ending_at_the_data` (its ends).
///
/// *Reference*: Lipman et al. (2023), equation 10.
public protocol ProbabilityPath: Sendable {
  /// The name in the wire protocol.
  var kind: String { get }
  /// The path's numbers at `time`.
  func schedule(at time: Time<Double>) -> Schedule<Double>
  /// The same with derivatives.
  func schedule(at time: Time<Dual<Double>>) -> Schedule<Dual<Double>>
  /// The numbers at eight times: by default one after the other. A path of plain arithmetic gives the
  /// same bits on lanes, and faster.
  func schedule(at time: Time<Lanes>) -> Schedule<Lanes>
  /// The time at which `log(alpha/sigma)` takes the value `logSNR`.
  /// - Throws: `outOfDomain` where the path never takes it, `nonFinite`.
  ///
  /// *Proof*: `log_snr_inverse_on_every_row`.
  func time(atLogSNR logSNR: Double) throws(FlowError) -> Time<Double>
  /// `log alpha` and its derivative `alpha'/alpha`, which exist where alpha itself underflows.
  func logAlpha(at time: Time<Double>) -> Dual<Double>
  /// Whether `alpha^2 + sigma^2 = 1` at every time, so that `alpha alpha' + sigma sigma'` is 0 and not
  /// what rounding leaves of two terms that cancel.
  var preservesVariance: Bool { get }
}

/// A path as two functions; its schedule, with exact derivatives by dual numbers, follows.
public protocol AffinePath: ProbabilityPath {
  /// The coefficient of the data.
  func alpha<S: Scalar>(_ time: Time<S>) -> S
  /// The coefficient of the noise.
  func sigma<S: Scalar>(_ time: Time<S>) -> S
  /// `sigma^2`; written directly where sigma is a root.
  func variance<S: Scalar>(_ time: Time<S>) -> S
  /// `log alpha`; written directly where alpha may underflow.
  func logAlpha<S: Scalar>(_ time: Time<S>) -> S
  /// `1 - alpha`, by a form that does not cancel at t = 1 where there is one.
  func deficit<S: Scalar>(_ time: Time<S>) -> S
  /// `1 - sigma`, by a form that does not cancel at t = 0 where there is one, from alpha and sigma.
  func noiseDeficit<S: Scalar>(_ time: Time<S>, alpha: S, sigma: S) -> S
}

extension AffinePath {
  @inlinable
  public func variance<S: Scalar>(_ time: Time<S>) -> S {
    let root = sigma(time)
    return root * root
  }

  @inlinable
  public func logAlpha<S: Scalar>(_ time: Time<S>) -> S { S.log(alpha(time)) }

  public func logAlpha(at time: Time<Double>) -> Dual<Double> { logAlpha(time.differentiated) }

  @inlinable
  public func deficit<S: Scalar>(_ time: Time<S>) -> S { S(1.0) - alpha(time) }

  /// Where `alpha^2 + sigma^2 = 1`, `alpha^2/(1 + sigma)`.
  @inlinable
  public func noiseDeficit<S: Scalar>(_ time: Time<S>, alpha: S, sigma: S) -> S {
    preservesVariance ? alpha * alpha / (S(1.0) + sigma) : S(1.0) - sigma
  }

  /// Values and derivatives in t in one evaluation on duals.
  @inlinable
  public func derivedSchedule<S: Scalar>(at time: Time<S>) -> Schedule<S> {
    let moving = time.differentiated
    let alpha = alpha(moving)
    let sigma = sigma(moving)
    let variance = variance(moving)
    // From 1/2 to 2 the difference from 1 is exact.
    let one = S(1.0)
    let alphaTail = (one - alpha.value) - deficit(time)
    let sigmaTail =
      (one - sigma.value) - noiseDeficit(time, alpha: alpha.value, sigma: sigma.value)
    return Schedule(
      alpha: alpha.value, sigma: sigma.value, variance: variance.value,
      alphaDot: alpha.derivative, sigmaDot: sigma.derivative, varianceDot: variance.derivative,
      alphaTail: S.choose(alpha.value, below: 0.5, then: 0.0, otherwise: alphaTail),
      sigmaTail: S.choose(
        sigma.value, below: 0.5, then: 0.0,
        otherwise: S.choose(sigma.value - one, below: one, then: sigmaTail, otherwise: 0.0)))
  }

  @inlinable
  public func schedule(at time: Time<Double>) -> Schedule<Double> { derivedSchedule(at: time) }

  @inlinable
  public func schedule(at time: Time<Dual<Double>>) -> Schedule<Dual<Double>> {
    derivedSchedule(at: time)
  }
}

extension ProbabilityPath {
  public var preservesVariance: Bool { false }

  public func logAlpha(at time: Time<Double>) -> Dual<Double> {
    let schedule = schedule(at: time)
    return Dual(Double.log(schedule.alpha), schedule.alphaDot / schedule.alpha)
  }

  /// `log(alpha/sigma)`: half of the usual `log(alpha^2/sigma^2)`; infinite at the ends where alpha or
  /// sigma is zero.
  ///
  /// *Proof*: `log_snr_increases_on_every_row`.
  public func logSNR(at time: Time<Double>) -> Double {
    let schedule = schedule(at: time)
    let ratio = schedule.alpha / schedule.sigma
    return ratio.isNormal
      ? Double.log(ratio) : logAlpha(at: time).value - Double.log(schedule.sigma)
  }

  /// `d logSNR / dt = alpha'/alpha - sigma'/sigma`; infinite at the ends where alpha or sigma is zero.
  ///
  /// *Proof*: `log_snr_derivative`.
  public func logSNRDot(at time: Time<Double>) -> Double {
    let schedule = schedule(at: time)
    let alphaRate =
      schedule.alpha.isNormal
      ? schedule.alphaDot / schedule.alpha : logAlpha(at: time).derivative
    guard alphaRate.isFinite, schedule.sigma != 0 else { return .infinity }
    return alphaRate - schedule.sigmaRate
  }

  public func schedule(at time: Time<Lanes>) -> Schedule<Lanes> {
    var result = schedule(at: Time(t: time.t[0], remaining: time.remaining[0]))
      .mapped { Lanes($0) }
    for lane in 1..<Lanes.count {
      let one = schedule(at: Time(t: time.t[lane], remaining: time.remaining[lane]))
      result.alpha[lane] = one.alpha
      result.alphaTail[lane] = one.alphaTail
      result.sigmaTail[lane] = one.sigmaTail
      result.sigma[lane] = one.sigma
      result.variance[lane] = one.variance
      result.alphaDot[lane] = one.alphaDot
      result.sigmaDot[lane] = one.sigmaDot
      result.varianceDot[lane] = one.varianceDot
    }
    return result
  }

  /// The schedule and its derivative along time.
  func movingSchedule(at time: Time<Double>) -> Schedule<Dual<Double>> {
    schedule(at: time.differentiated)
  }

  /// By bisection over the exponent of the distance to the nearer end; for paths that have no
  /// closed form. *Accuracy*: that of the path's own log-SNR.
  public func time(atLogSNR logSNR: Double) throws(FlowError) -> Time<Double> {
    try FlowError.checkFinite(logSNR, "log_snr")
    func place(_ u: Double) -> Time<Double> {
      let distance = 0.5 * Double.exp2(-abs(u))
      return u < 0
        ? Time(t: distance, remaining: 1 - distance) : Time(t: 1 - distance, remaining: distance)
    }
    let first = self.logSNR(at: .start)
    let last = self.logSNR(at: .end)
    guard first <= logSNR, logSNR <= last else {
      throw FlowError.outOfDomain("log_snr", logSNR, accepted: "[\(first), \(last)]")
    }
    if logSNR == first { return .start }
    if logSNR == last { return .end }
    var low = -1073.0
    var high = 1073.0
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return place(middle) }
      if self.logSNR(at: place(middle)) < logSNR { low = middle } else { high = middle }
    }
  }

  /// Throws unless `logSNR` is finite and a closed form gave times inside [0, 1].
  func checked(
    t: Double, remaining: Double, logSNR: Double
  ) throws(FlowError) -> Time<Double> {
    try FlowError.checkFinite(logSNR, "log_snr")
    guard t >= 0, remaining >= 0 else {
      let range = "[\(self.logSNR(at: .start)), \(self.logSNR(at: .end))]"
      throw FlowError.outOfDomain("log_snr", logSNR, accepted: range)
    }
    return Time(t: t, remaining: remaining)
  }
}
