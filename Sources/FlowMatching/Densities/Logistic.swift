import RealModule

/// The logistic density `q(y) = 1/(4 b cosh^2(z/2))`, `z = (y - m)/b`: smooth, with the tails of a Laplace
/// density.
public struct LogisticDensity: LineDensity {
  /// m, the centre.
  public let location: Double
  public let scale: Double
  public let marks: [DensityMark]

  public var center: Int { 0 }
  public var unit: Double { scale }
  public var isSymmetric: Bool { true }
  public var mean: Double? { location }
  public var variance: Double? { scale * scale * (.pi * .pi / 3) }

  /// - Throws: `nonFinite`, or `outOfDomain` for a scale that is not positive.
  public init(location: Double = 0, scale: Double = 1) throws(FlowError) {
    try FlowError.checkFinite(location, "location")
    try FlowError.checkPositive(scale, "scale")
    self.location = location
    self.scale = scale
    marks = [DensityMark(smooth: location)]
  }

  /// A point by functions of `e = exp(-|z|)`, none of which can overflow.
  private struct Place {
    let z: Lanes
    let size: Lanes
    /// `log(1 + e)`.
    let softplus: Lanes
    /// `tanh(z/2)` and `1/cosh(z/2)^2`.
    let tanh: Lanes
    let square: Lanes

    init(_ distance: Lanes, _ density: LogisticDensity) {
      z = distance / Lanes(density.scale)
      size = Lanes.magnitude(z)
      let e = Lanes.exp(-size)
      let whole = Lanes(1.0) + e
      softplus = Lanes.log(onePlus: e)
      let ratio = -Lanes.expMinusOne(-size) / whole
      tanh = Lanes.choose(z, below: .zero, then: -ratio, otherwise: ratio)
      square = (e / whole).scaled(by: 4) / whole
    }
  }

  /// `log(b q) = -|z| - 2 log(1 + e^-|z|)`.
  public func jet(at distances: Distances, slope c: Double) -> DensityJet {
    let place = Place(distances.first, self)
    let log = -(place.size + place.softplus.scaled(by: 2))
    let slope = place.tanh.scaled(by: -1 / scale)
    return jet(
      log, slope, change: slope, place, c,
      logNoise: (Lanes.magnitude(log) + Lanes(2.0)).scaled(by: 4),
      slopeNoise: Lanes.magnitude(slope).scaled(by: 8))
  }

  /// With `d = z - z0`: `cosh(z/2)/cosh(z0/2) = 1 + 2 sinh^2(d/4) + tanh(z0/2) sinh(d/2)` next to the anchor,
  /// differences of `|z|` further away.
  public func jet(
    at distances: Distances, from anchor: Distances, offset: Lanes, slope c: Double,
    omitting omitted: Int?
  ) -> DensityJet? {
    let (own, start) = (Place(distances.first, self), Place(anchor.first, self))
    let step = offset / Lanes(scale)
    let isNear = Lanes.choose(
      Lanes.magnitude(step), below: Lanes(2.0), then: Lanes(1.0), otherwise: .zero)
    func chosen(_ near: Lanes, _ far: Lanes) -> Lanes {
      Lanes.choose(isNear, below: Lanes(0.5), then: far, otherwise: near)
    }
    let short = chosen(step, .zero)
    let (quarter, half) = (sinh(short.scaled(by: 0.25)), sinh(short.scaled(by: 0.5)))
    let ratio = (quarter * quarter).scaled(by: 2).addingProduct(start.tanh, half)
    let near = Lanes.log(onePlus: ratio).scaled(by: -2)
    let nearSize = (quarter * quarter).scaled(by: 4) + Lanes.magnitude(half).scaled(by: 2)
    // On the anchor's side |z0| - |z| is the step itself.
    let signed = Lanes.choose(start.z, below: .zero, then: step, otherwise: -step)
    let across = start.size - own.size
    let isSame = Lanes.choose(
      own.z * start.z, below: .zero, then: .zero, otherwise: Lanes(1.0))
    let away = Lanes.choose(isSame, below: Lanes(0.5), then: across, otherwise: signed)
    let far = away + (start.softplus - own.softplus).scaled(by: 2)
    let log = chosen(near, far)

    let roots = Lanes.sqrt(own.square) * Lanes.sqrt(start.square)
    let nearChange = -(half * roots)
    let farChange = start.tanh - own.tanh
    let change = chosen(nearChange, farChange).scaled(by: 1 / scale)
    let changeSize = chosen(
      Lanes.magnitude(nearChange), Lanes.magnitude(start.tanh) + Lanes.magnitude(own.tanh))
    return jet(
      log, own.tanh.scaled(by: -1 / scale), change: change, own, c,
      logNoise: chosen(nearSize, Lanes.magnitude(away) + Lanes(2.0)).scaled(by: 6),
      slopeNoise: changeSize.scaled(by: 8 / scale))
  }

  /// For |x| below 1.
  private func sinh(_ x: Lanes) -> Lanes {
    let e = Lanes.expMinusOne(x)
    return (e + e / (Lanes(1.0) + e)).scaled(by: 0.5)
  }

  private func jet(
    _ log: Lanes, _ slope: Lanes, change: Lanes, _ place: Place, _ c: Double, logNoise: Lanes,
    slopeNoise: Lanes
  ) -> DensityJet {
    let away = slope - Lanes(c)
    let curvature = place.square.scaled(by: -0.5 / scale).scaled(by: 1 / scale)
    let size = Lanes.magnitude(curvature).addingProduct(
      Lanes.magnitude(away), Lanes.magnitude(away) + Lanes(2 * abs(c)))
    return DensityJet(
      log: log, slope: slope, change: change, curved: curvature.addingProduct(away, away),
      noise: .init(log: logNoise, slope: slopeNoise, curved: size.scaled(by: 8)))
  }

  /// By its distribution function: `|z| = log((2 - u)/u)`, the sign from the second number.
  public func sample(_ first: Double, _ second: Double) -> Double? {
    let size = Double.log((2 - first) / first)
    return location + (second <= 0.5 ? scale : -scale) * size
  }
}
