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
  /// Eight nodes of a piece.
  @inline(__always)
  func node(_ piece: Int, _ t: Lanes) -> LineNode<S.Wide> {
    let geometry = geometry[piece]
    var (power, stretch) = (t, Lanes(1.0))
    if geometry.power > 1 {
      power = Lanes.power(t, Double(geometry.power))
      stretch = Lanes.power(t, Double(geometry.power - 1)).scaled(by: Double(geometry.power))
    }
    let length = geometry.length
    let offset = S.wide(geometry.near).addingProduct(S.wide(length), S.constant(power))
    let unit = S.wide(unitData)
    let first = (offset + S.wide(geometry.toMarks.0)) * unit
    let distances = Distances(
      first: S.primal(first),
      second: S.primal((offset + S.wide(geometry.toMarks.1)) * unit),
      third: S.primal((offset + S.wide(geometry.toMarks.2)) * unit))
    var jet = density.jet(at: distances, slope: anchorSlope)
    if geometry.power > 1 {
      // A node so near to its mark that dy/dt underflows has no weight; its distance may be zero.
      func kept(_ numbers: Lanes, _ lost: Double) -> Lanes {
        Lanes.choose(stretch, below: Lanes(0x1p-1000), then: Lanes(lost), otherwise: numbers)
      }
      (jet.log, jet.slope) = (kept(jet.log, -.infinity), kept(jet.slope, 0))
    }
    let fromAnchor = (offset - S.wide(anchorOffset)) + S.wide(geometry.fromAnchor)
    let z = fromAnchor * S.wide(unitZ)
    let kernel = S.primal(z) * Lanes(anchorZ.primal).addingProduct(S.primal(z), constant: 0.5)
    let place = data(offset, from: geometry.origin)
    let log = jet.log - Lanes(anchorLog.primal)
    // Where q is zero a formula's slope may be no number.
    let bound = Lanes(-.greatestFiniteMagnitude)
    func known(_ numbers: Lanes) -> Lanes {
      Lanes.choose(jet.log, below: bound, then: .zero, otherwise: numbers)
    }
    let step = S.primal(fromAnchor).scaled(by: unitData.primal)
    let exact = density.slopeChange(at: distances, from: anchorDistances, offset: step)
    var change = known(exact?.value ?? jet.slope - Lanes(anchorSlope))
    var curved = known(jet.curved)
    // (log q)'' from `curved` only where the slope's own derivative is needed.
    let curvature = curved - change * change
    if let exact {
      let apart = apart(geometry, S.primal(offset), S.primal(fromAnchor))
      jet.noise.slope = known(exact.size).scaled(by: 8).addingProduct(
        Lanes.magnitude(curvature), apart.scaled(by: abs(unitData.primal)))
    }
    // The kernel and q's straight part r y are one Gaussian factor: apart, their derivatives cancel.
    let tilt = S.wide(tilted).addingProduct(z, constant: 0.5)
    let logRatio = S.function(
      log - kernel, slope: tiltSlope == anchorSlope ? change : known(jet.slope), of: place,
      minus: S.wide(anchorPlace.scaled(by: anchorSlope - tiltSlope)).addingProduct(z, tilt))
    if !geometry.hasSlope {
      // Next to a mark where q'' or even q' has no integral, and far from the kernel: averages up to where
      // the weight is e^-50; integration by parts would add no more than that.
      let light = (log - kernel) + Lanes.log(stretch)
      func kept(_ numbers: Lanes) -> Lanes {
        Lanes.choose(light, below: Lanes(-50.0), then: .zero, otherwise: numbers)
      }
      (curved, jet.noise.curved) = (kept(curved), kept(jet.noise.curved))
      if !geometry.hasLimit {
        (change, jet.noise.slope) = (kept(change), kept(jet.noise.slope))
      }
    }
    let placeRate = Lanes.magnitude(S.derivative(place))
    let noise = noise(
      geometry, offset: S.primal(offset), share: power, fromAnchor: S.primal(fromAnchor),
      kernel: kernel, change: change, jet,
      rate: rate(geometry, z: z, known(jet.slope), change, jet.noise, placeRate),
      placeRate: placeRate)
    return LineNode(
      logRatio: logRatio,
      stretch: S.constant(stretch) * S.wide(length.primal < 0 ? -length : length),
      offset: fromAnchor, slope: S.function(change, slope: curvature, of: place), curved: curved,
      noise: noise)
  }

  /// The roundings of one group of nodes, in units of u.
  @inline(__always)
  func noise(
    _ piece: LinePieceGeometry<S>, offset: Lanes, share: Lanes, fromAnchor: Lanes, kernel: Lanes,
    change: Lanes, _ jet: DensityJet, rate: Lanes, placeRate: Lanes
  ) -> LineNodeNoise {
    let unit = unitZ.primal
    // The offset from the anchor is a sum of three; the kernel is steep by z0 + z.
    let apart = apart(piece, offset, fromAnchor)
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

  /// The magnitudes of what the offset from the anchor is the sum of.
  @inline(__always)
  private func apart(
    _ piece: LinePieceGeometry<S>, _ offset: Lanes, _ fromAnchor: Lanes
  ) -> Lanes {
    let sum = Lanes.magnitude(offset) + Lanes(abs(anchorOffset.primal))
    return Lanes.magnitude(fromAnchor) + sum + Lanes(abs(piece.fromAnchor.primal))
  }

  /// The magnitudes of what the derivative of the weight's logarithm is the sum of.
  @inline(__always)
  func rate(
    _ piece: LinePieceGeometry<S>, z: S.Wide, _ slope: Lanes, _ change: Lanes,
    _ noise: DensityJet.Noise, _ placeRate: Lanes
  ) -> Lanes {
    func size(_ x: S.Wide) -> Lanes { Lanes.magnitude(S.derivative(x)) }
    let (anchor, between) = (S.wide(tilted), S.wide(piece.fromAnchor * unitZ))
    let steep = Lanes.magnitude(S.primal(z) + S.primal(anchor))
    let bent = (size(z) + size(between)) * steep + size(anchor) * Lanes.magnitude(S.primal(z))
    let lean = tiltSlope == anchorSlope ? Lanes.magnitude(change) + noise.slope : slope
    let still = size(S.wide(anchorPlace.scaled(by: anchorSlope - tiltSlope)))
    let density = Lanes.magnitude(lean) * placeRate + still
    let length = size(S.wide(piece.length)) / Lanes.magnitude(S.primal(S.wide(piece.length)))
    return density + bent + length
  }
}
