import RealModule

/// A density on the line given by a formula for its logarithm, up to a constant, on numbers that carry
/// derivatives. It is normalised by quadrature.
///
///     let logistic = try CustomDensity { y in -y - 2.0 * Jet.log(1.0 + Jet.exp(-y)) }
///
/// Between breaks it must be smooth, and no feature may be far narrower than `scale` unless a break
/// stands beside it: a quadrature sees a function only where it looks.
public struct CustomDensity: LineDensity {
  public let marks: [DensityMark]
  public let center: Int
  public let scale: Double
  public let mean: Double?
  public let variance: Double?
  private let logDensity: @Sendable (Jet) -> Jet
  private let logNormaliser: Double
  public let normaliserNoise: Double

  /// The density `exp(logDensity)/Z` on `[lower, upper]`, with jumps or kinks at `breaks`, most of its
  /// mass within a few `scale` of `center`.
  /// - Throws: `nonFinite`, `outOfDomain` for an empty support, a break or a centre outside it or a
  ///   scale that is not positive, `noConvergence` where the density has no integral.
  public init(
    lower: Double = -.infinity, upper: Double = .infinity, breaks: [Double] = [],
    center: Double = 0, scale: Double = 1, limits: QuadratureLimits = .standard,
    _ logDensity: @escaping @Sendable (Jet) -> Jet
  ) throws(FlowError) {
    guard lower < upper else {
      throw FlowError.outOfDomain("upper", upper, accepted: "(\(lower), infinity]")
    }
    try FlowError.checkFinite(breaks, "breaks")
    try FlowError.checkFinite(center, "center")
    try FlowError.checkPositive(scale, "scale")
    for place in breaks + [center] where place < lower || place > upper {
      throw FlowError.outOfDomain("breaks", place, accepted: "[\(lower), \(upper)]")
    }
    let ends = [lower, upper].filter(\.isFinite)
    let places = Set(breaks + ends).sorted()
    func side(_ place: Double, outward: Bool) -> DensityMark.Side? {
      if outward ? place == upper : place == lower { return nil }
      let near = Self.evaluate(logDensity, outward ? place.nextUp : place.nextDown)
      // No limit: an exponent that is none.
      guard near.log.isFinite, near.slope.isFinite else {
        return DensityMark.Side(exponent: 0.5, logLevel: 0)
      }
      return DensityMark.Side(logLevel: near.log, slope: near.slope)
    }
    var marks = places.map {
      DensityMark($0, left: side($0, outward: false), right: side($0, outward: true))
    }
    if !places.contains(center) { marks.append(DensityMark(smooth: center)) }
    marks.sort { $0.position < $1.position }
    let middle = marks.firstIndex { $0.position == center }!
    let raw = Self(marks, middle, scale, logMass: 0, noise: 0, nil, nil, logDensity)
    let prior = try LinePrior(raw, limits: limits)
    let normalised = marks.map { mark in
      var mark = mark
      mark.left?.logLevel -= prior.logMass
      mark.right?.logLevel -= prior.logMass
      return mark
    }
    let noise = 0x1p53 * prior.result.errors[0] / prior.result.values[0]
    self.init(
      normalised, middle, scale, logMass: prior.logMass,
      noise: noise + 4 * (1 + abs(prior.logMass)), prior.mean, prior.variance, logDensity)
  }

  private init(
    _ marks: [DensityMark], _ center: Int, _ scale: Double, logMass: Double, noise: Double,
    _ mean: Double?, _ variance: Double?, _ logDensity: @escaping @Sendable (Jet) -> Jet
  ) {
    (self.marks, self.center, self.scale, logNormaliser) = (marks, center, scale, logMass)
    normaliserNoise = noise
    (self.mean, self.variance, self.logDensity) = (mean, variance, logDensity)
  }

  public func jet(at distances: Distances, slope c: Double) -> DensityJet {
    var result = DensityJet(log: .zero, slope: .zero, curved: .zero)
    var (place, curvature) = (Lanes(0.0), Lanes(0.0))
    for lane in 0..<Lanes.count {
      place[lane] = marks[0].position + distances.first[lane]
      let jet = Self.evaluate(logDensity, place[lane])
      let change = jet.slope - c
      result.log[lane] = jet.log - logNormaliser
      result.slope[lane] = jet.slope
      result.curved[lane] = jet.curvature + change * change
      curvature[lane] = jet.curvature
    }
    // The formula sees a place that is rounded to its own size, and rounds as a few operations do.
    let moved = Lanes.magnitude(place) + Lanes.magnitude(distances.first).scaled(by: 2)
    let bent = Lanes.magnitude(curvature)
    let slope = Lanes.magnitude(result.slope)
    let slopeNoise = (bent * moved).addingProduct(slope, constant: 4)
    let change = Lanes.magnitude(result.slope - Lanes(c))
    result.noise = .init(
      log: (slope * moved).addingProduct(
        Lanes.magnitude(result.log + Lanes(logNormaliser)), constant: 4) + Lanes(4.0),
      slope: slopeNoise,
      curved: bent.scaled(by: 8).addingProduct(change.scaled(by: 2), slopeNoise + change)
        + bent * moved.scaled(by: 1 / scale))
    return result
  }

  private static func evaluate(
    _ logDensity: @Sendable (Jet) -> Jet, _ y: Double
  ) -> (log: Double, slope: Double, curvature: Double) {
    let jet = logDensity(Jet(Dual(y, 1), Dual(1, 0)))
    return (jet.value.value, jet.derivative.value, jet.derivative.derivative)
  }
}
