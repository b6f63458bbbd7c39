import RealModule

/// Student's t with `degrees` nu, shifted and scaled:
/// `q(y) = C (1 + s^2/nu)^(-(nu + 1)/2)/b`, `s = (y - m)/b`. Its tails are algebraic.
public struct StudentTDensity: LineDensity {
  public let degrees: Double
  public let location: Double
  public let scale: Double
  public let marks: [DensityMark]
  private let logNormaliser: Double

  public var center: Int { 0 }
  public var normaliserNoise: Double { 8 + 8 * abs(logNormaliser) + 4 * abs(Double.log(degrees)) }
  public var mean: Double? { degrees > 1 ? location : nil }
  public var variance: Double? {
    degrees > 2 ? scale * scale * degrees / (degrees - 2) : nil
  }

  /// - Throws: `nonFinite`, or `outOfDomain` for degrees or a scale that are not positive.
  public init(degrees: Double, location: Double = 0, scale: Double = 1) throws(FlowError) {
    try FlowError.checkPositive(degrees, "degrees")
    try FlowError.checkFinite(location, "location")
    try FlowError.checkPositive(scale, "scale")
    self.degrees = degrees
    self.location = location
    self.scale = scale
    logNormaliser =
      logGammaStep(degrees / 2) - Double.log(.pi * degrees) / 2 - Double.log(scale)
    marks = [DensityMark(smooth: location)]
  }

  public func jet(at distances: Distances, slope c: Double) -> DensityJet {
    let s = distances.first / Lanes(scale)
    let square = s * s
    let log = Lanes(logNormaliser).addingProduct(
      Lanes.log(onePlus: square.scaled(by: 1 / degrees)), constant: -(degrees + 1) / 2)
    let inverse = Lanes(1.0) / (Lanes(degrees) + square)
    let slope = (s * inverse).scaled(by: -(degrees + 1) / scale)
    let curvature = ((square - Lanes(degrees)) * inverse * inverse)
      .scaled(by: (degrees + 1) / (scale * scale))
    let change = slope - Lanes(c)
    let bent = ((square + Lanes(degrees)) * inverse * inverse)
      .scaled(by: (degrees + 1) / (scale * scale))
    let size = bent.addingProduct(
      Lanes.magnitude(change), Lanes.magnitude(slope) + Lanes(abs(c)))
    let logSize = Lanes.magnitude(log - Lanes(logNormaliser)) + Lanes(abs(logNormaliser))
    let moved = Lanes.magnitude(slope * distances.first)
    return DensityJet(
      log: log, slope: slope, curved: curvature.addingProduct(change, change),
      noise: .init(
        log: (logSize + moved).scaled(by: 4), slope: Lanes.magnitude(slope).scaled(by: 8),
        curved: size.scaled(by: 8)))
  }

  /// `-(nu + 1)/b (s - s0)(nu - s s0)/((nu + s^2)(nu + s0^2))`.
  public func slopeChange(
    at distances: Distances, from anchor: Distances, offset: Lanes
  ) -> SlopeChange? {
    let unit = Lanes(scale)
    let (s, start) = (distances.first / unit, anchor.first / unit)
    let below = (Lanes(degrees) + s * s) * (Lanes(degrees) + start * start)
    let rate = (offset / (unit * below)).scaled(by: -(degrees + 1) / scale)
    let size = Lanes(degrees) + Lanes.magnitude(s * start)
    return SlopeChange(
      value: rate * (Lanes(degrees) - s * start), size: Lanes.magnitude(rate) * size)
  }

  /// *Reference*: Bailey, Polar generation of random variates with the t distribution (1994).
  public func sample(_ first: Double, _ second: Double) -> Double? {
    let radius = degrees * Double.expMinusOne(-2 / degrees * Double.log(first))
    return location + scale * radius.squareRoot() * Double.cosPi(2 * second)
  }
}

/// `log Gamma(z + 1/2) - log Gamma(z)` for z > 0, without the difference of two large numbers: by its
/// asymptotic series from z = 16 on, below by recurrence.
///
/// *Accuracy*: 4 u (1 + |y|); tested against `log Gamma`.
func logGammaStep(_ z: Double) -> Double {
  var z = z
  var shift = 0.0
  var lost = 0.0
  while z < 16 {
    let term = Double.log(onePlus: 0.5 / z)
    let sum = shift + term
    lost += shift > term ? (shift - sum) + term : (term - sum) + shift
    shift = sum
    z += 1
  }
  let w = 1 / (z * z)
  let series =
    -1.0 / 8 + w * (1.0 / 192 + w * (-1.0 / 640 + w * (17.0 / 14336 + w * (-31.0 / 18432))))
  return (Double.log(z) / 2 - shift) + (series / z - lost)
}
