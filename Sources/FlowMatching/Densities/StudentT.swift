import RealModule

/// Student's t with `degrees` nu, shifted and scaled:
/// `q(y) = C (1 + s^2/nu)^(-(nu + 1)/2)/b`, `s = (y - m)/b`. Its tails are algebraic.
public struct StudentTDensity: LineDensity {
  /// nu, the degrees of freedom.
  public let degrees: Double
  /// m, the centre.
  public let location: Double
  public let scale: Double
  public let marks: [DensityMark]
  private let root: Double
  private let logNormaliser: Double

  public var center: Int { 0 }
  public var unit: Double { scale }
  public var isSymmetric: Bool { true }
  public var normaliserNoise: Double { 8 + 2 * abs(logNormaliser) }
  public var mean: Double? { degrees > 1 ? location : nil }
  public var variance: Double? {
    degrees > 2 ? scale * scale * (degrees / (degrees - 2)) : nil
  }

  /// - Throws: `nonFinite`, or `outOfDomain` for degrees or a scale that are not positive.
  public init(degrees: Double, location: Double = 0, scale: Double = 1) throws(FlowError) {
    try FlowError.checkPositive(degrees, "degrees")
    try FlowError.checkFinite(location, "location")
    try FlowError.checkPositive(scale, "scale")
    self.degrees = degrees
    self.location = location
    self.scale = scale
    root = degrees.squareRoot()
    // log Gamma((nu + 1)/2) - log Gamma(nu/2) - log(pi nu)/2, the halves of log(nu/2) taken out.
    logNormaliser = GammaRemainder.halfStep(degrees / 2) - Double.log(2 * .pi) / 2
    marks = [DensityMark(smooth: location)]
  }

  /// A point on the scale `k = sqrt(nu + s^2)`, so that no square leaves the range: k, `s/k` and `sqrt(nu)/k`.
  private struct Angle {
    var k: Lanes
    var sine: Lanes
    var cosine: Lanes
    let s: Lanes

    init(_ distance: Lanes, _ density: StudentTDensity) {
      s = distance / Lanes(density.scale)
      let (size, root) = (Lanes.magnitude(s), Lanes(density.root))
      let (large, small) = (Lanes.maximum(size, root), Lanes.minimum(size, root))
      let ratio = small / large
      k = large * Lanes.sqrt(Lanes(1.0).addingProduct(ratio, ratio))
      (sine, cosine) = (s / k, root / k)
    }
  }

  public func jet(at distances: Distances, slope c: Double) -> DensityJet {
    let angle = Angle(distances.first, self)
    let ratio = angle.s / Lanes(root)
    let square = ratio * ratio
    let near = Lanes.log(onePlus: square)
    let far = Lanes.log(angle.k / Lanes(root)).scaled(by: 2)
    let log = Lanes.choose(square, below: Lanes(1.0), then: near, otherwise: far)
      .scaled(by: -(degrees + 1) / 2)
    let slope = slope(angle)
    let moved = Lanes.magnitude(slope * distances.first)
    return jet(
      log + Lanes(logNormaliser), slope, change: slope, angle, c,
      logNoise: (Lanes.magnitude(log) + Lanes(abs(logNormaliser)) + moved).scaled(by: 4))
  }

  private func slope(_ angle: Angle) -> Lanes {
    (angle.sine / angle.k).scaled(by: -((degrees + 1) / scale))
  }

  /// With `k^2 = nu + s^2`: `-(nu + 1)/2 log(1 + x)`, `x = (s - s0)(s + s0)/k0^2`, and
  /// `-(nu + 1)/b (s - s0)(nu - s s0)/(k^2 k0^2)`.
  public func jet(
    at distances: Distances, from anchor: Distances, offset: Lanes, slope c: Double,
    omitting omitted: Int?
  ) -> DensityJet? {
    let (own, start) = (Angle(distances.first, self), Angle(anchor.first, self))
    let step = offset / Lanes(scale)
    let x = (step / start.k) * ((own.s + start.s) / start.k)
    var log = Lanes.log(onePlus: x)
    if Lanes.any(x, below: Lanes(-0.5)) {
      let far = Lanes.log(own.k / start.k).scaled(by: 2)
      log = Lanes.choose(x, below: Lanes(-0.5), then: far, otherwise: log)
    }
    log = log.scaled(by: -(degrees + 1) / 2)
    let rate = ((step / own.k) / start.k).scaled(by: -((degrees + 1) / scale))
    let (straight, across) = (own.cosine * start.cosine, own.sine * start.sine)
    let change = rate * (straight - across)
    let size = Lanes.magnitude(rate) * (straight + Lanes.magnitude(across))
    var jet = jet(
      log, slope(own), change: change, own, c, logNoise: Lanes.magnitude(log).scaled(by: 6))
    jet.noise.slope = size.scaled(by: 8)
    return jet
  }

  private func jet(
    _ log: Lanes, _ slope: Lanes, change: Lanes, _ angle: Angle, _ c: Double, logNoise: Lanes
  ) -> DensityJet {
    let away = slope - Lanes(c)
    let unit = (Lanes(1 / scale) / angle.k).scaled(by: (degrees + 1) / scale) / angle.k
    let (sine, cosine) = (angle.sine * angle.sine, angle.cosine * angle.cosine)
    let curvature = unit * (sine - cosine)
    let size = (unit * (sine + cosine)).addingProduct(
      Lanes.magnitude(away), Lanes.magnitude(away) + Lanes(2 * abs(c)))
    return DensityJet(
      log: log, slope: slope, change: change, curved: curvature.addingProduct(away, away),
      noise: .init(
        log: logNoise, slope: Lanes.magnitude(slope).scaled(by: 8), curved: size.scaled(by: 8)))
  }

  /// *Reference*: Bailey, Polar generation of random variates with the t distribution (1994).
  public func sample(_ first: Double, _ second: Double) -> Double? {
    let radius = degrees * Double.expMinusOne(-2 / degrees * Double.log(first))
    return location + scale * radius.squareRoot() * Double.cosPi(2 * second)
  }
}
