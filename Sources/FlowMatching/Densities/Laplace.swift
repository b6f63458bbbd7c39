import RealModule

/// The Laplace density `exp(-|y - m|/b)/(2 b)`, with its kink at m.
public struct LaplaceDensity: LineDensity {
  public let location: Double
  public let scale: Double
  public let marks: [DensityMark]
  private let logNormaliser: Double

  public var center: Int { 0 }
  public var mean: Double? { location }
  public var variance: Double? { 2 * scale * scale }

  /// - Throws: `nonFinite`, or `outOfDomain` for a scale that is not positive.
  public init(location: Double = 0, scale: Double = 1) throws(FlowError) {
    try FlowError.checkFinite(location, "location")
    try FlowError.checkPositive(scale, "scale")
    self.location = location
    self.scale = scale
    logNormaliser = -Double.log(2 * scale)
    marks = [
      DensityMark(
        location, left: .init(logLevel: logNormaliser, slope: 1 / scale),
        right: .init(logLevel: logNormaliser, slope: -1 / scale))
    ]
  }

  public func jet(at distances: Distances, slope c: Double) -> DensityJet {
    let y = distances.first
    let slope = Lanes.choose(y, below: .zero, then: Lanes(1 / scale), otherwise: Lanes(-1 / scale))
    let log = Lanes(logNormaliser) - Lanes.magnitude(y) / Lanes(scale)
    let change = slope - Lanes(c)
    let size = Lanes.magnitude(slope) + Lanes(abs(c))
    return DensityJet(
      log: log, slope: slope, curved: change * change,
      noise: .init(
        log: Lanes.magnitude(y).scaled(by: 4 / scale) + Lanes(abs(logNormaliser)),
        slope: .zero, curved: (Lanes.magnitude(change) * size).scaled(by: 4)))
  }

  /// By the signed logarithm of a uniform number.
  public func sample(_ first: Double, _ second: Double) -> Double? {
    location + (second <= 0.5 ? scale : -scale) * Double.log(first)
  }
}
