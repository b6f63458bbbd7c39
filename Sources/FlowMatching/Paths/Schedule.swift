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

  @inlinable
  public init(
    alpha: S, sigma: S, variance: S, alphaDot: S, sigmaDot: S, varianceDot: S,
    alphaTail: S = S(0.0)
  ) {
    self.alphaTail = alphaTail
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
      varianceDot: gather(\.varianceDot), alphaTail: gather(\.alphaTail))
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
      alphaTail: Dual(values.alphaTail, derivatives.alphaTail))
  }

  /// The same schedules as constants, for derivatives along x.
  init(constant schedule: Schedule<Lanes>) {
    self = schedule.mapped { Dual(constant: $0) }
  }
}

extension Schedule {
  /// `x - alpha y`, alpha with its tail.
  @inline(__always)
  func gap(_ x: S, _ y: Double) -> S {
    x.addingProduct(-alpha, constant: y).addingProduct(-alphaTail, constant: y)
  }

  /// Every number mapped.
  func mapped<T: Scalar>(_ transform: (S) -> T) -> Schedule<T> {
    Schedule<T>(
      alpha: transform(alpha), sigma: transform(sigma), variance: transform(variance),
      alphaDot: transform(alphaDot), sigmaDot: transform(sigmaDot),
      varianceDot: transform(varianceDot), alphaTail: transform(alphaTail))
  }
}
