import RealModule

/// A ring in the plane: a point on the circle of radius R around c, uniform in angle, plus Gaussian
/// noise of std s.
///
/// With `V = alpha^2 s^2 + v`, `y = x - alpha c`, `rho = |y|`, `kappa = rho alpha R/V` and
/// `A = I1(kappa)/I0(kappa)` the angle given x is von Mises with the concentration kappa, so that
///
///     log p = -(rho - alpha R)^2/(2 V) + log(I0(kappa) exp(-kappa)) - log(2 pi V)
///     g = y (1 - (alpha R)^2 (A/kappa)/V)/V
///     D = c + (A/kappa) (alpha R^2/V) y + alpha s^2 g
///     Cov = (v s^2/V) I + (v R/V)^2 (A' e e^T + (A/kappa) (I - e e^T)),   e = y/rho
///
/// *Accuracy*: 8 u (|y| + sensitivity) at every kappa, the centre included; held by the fixtures.
public struct Ring: PartialTarget, LocatedTarget {
  /// The distance of the circle from its centre.
  public let radius: Double
  /// The std of the noise around the circle.
  public let std: Double
  /// Two coordinates.
  public let center: [Double]

  public var dimension: Int { 2 }

  /// - Throws: `outOfDomain` for a negative radius or std, `nonFinite`, `dimensionMismatch`.
  public init(radius: Double, std: Double, center: [Double] = [0, 0]) throws(FlowError) {
    try FlowError.checkNonNegative(radius, "radius")
    try FlowError.checkNonNegative(std, "std")
    guard center.count == 2 else {
      throw FlowError.dimensionMismatch("center", center.count, expected: 2)
    }
    try FlowError.checkFinite(center, "center")
    self.radius = radius
    self.std = std
    self.center = center
  }

  /// Throws where the ring has no width: at sigma = 0 with a std of zero.
  public func check(_ x: ArraySlice<Double>, at schedule: Schedule<Double>) throws(FlowError) {
    try FlowError.checkSpread(std * std, isZero: std == 0, at: schedule, "std", of: "the ring")
  }

  public func posterior(
    of x: [Lanes], at schedule: Schedule<Lanes>, _ wanted: Moments
  ) -> Posterior<Lanes> {
    evaluate(x, schedule, wanted)
  }

  public func posterior(
    of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
  ) -> Posterior<Dual<Lanes>> {
    evaluate(x, schedule, wanted)
  }

  private func evaluate<S: Scalar>(
    _ x: [S], _ schedule: Schedule<S>, _ wanted: Moments
  ) -> Posterior<S> {
    let parts = RingParts(self, x, schedule)
    var result = Posterior<S>()
    result.logDensity = parts.logDensity
    if !wanted.isDisjoint(with: [.means, .rates]) {
      result.negativeScore = parts.g
      result.denoiser = parts.denoiser
    }
    if wanted.contains(.traces) {
      let whole = parts.spread(0, 0) + parts.spread(1, 1)
      result.denoiserTrace = schedule.alpha * whole
      result.covarianceTraceOverVariance = whole
      result.negativeScoreTrace = parts.curvature(0, 0) + parts.curvature(1, 1)
    }
    if wanted.contains(.rates) {
      result.alphaRate = parts.alphaRate
      result.varianceRate = (parts.square - S(2.0) / parts.variance).scaled(by: 0.5)
    }
    if wanted.contains(.jacobians) {
      for i in 0..<2 {
        for j in 0..<2 {
          let whole = parts.spread(i, j)
          result.covariance.append(schedule.variance * whole)
          result.denoiserJacobian.append(schedule.alpha * whole)
          result.negativeScoreJacobian.append(parts.curvature(i, j))
        }
      }
    }
    return result
  }

  public func sample(_ index: UInt64, from random: RandomStream) -> [Double] {
    let turn = 2 * random.uniforms(at: 2 &* index).0
    let noise = random.normals(at: 2 &* index &+ 1)
    return [
      center[0] + radius * Double.cosPi(turn) + std * noise.0,
      center[1] + radius * Double.sinPi(turn) + std * noise.1,
    ]
  }

  public var rawMoments: RawMoments? {
    RawMoments(
      mean: center, square: center.map { $0 * $0 + radius * radius / 2 + std * std })
  }

  public var extent: Extent? {
    Extent(
      lower: center.min()! - radius, upper: center.max()! + radius, smallestVariance: std * std,
      largestVariance: std * std)
  }
}
