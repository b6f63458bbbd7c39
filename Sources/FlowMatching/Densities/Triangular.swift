import RealModule

/// The triangular density on [lower, upper] that rises in a straight line to `mode` and falls again.
public struct TriangularDensity: LineDensity {
  /// The lower end of the support.
  public let lower: Double
  /// The place of the maximum.
  public let mode: Double
  /// The upper end of the support.
  public let upper: Double
  public let marks: [DensityMark]
  private let hasRise: Bool
  private let hasFall: Bool

  public var center: Int { hasRise ? 1 : 0 }
  public var unit: Double { upper - lower }
  public var isSymmetric: Bool { LineCoordinate(mode, -lower) == .init(upper, -mode) }
  public var scale: Double { (upper - lower) / 4 }
  public var mean: Double? { mode + ((upper - mode) - (mode - lower)) / 3 }
  public var variance: Double? {
    let (a, b) = (mode - lower, upper - mode)
    return (a * a + a * b + b * b) / 18
  }

  /// - Throws: `nonFinite`, or `outOfDomain` unless `lower <= mode <= upper` and `lower < upper`.
  public init(lower: Double, mode: Double, upper: Double) throws(FlowError) {
    try FlowError.checkFinite(lower, "lower")
    try FlowError.checkFinite(upper, "upper")
    guard lower < upper, (upper - lower).isFinite else {
      throw FlowError.outOfDomain("upper", upper, accepted: "(\(lower), infinity)")
    }
    try FlowError.check(mode, "mode", in: lower...upper)
    self.lower = lower
    self.mode = mode
    self.upper = upper
    (hasRise, hasFall) = (mode > lower, upper > mode)
    let (width, top) = (upper - lower, Double.log(2))
    let rise = DensityMark.Side(logLevel: top, slope: 1 / (mode - lower))
    let fall = DensityMark.Side(logLevel: top, slope: -1 / (upper - mode))
    let start = DensityMark(
      lower, left: nil,
      right: .init(exponent: 2, logLevel: top + Double.log(width / (mode - lower))))
    let end = DensityMark(
      upper, left: .init(exponent: 2, logLevel: top + Double.log(width / (upper - mode))),
      right: nil)
    marks =
      (hasRise ? [start] : [])
      + [DensityMark(mode, left: hasRise ? rise : nil, right: hasFall ? fall : nil)]
      + (hasFall ? [end] : [])
  }

  /// The distance from the end on the same side of the mode, and one over the signed length of that side.
  private func edge(_ distances: Distances) -> (distance: Lanes, rate: Lanes) {
    let fromMode = hasRise ? distances.second : distances.first
    let fromUpper = hasRise ? distances.third : distances.second
    // With one side only, every point is on it.
    let side = hasRise ? (hasFall ? fromMode : Lanes(-1.0)) : Lanes(1.0)
    func chosen(_ left: Lanes, _ right: Lanes) -> Lanes {
      Lanes.choose(side, below: .zero, then: left, otherwise: right)
    }
    return (
      chosen(distances.first, fromUpper),
      chosen(Lanes(1 / (mode - lower)), Lanes(1 / (mode - upper)))
    )
  }

  public func jet(at distances: Distances, slope c: Double) -> DensityJet {
    let (distance, rate) = edge(distances)
    let log = Lanes.log((distance * rate).scaled(by: 2))
    let slope = Lanes(1.0) / distance
    return jet(log, slope, change: slope, c, noise: Lanes.magnitude(log) + Lanes(6.0))
  }

  /// `log (d/d0)` of the distances from the ends, each over the length of its side; on the anchor's side of the
  /// mode `1/d - 1/d0 = -(y - y0)/(d d0)`.
  public func jet(
    at distances: Distances, from anchor: Distances, offset: Lanes, slope c: Double,
    omitting omitted: Int?
  ) -> DensityJet? {
    let (here, there) = (edge(distances), edge(anchor))
    let slope = Lanes(1.0) / here.distance
    let along = -(offset / here.distance) / there.distance
    let change = Lanes.choose(
      Lanes.magnitude(here.rate - there.rate), below: Lanes(.leastNonzeroMagnitude), then: along,
      otherwise: slope - Lanes(1.0) / there.distance)
    let log = Lanes.log((here.distance / there.distance) * (here.rate / there.rate))
    var jet = jet(log, slope, change: change, c, noise: Lanes.magnitude(log) + Lanes(6.0))
    jet.noise.slope = Lanes.magnitude(change).scaled(by: 8)
    return jet
  }

  private func jet(
    _ log: Lanes, _ slope: Lanes, change: Lanes, _ c: Double, noise: Lanes
  ) -> DensityJet {
    let size = (Lanes.magnitude(slope) + Lanes(abs(c))).scaled(by: 2 * abs(c))
    return DensityJet(
      log: log, slope: slope, change: change, curved: (Lanes(c) - slope - slope).scaled(by: c),
      noise: .init(
        log: noise, slope: Lanes.magnitude(slope).scaled(by: 4), curved: size.scaled(by: 4)))
  }

  /// By the inverse of the distribution function.
  public func sample(_ first: Double, _ second: Double) -> Double? {
    let (a, b, width) = (mode - lower, upper - mode, upper - lower)
    return first * width <= a
      ? lower + (first * width * a).squareRoot()
      : upper - ((1 - first) * width * b).squareRoot()
  }
}
