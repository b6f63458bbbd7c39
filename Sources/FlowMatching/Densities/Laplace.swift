import RealModule

/// The Laplace density `exp(-|y - m|/b)/(2 b)`, with its kink at m.
public struct LaplaceDensity: LineDensity {
  /// m, the place of the kink.
  public let location: Double
  public let scale: Double
  public let marks: [DensityMark]

  /// `log (b q(m))`.
  private var logNormaliser: Double { -Double.log(2) }
  public var center: Int { 0 }
  public var unit: Double { scale }
  public var isSymmetric: Bool { true }
  public var mean: Double? { location }
  public var variance: Double? { 2 * scale * scale }

  /// - Throws: `nonFinite`, or `outOfDomain` for a scale that is not positive.
  public init(location: Double = 0, scale: Double = 1) throws(FlowError) {
    try FlowError.checkFinite(location, "location")
    try FlowError.checkPositive(scale, "scale")
    self.location = location
    self.scale = scale
    let level = -Double.log(2)
    marks = [
      DensityMark(
        location, left: .init(logLevel: level, slope: 1 / scale),
        right: .init(logLevel: level, slope: -1 / scale))
    ]
  }

  private func slope(_ y: Lanes) -> Lanes {
    Lanes.choose(y, below: .zero, then: Lanes(1 / scale), otherwise: Lanes(-1 / scale))
  }

  public func jet(at distances: Distances, slope c: Double) -> DensityJet {
    let y = distances.first
    let slope = slope(y)
    let log = Lanes(logNormaliser) - Lanes.magnitude(y) / Lanes(scale)
    let noise = Lanes.magnitude(y).scaled(by: 4 / scale) + Lanes(abs(logNormaliser))
    return jet(log, slope, change: slope, logNoise: noise, c)
  }

  /// On the anchor's side of the kink `-+(y - y0)/b`, beyond it `(|y0| - |y|)/b`.
  public func jet(
    at distances: Distances, from anchor: Distances, offset: Lanes, slope c: Double,
    omitting omitted: Int?
  ) -> DensityJet? {
    let (y, start) = (distances.first, anchor.first)
    let (own, first) = (slope(y), slope(start))
    let across = (Lanes.magnitude(start) - Lanes.magnitude(y)) / Lanes(scale)
    let change = own - first
    let isAcross = Lanes.magnitude(change)
    let log = Lanes.choose(
      Lanes.zero, below: isAcross, then: across, otherwise: (offset * own))
    let noise = Lanes.choose(
      Lanes.zero, below: isAcross, then: Lanes.magnitude(offset).scaled(by: 4 / scale),
      otherwise: Lanes.magnitude(log).scaled(by: 2))
    return jet(log, own, change: change, logNoise: noise, c)
  }

  private func jet(
    _ log: Lanes, _ slope: Lanes, change: Lanes, logNoise: Lanes, _ c: Double
  ) -> DensityJet {
    let away = slope - Lanes(c)
    let size = Lanes(1 / scale + abs(c))
    return DensityJet(
      log: log, slope: slope, change: change, curved: away * away,
      noise: .init(
        log: logNoise, slope: .zero, curved: (Lanes.magnitude(away) * size).scaled(by: 4)))
  }

  /// By the signed logarithm of a uniform number.
  public func sample(_ first: Double, _ second: Double) -> Double? {
    location + (second <= 0.5 ? scale : -scale) * Double.log(first)
  }
}
