import RealModule

/// The numbers of a path at one time: `X_t = alpha X_1 + sigma X_0`, their derivatives in t, and
/// the variance `v = sigma^2` with its derivative, which stays finite where that of sigma does not.
@frozen
public struct Schedule<S: Scalar>: Sendable {
  public var alpha: S
  public var sigma: S
  /// `sigma^2`.
  public var variance: S
  /// `d alpha/dt`.
  public var alphaDot: S
  /// d sigma / dt; minus infinity at t = 1 where sigma is a root.
  public var sigmaDot: S
  /// `d sigma^2 / dt`.
  public var varianceDot: S
  /// What alpha is more than its nearest number in this format, where the path knows it: next to the data that
  /// moves `x - alpha y` by parts of sigma where y is large.
  public var alphaTail: S
  /// The same of sigma, next to the source.
  public var sigmaTail: S

  @inlinable
  public init(
    alpha: S, sigma: S, variance: S, alphaDot: S, sigmaDot: S, varianceDot: S,
    alphaTail: S = S(0.0), sigmaTail: S = S(0.0)
  ) {
    (self.alphaTail, self.sigmaTail) = (alphaTail, sigmaTail)
    self.alpha = alpha
    self.sigma = sigma
    self.variance = variance
    self.alphaDot = alphaDot
    self.sigmaDot = sigmaDot
    self.varianceDot = varianceDot
  }
}

extension Schedule where S == Double {
  /// `sigma'/sigma`, from the variance unless that underflows.
  var sigmaRate: Double {
    variance.isNormal ? varianceDot / (2 * variance) : sigmaDot / sigma
  }

  /// `alpha' sigma - alpha sigma'`: the determinant of the change from (x1, eps) to (x, u); infinite
  /// where sigma' is.
  public var determinant: Double {
    alpha == 0 ? alphaDot * sigma : alphaDot * sigma - alpha * sigmaDot
  }
}

extension Schedule where S == Lanes {
  /// Eight schedules side by side; a short row is filled up with its last.
  init(_ lanes: some RandomAccessCollection<Schedule<Double>>) {
    func gather(_ part: (Schedule<Double>) -> Double) -> Lanes {
      var result = Lanes(part(lanes.last!))
      for (lane, schedule) in lanes.enumerated() { result[lane] = part(schedule) }
      return result
    }
    self.init(
      alpha: gather(\.alpha), sigma: gather(\.sigma), variance: gather(\.variance),
      alphaDot: gather(\.alphaDot), sigmaDot: gather(\.sigmaDot),
      varianceDot: gather(\.varianceDot), alphaTail: gather(\.alphaTail),
      sigmaTail: gather(\.sigmaTail))
  }
}

extension Schedule where S == Dual<Lanes> {
  /// Eight schedules with their derivatives side by side.
  init(_ lanes: some RandomAccessCollection<Schedule<Dual<Double>>>) {
    let values = Schedule<Lanes>(lanes.map { $0.mapped(\.value) })
    let derivatives = Schedule<Lanes>(lanes.map { $0.mapped(\.derivative) })
    self.init(
      alpha: Dual(values.alpha, derivatives.alpha), sigma: Dual(values.sigma, derivatives.sigma),
      variance: Dual(values.variance, derivatives.variance),
      alphaDot: Dual(values.alphaDot, derivatives.alphaDot),
      sigmaDot: Dual(values.sigmaDot, derivatives.sigmaDot),
      varianceDot: Dual(values.varianceDot, derivatives.varianceDot),
      alphaTail: Dual(values.alphaTail, derivatives.alphaTail),
      sigmaTail: Dual(values.sigmaTail, derivatives.sigmaTail))
  }

  /// The same schedules as constants, for derivatives along x.
  init(constant schedule: Schedule<Lanes>) {
    self = schedule.mapped { Dual(constant: $0) }
  }
}

extension Schedule {
  @inline(__always)
  private static func isZero(_ tail: S) -> Bool {
    !S.any(-tail, below: tail) && !S.any(tail, below: -tail)
  }

  /// `x - alpha y`, alpha with its tail: next to the data, where sigma is smaller than what rounding alpha moves
  /// `alpha y` by, this is all that tells x from y.
  @inline(__always)
  func gap(_ x: S, _ y: S) -> S {
    let plain = x.addingProduct(-alpha, y)
    return Self.isZero(alphaTail) ? plain : plain.addingProduct(-alphaTail, y)
  }

  @inline(__always)
  func gap(_ x: S, constant y: Double) -> S {
    let plain = x.addingProduct(-alpha, constant: y)
    return Self.isZero(alphaTail) ? plain : plain.addingProduct(-alphaTail, constant: y)
  }

  /// `x - sigma y`, sigma with its tail: the same next to the source.
  @inline(__always)
  func sourceGap(_ x: S, _ y: S) -> S {
    let plain = x.addingProduct(-sigma, y)
    return Self.isZero(sigmaTail) ? plain : plain.addingProduct(-sigmaTail, y)
  }

  /// `x - alpha y` for the many terms of sums (``Scalar/adding(_:times:)``).
  @inline(__always)
  func gapTerm(_ x: S, _ y: S) -> S {
    let plain = x.adding(-alpha, times: y)
    return Self.isZero(alphaTail) ? plain : plain.adding(-alphaTail, times: y)
  }

  @inline(__always)
  func gapTerm(_ x: S, constant y: Double) -> S {
    let plain = x.adding(-alpha, timesConstant: y)
    return Self.isZero(alphaTail) ? plain : plain.adding(-alphaTail, timesConstant: y)
  }

  /// The tail of alpha where it can move a logit of components with means up to `reach` and stds from `std` on,
  /// 0 in other lanes; `nil` where it can in none.
  ///
  /// With `D = |x - alpha m|^2` and `s = max(sigma, alpha std)`, leaving out the tail moves `D/(2 V)` by at most
  /// `|tail| reach sqrt(d D/V)/s`, which below `2^-30 sqrt(d D/V)` is less than what a logit is moved up by when
  /// blocks are left out (`inflated`).
  @inline(__always)
  func tail(movingLogitsOf reach: Double, std: Double) -> S? {
    guard !Self.isZero(alphaTail) else { return nil }
    let narrowest = S.maximum(sigma, alpha.scaled(by: std)).scaled(by: 0x1p-30)
    let motion = S.maximum(alphaTail, -alphaTail).scaled(by: reach)
    guard S.any(narrowest, below: motion) else { return nil }
    return S.choose(narrowest, below: motion, then: alphaTail, otherwise: S(0.0))
  }

  /// This schedule with a tail only where `tail(movingLogitsOf:std:)` has one.
  @inline(__always)
  func resolving(_ reach: Double, std: Double) -> Self {
    var result = self
    result.alphaTail = tail(movingLogitsOf: reach, std: std) ?? S(0.0)
    return result
  }

  /// Every number mapped.
  func mapped<T: Scalar>(_ transform: (S) -> T) -> Schedule<T> {
    Schedule<T>(
      alpha: transform(alpha), sigma: transform(sigma), variance: transform(variance),
      alphaDot: transform(alphaDot), sigmaDot: transform(sigmaDot),
      varianceDot: transform(varianceDot), alphaTail: transform(alphaTail),
      sigmaTail: transform(sigmaTail))
  }
}
