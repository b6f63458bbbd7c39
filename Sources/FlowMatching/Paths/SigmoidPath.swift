import RealModule

/// The logistic function of time, normalised to the ends: with `S(z) = 1/(1 + e^-z)` and steepness k
///
///     alpha = (S(k (t - 1/2)) - S(-k/2)) / (S(k/2) - S(-k/2)),   sigma = 1 - alpha.
///
/// Both are quotients without a difference, `alpha = N/(N + M)` and `sigma = M/(N + M)` with
/// `N = sinh(k t/2)` and `M = sinh(k (1 - t)/2)`: no digit is lost at either end. For small k this is
/// `ot`; a large k spends the time at both ends.
///
/// *Proof*: `sigmoid_path_generates`, `sigmoid_log_snr_increases`, `sigmoid_schedule_rounding`.
public struct SigmoidPath: AffinePath {
  public let kind = "sigmoid"
  /// k.
  public let steepness: Double

  /// - Throws: `outOfDomain` unless `steepness > 0`, `nonFinite`.
  public init(steepness: Double = 10) throws(FlowError) {
    try FlowError.checkPositive(steepness, "steepness")
    self.steepness = steepness
  }

  /// `X/(X + Y)` with `X = sinh(k x/2)` and `Y = sinh(k y/2)`, x + y = 1, both over the larger exponential:
  /// nothing overflows, and of the two only what is negligible underflows.
  @inlinable func share<S: Scalar>(_ x: S, _ y: S) -> S {
    let (own, other) = (
      -S.expMinusOne(x.scaled(by: -steepness)), -S.expMinusOne(y.scaled(by: -steepness))
    )
    let half = (x - y).scaled(by: 0.5 * steepness)
    let early = S.exp(half) * own
    return S.choose(
      x, below: 0.5, then: early / (early + other),
      otherwise: own / (own + S.exp(-half) * other))
  }

  @inlinable public func alpha<S: Scalar>(_ time: Time<S>) -> S {
    share(time.t, time.remaining)
  }

  @inlinable public func sigma<S: Scalar>(_ time: Time<S>) -> S {
    share(time.remaining, time.t)
  }

  @inlinable public func deficit<S: Scalar>(_ time: Time<S>) -> S { sigma(time) }
  @inlinable public func noiseDeficit<S: Scalar>(_ time: Time<S>, alpha: S, sigma: S) -> S { alpha }

  /// `log alpha`, where alpha itself may underflow for a large k.
  @inlinable public func logAlpha<S: Scalar>(_ time: Time<S>) -> S {
    // N/(N + M) with both over e^(k |t - 1/2|/2): the larger is of order one.
    let (t, r) = (time.t, time.remaining)
    let data = -S.expMinusOne(t.scaled(by: -steepness))
    let noise = -S.expMinusOne(r.scaled(by: -steepness))
    let exponent = (t - r).scaled(by: 0.5 * steepness)
    // log N - log(N + M), from the side of whichever is larger.
    let late = -S.log(onePlus: S.exp(-exponent) * noise / data)
    let early = exponent + S.log(data / noise) - S.log(onePlus: S.exp(exponent) * data / noise)
    return S.choose(t, below: 0.5, then: early, otherwise: late)
  }

  /// `t = log(1 + 2 e^l sinh(k/2)/(1 + e^(l - k/2)))/k`, and 1 - t by the same with -l.
  public func time(atLogSNR logSNR: Double) throws(FlowError) -> Time<Double> {
    func share(_ l: Double) -> Double {
      // The quotient over e^(l + k/2) where that is large.
      let (grown, shrunk) = (l + steepness / 2, l - steepness / 2)
      if grown > 300 {
        let whole = -Double.expMinusOne(-steepness)
        let log =
          shrunk > 0
          ? steepness + Double.log(whole) - Double.log(onePlus: Double.exp(-shrunk))
          : grown + Double.log(whole) - Double.log(onePlus: Double.exp(shrunk))
        return (log < 40 ? Double.log(onePlus: Double.exp(log)) : log) / steepness
      }
      let quotient =
        Double.exp(grown) * -Double.expMinusOne(-steepness) / (1 + Double.exp(shrunk))
      return Double.log(onePlus: quotient) / steepness
    }
    return try checked(t: share(logSNR), remaining: share(-logSNR), logSNR: logSNR)
  }
}
