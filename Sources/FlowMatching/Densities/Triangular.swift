import RealModule

/// The triangular density on [lower, upper] that rises in a straight line to `mode` and falls again.
public struct TriangularDensity: LineDensity {
  public let lower: Double
  public let mode: Double
  public let upper: Double
  public let marks: [DensityMark]
  private let rising: Double
  private let falling: Double
  private let hasRise: Bool
  private let hasFall: Bool

  public var center: Int { hasRise ? 1 : 0 }
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
    let width = upper - lower
    (hasRise, hasFall) = (mode > lower, upper > mode)
    rising = 2 / (width * (mode - lower))
    falling = 2 / (width * (upper - mode))
    let top = Double.log(2 / width)
    let rise = DensityMark.Side(logLevel: top, slope: 1 / (mode - lower))
    let fall = DensityMark.Side(logLevel: top, slope: -1 / (upper - mode))
    let start = DensityMark(
      lower, left: nil, right: .init(exponent: 2, logLevel: Double.log(rising)))
    let end = DensityMark(
      upper, left: .init(exponent: 2, logLevel: Double.log(falling)), right: nil)
    marks =
      (hasRise ? [start] : [])
      + [DensityMark(mode, left: hasRise ? rise : nil, right: hasFall ? fall : nil)]
      + (hasFall ? [end] : [])
  }

  /// The distance from the end on the same side of the mode, and q's rise along it.
  private func edge(_ distances: Distances) -> (distance: Lanes, rate: Lanes) {
    let fromMode = hasRise ? distances.second : distances.first
    let fromUpper = hasRise ? distances.third : distances.second
    // With one side only, every point is on it.
    let side = hasRise ? (hasFall ? fromMode : Lanes(-1.0)) : Lanes(1.0)
    let distance = Lanes.choose(side, below: .zero, then: distances.first, otherwise: fromUpper)
    let rate = Lanes.choose(side, below: .zero, then: Lanes(rising), otherwise: Lanes(-falling))
    return (distance, rate)
  }

  public func jet(at distances: Distances, slope c: Double) -> DensityJet {
    let (distance, rate) = edge(distances)
    let slope = Lanes(1.0) / distance
    let log = Lanes.log(distance * rate)
    let size = (Lanes.magnitude(slope) + Lanes(abs(c))).scaled(by: 2 * abs(c))
    return DensityJet(
      log: log, slope: slope, curved: (Lanes(c) - slope - slope).scaled(by: c),
      noise: .init(
        log: Lanes.magnitude(log) + Lanes(6.0), slope: Lanes.magnitude(slope).scaled(by: 4),
        curved: size.scaled(by: 4)))
  }

  /// `1/d - 1/d0 = -(y - y0)/(d d0)` on the anchor's side of the mode.
  public func slopeChange(
    at distances: Distances, from anchor: Distances, offset: Lanes
  ) -> SlopeChange? {
    let (here, there) = (edge(distances), edge(anchor))
    let change = -offset / (here.distance * there.distance)
    let across = Lanes(1.0) / here.distance - Lanes(1.0) / there.distance
    let value = Lanes.choose(
      Lanes.magnitude(here.rate - there.rate), below: Lanes(.leastNonzeroMagnitude), then: change,
      otherwise: across)
    return SlopeChange(value: value, size: Lanes.magnitude(value))
  }

  /// By the inverse of the distribution function.
  public func sample(_ first: Double, _ second: Double) -> Double? {
    let (a, b, width) = (mode - lower, upper - mode, upper - lower)
    return first * width <= a
      ? lower + (first * width * a).squareRoot()
      : upper - ((1 - first) * width * b).squareRoot()
  }
}
