import RealModule

/// Eight nodes: the logarithm of the weight relative to the anchor without dy/dt, dy/dt in the frame's
/// units, the offset from the anchor in the frame's units, and the density there.
struct LineNode<Wide: Scalar> {
  var logRatio: Wide
  var stretch: Wide
  var offset: Wide
  var slope: Wide
  var curved: Lanes
  var noise: LineNodeNoise
}

/// What rounding may have made of eight nodes, in units of u: an error of the logarithm of the weight
/// and of what it is multiplied with.
struct LineNodeNoise {
  var log: Lanes
  var offset: Lanes
  var slope: Lanes
  var curved: Lanes
  /// The magnitudes of what the derivative of that logarithm is the sum of, and that of the place's.
  var rate: Lanes
  var place: Lanes

  /// The same, and nothing where a weight is zero: infinite errors of nothing are none.
  @inline(__always)
  func below(_ weight: Lanes) -> LineNodeNoise {
    func kept(_ noise: Lanes) -> Lanes {
      Lanes.choose(
        weight, below: Lanes(.leastNormalMagnitude), then: .zero, otherwise: noise)
    }
    return LineNodeNoise(
      log: kept(log), offset: kept(offset), slope: kept(slope), curved: kept(curved),
      rate: kept(rate), place: kept(place))
  }
}

extension LineIntegrand {
  /// The roundings of one group of nodes, in units of u.
  @inline(__always)
  func noise(
    _ piece: LinePieceGeometry<S>, offset: Lanes, share: Lanes, fromAnchor: Lanes, kernel: Lanes,
    change: Lanes, _ jet: DensityJet, rate: Lanes, placeRate: Lanes
  ) -> LineNodeNoise {
    let unit = unitZ.primal
    // The offset from the anchor is a sum of three; the kernel is steep by z0 + z.
    let sum = Lanes.magnitude(offset) + Lanes(abs(piece.anchorOffset.primal))
    let apart = Lanes.magnitude(fromAnchor) + sum + Lanes(abs(piece.fromAnchor.primal))
    let steep = Lanes.magnitude(fromAnchor.scaled(by: unit) + Lanes(anchorZ.primal))
      .scaled(by: abs(unit))
    // The place itself, seen by density and kernel alike, is that of the rule within this.
    let node =
      Lanes.magnitude(offset)
      + share.scaled(by: Double(piece.power) * abs(piece.length.primal))
    let logSlope = Lanes.magnitude(
      (change + Lanes(anchorSlope)).scaled(by: unitData.primal)
        - (fromAnchor.scaled(by: unit) + Lanes(anchorZ.primal)).scaled(by: unit))
    let log =
      jet.noise.log + Lanes.magnitude(kernel).scaled(by: 4) + steep * apart + logSlope * node
      + Lanes(Double(4 + 2 * piece.power))
    return LineNodeNoise(
      log: log, offset: apart, slope: jet.noise.slope, curved: jet.noise.curved, rate: rate,
      place: placeRate)
  }

  /// The magnitudes of what the derivative of the weight's logarithm is the sum of.
  @inline(__always)
  func rate(
    _ piece: LinePieceGeometry<S>, z: S.Wide, _ slope: Lanes, _ placeRate: Lanes
  ) -> Lanes {
    func size(_ x: S.Wide) -> Lanes { Lanes.magnitude(S.derivative(x)) }
    let (anchor, between) = (S.wide(anchorZ), S.wide(piece.fromAnchor * unitZ))
    let steep = Lanes.magnitude(S.primal(z) + S.primal(anchor))
    let bent = (size(z) + size(between)) * steep + size(anchor) * Lanes.magnitude(S.primal(z))
    let density = Lanes.magnitude(slope) * placeRate + size(S.wide(anchorLog))
    let length = size(S.wide(piece.length)) / Lanes.magnitude(S.primal(S.wide(piece.length)))
    return density + bent + length
  }
}
