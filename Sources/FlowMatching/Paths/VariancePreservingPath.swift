import RealModule

/// The variance-preserving diffusion path, from noise to data: with `r = 1 - t`,
/// `T = r beta_min + r^2 (beta_max - beta_min)/2`, `alpha = exp(-T/2)`, `sigma^2 = 1 - exp(-T)`.
///
/// `alpha(0) = exp(-(beta_min + beta_max)/4)` is not zero: p_0 is only close to N(0, I).
///
/// *Proof*: `vp_path_generates`, `vp_diffusion_marginals`, `vp_schedule_rounding`.
/// *Reference*: Lipman et al. (2023), equations 18 and 19; Song et al. (2021).
public struct VariancePreservingPath: AffinePath {
  public let kind = "vp"
  public let preservesVariance = true
  /// The rate of the noise at t = 1.
  public let betaMin: Double
  /// The rate of the noise at t = 0.
  public let betaMax: Double
  /// `betaMax - betaMin` and what its rounding lost.
  @usableFromInline let slope: Double
  @usableFromInline let slopeTail: Double
  /// `(betaMin + betaMax)/2`, T at t = 0, and what its rounding lost.
  @usableFromInline let whole: Double
  @usableFromInline let wholeTail: Double

  /// Beta may fall as well as grow.
  /// - Throws: `outOfDomain` unless both are at least zero and one is above it.
  public init(betaMin: Double = 0.1, betaMax: Double = 20) throws(FlowError) {
    try FlowError.checkNonNegative(betaMin, "beta_min")
    try FlowError.checkNonNegative(betaMax, "beta_max")
    if betaMin == 0 { try FlowError.checkPositive(betaMax, "beta_max") }
    self.betaMin = betaMin
    self.betaMax = betaMax
    slope = betaMax - betaMin
    let back = slope + betaMin
    slopeTail = (betaMax - back) + ((back - slope) - betaMin)
    let (first, last) = (betaMin / 2, betaMax / 2)
    whole = first + last
    let part = whole - first
    wholeTail = (first - (whole - part)) + (last - part)
  }

  /// T to twice the working precision: `exp(-T/2)` multiplies its relative error by T/2. Each half of
  /// the interval is measured from its own end, so that neither T nor its derivative beta cancels,
  /// whether beta grows or falls.
  @inlinable func integratedBeta<S: Scalar>(_ time: Time<S>) -> (head: S, tail: S) {
    let late = area(time.remaining, from: betaMin, slope: slope, slopeTail)
    let early = area(time.t, from: betaMax, slope: -slope, -slopeTail)
    let head = S(whole) - early.head
    let lost = (S(whole) - head) - early.head
    return (
      S.choose(time.t, below: 0.5, then: head, otherwise: late.head),
      S.choose(
        time.t, below: 0.5, then: lost + (S(wholeTail) - early.tail), otherwise: late.tail)
    )
  }

  /// `d (start + d slope/2)`, the integral of beta over the distance d from an end.
  @inlinable func area<S: Scalar>(
    _ distance: S, from start: Double, slope: Double, _ slopeTail: Double
  ) -> (head: S, tail: S) {
    let half = distance.scaled(by: 0.5)
    let product = half.scaled(by: slope)
    let productTail = (-product).addingProduct(half, constant: slope)
      .addingProduct(half, constant: slopeTail)
    let base = S(start)
    let sum = base + product
    let part = sum - base
    let sumTail = (base - (sum - part)) + (product - part)
    let head = distance * sum
    return (
      head, (-head).addingProduct(distance, sum).addingProduct(distance, productTail + sumTail)
    )
  }

  @inlinable public func alpha<S: Scalar>(_ time: Time<S>) -> S {
    let (head, tail) = integratedBeta(time)
    let power = S.exp(head.scaled(by: -0.5))
    return power.addingProduct(power, tail.scaled(by: -0.5))
  }

  /// `-T/2`.
  @inlinable public func logAlpha<S: Scalar>(_ time: Time<S>) -> S {
    let (head, tail) = integratedBeta(time)
    return (head + tail).scaled(by: -0.5)
  }

  /// `-expm1(-T/2)`.
  @inlinable public func deficit<S: Scalar>(_ time: Time<S>) -> S {
    let (head, tail) = integratedBeta(time)
    return -S.expMinusOne((head + tail).scaled(by: -0.5))
  }

  /// `-expm1(-T)`; the tail of T by its first order, so that the derivative keeps its digits at large T.
  ///
  /// *Proof*: `expm1_cond`, `expm1_stable`.
  @inlinable public func variance<S: Scalar>(_ time: Time<S>) -> S {
    let (head, tail) = integratedBeta(time)
    let growth = S.expMinusOne(-head)
    return (-growth).addingProduct(tail, S(1.0) + growth)
  }

  @inlinable public func sigma<S: Scalar>(_ time: Time<S>) -> S { S.sqrt(variance(time)) }

  /// Where beta vanishes at the data, sigma is linear in r there and not a root: its slope, which the
  /// dual finds as 0/0, is `-sqrt(beta_max/2)`.
  public func schedule(at time: Time<Double>) -> Schedule<Double> {
    var schedule = derivedSchedule(at: time)
    if betaMin == 0, time.remaining == 0 { schedule.sigmaDot = -(betaMax / 2).squareRoot() }
    return schedule
  }

  /// `T = log(1 + e^(-2 l))`, `r = 2 T/(b + sqrt(b^2 + 2 (B - b) T))`.
  public func time(atLogSNR logSNR: Double) throws(FlowError) -> Time<Double> {
    let total =
      logSNR < 0
      ? -2 * logSNR + Double.log(onePlus: Double.exp(2 * logSNR))
      : Double.log(onePlus: Double.exp(-2 * logSNR))
    let root = (betaMin * betaMin + 2 * slope * total).squareRoot()
    let remaining = total == 0 ? 0 : 2 * total / (betaMin + root)
    return try checked(t: 1 - remaining, remaining: remaining, logSNR: logSNR)
  }
}
