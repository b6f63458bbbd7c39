import RealModule

/// Eight nodes: the logarithm of the weight relative to the anchor without dy/dt, dy/dt in the frame's
/// units, the offsets from the anchor and from the reference in the frame's units, and the density there.
struct LineNode<Wide: Scalar> {
  var logRatio: Wide
  var stretch: Wide
  var fromAnchor: Wide
  var offset: Wide
  var slope: Wide
  var curved: Lanes
  /// The weight of what is odd about the centre of a folded density, else the weight itself.
  var odd = Wide(0.0)
  var noise: LineNodeNoise
}

extension LinePieceEnd {
  /// The slope `(e - 1)/(y - b)` of the factor that is left out; 0 where the distance is out of range, where
  /// nothing has weight that needs it.
  func slope(_ distance: Lanes) -> Lanes {
    let isNear = Lanes.magnitude(distance)
    return Lanes.choose(
      isNear, below: Lanes(0x1p-1000), then: .zero, otherwise: Lanes(exponent - 1) / distance)
  }
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
    // An end where q is infinite, whose factor goes with dy/dt.
    let end = isRelative ? geometry.end : nil
    var (power, stretch) = (t, Lanes(1.0))
    if geometry.power > 1 {
      power = Lanes.power(t, geometry.power)
      stretch =
        end == nil
        ? Lanes.power(t, geometry.power - 1).scaled(by: geometry.power) : Lanes(geometry.power)
    }
    let length = geometry.length
    let offset = S.wide(geometry.near).addingProduct(S.wide(length), S.constant(power))
    let distances = distances(offset, geometry)
    let fromAnchor = (offset - S.wide(anchorOffset)) + S.wide(geometry.fromAnchor)
    var jet = jet(at: distances, S.primal(fromAnchor), omitting: end?.mark)
    if geometry.power > 1, end == nil {
      // A node so near to its mark that dy/dt underflows has no weight; its distance may be zero.
      func kept(_ numbers: Lanes, _ lost: Double) -> Lanes {
        Lanes.choose(stretch, below: Lanes(0x1p-1000), then: Lanes(lost), otherwise: numbers)
      }
      jet.log = kept(jet.log, -.infinity)
      (jet.slope, jet.change) = (kept(jet.slope, 0), kept(jet.change, 0))
    }
    let z = fromAnchor * S.wide(unitZ)
    let kernel = S.primal(z) * Lanes(anchorZ.primal).addingProduct(S.primal(z), constant: 0.5)
    let place = data(offset, from: geometry.origin)
    let log = jet.log
    // Where q is zero a formula's slope may be no number.
    let bound = Lanes(-.greatestFiniteMagnitude)
    func known(_ numbers: Lanes) -> Lanes {
      Lanes.choose(log, below: bound, then: .zero, otherwise: numbers)
    }
    var (change, curved) = (known(jet.change), known(jet.curved))
    // The kernel and q's straight part r y are one Gaussian factor: apart, their derivatives cancel.
    // (What is odd in it about the centre of a folded density goes with the shares of both halves.)
    let tilt = (fold == nil ? S.wide(tilted) : S.Wide(0.0)).addingProduct(z, constant: 0.5)
    var logRatio = S.function(
      log - kernel, slope: tiltSlope == anchorSlope ? change : known(jet.slope), of: place,
      minus: S.wide(anchorPlace.scaled(by: anchorSlope - tiltSlope)).addingProduct(z, tilt))
    let lean = tiltSlope == anchorSlope ? Lanes.magnitude(change) : known(jet.slope)
    if let end {
      let rise = Lanes.log(t).scaled(by: end.rise)
      logRatio = logRatio + (S.constant(rise) + S.wide(geometry.logFactor))
      jet.noise.log =
        jet.noise.log + Lanes.magnitude(rise).scaled(by: 2)
        + Lanes(4 * abs(geometry.logFactor.primal) + 4)
      change = change + end.slope(distances[end.mark])
    }
    if let fold { change = change + Lanes(fold.slope) }
    // (log q)'' from `curved` only where the slope's own derivative is needed.
    let curvature = curved - change * change
    if isRelative {
      let apart = apart(geometry, S.primal(offset), S.primal(fromAnchor))
      jet.noise.slope = known(jet.noise.slope).addingProduct(
        Lanes.magnitude(curvature), apart.scaled(by: abs(unitData.primal)))
    }
    if !geometry.hasSlope {
      // Next to a mark where q'' or even q' has no integral, and far from the kernel: averages up to where
      // the weight is e^-50; integration by parts would add no more than that.
      let light = S.primal(logRatio) + Lanes.log(stretch)
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
      kernel: kernel, slope: known(jet.slope), jet,
      rate: rate(geometry, z: z, lean, jet.noise, placeRate), placeRate: placeRate)
    return LineNode(
      logRatio: logRatio,
      stretch: S.constant(stretch) * S.wide(length.primal < 0 ? -length : length),
      fromAnchor: fromAnchor,
      offset: (offset - S.wide(reference.offset)) + S.wide(geometry.fromReference),
      slope: S.function(change, slope: curvature, of: place), curved: curved, noise: noise)
  }

  /// The distances of places of a piece from the density's marks, in data units.
  @inline(__always)
  private func distances(_ offset: S.Wide, _ piece: LinePieceGeometry<S>) -> Distances {
    let unit = S.wide(unitData)
    return Distances(
      first: S.primal((offset + S.wide(piece.toMarks.0)) * unit),
      second: S.primal((offset + S.wide(piece.toMarks.1)) * unit),
      third: S.primal((offset + S.wide(piece.toMarks.2)) * unit))
  }

  /// The density seen from the anchor, by formulas of its own or by plain differences.
  @inline(__always)
  private func jet(
    at distances: Distances, _ fromAnchor: Lanes, omitting mark: Int?
  ) -> DensityJet {
    if isRelative,
      let jet = density.jet(
        at: distances, from: anchorDistances, offset: fromAnchor.scaled(by: unitData.primal),
        slope: anchorSlope, omitting: mark)
    {
      return jet
    }
    var jet = density.jet(at: distances, slope: anchorSlope)
    jet.log = jet.log - Lanes(anchorLog.primal)
    jet.change = jet.slope - Lanes(anchorSlope)
    return jet
  }

  /// The roundings of one group of nodes, in units of u.
  @inline(__always)
  func noise(
    _ piece: LinePieceGeometry<S>, offset: Lanes, share: Lanes, fromAnchor: Lanes, kernel: Lanes,
    slope: Lanes, _ jet: DensityJet, rate: Lanes, placeRate: Lanes
  ) -> LineNodeNoise {
    let unit = unitZ.primal
    // The offset from the anchor is a sum of three; the kernel is steep by z0 + z.
    let apart = apart(piece, offset, fromAnchor)
    let steep = Lanes.magnitude(fromAnchor.scaled(by: unit) + Lanes(anchorZ.primal))
      .scaled(by: abs(unit))
    // The place itself, seen by density and kernel alike, is that of the rule within this.
    let node =
      Lanes.magnitude(offset)
      + share.scaled(by: piece.power * abs(piece.length.primal))
    let logSlope = Lanes.magnitude(
      slope.scaled(by: unitData.primal)
        - (fromAnchor.scaled(by: unit) + Lanes(anchorZ.primal)).scaled(by: unit))
    let log =
      jet.noise.log + Lanes.magnitude(kernel).scaled(by: 4) + steep * apart + logSlope * node
      + Lanes(4 + 2 * piece.power)
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
    _ piece: LinePieceGeometry<S>, z: S.Wide, _ own: Lanes, _ noise: DensityJet.Noise,
    _ placeRate: Lanes
  ) -> Lanes {
    func size(_ x: S.Wide) -> Lanes { Lanes.magnitude(S.derivative(x)) }
    let (anchor, between) = (S.wide(tilted), S.wide(piece.fromAnchor * unitZ))
    let steep = Lanes.magnitude(S.primal(z) + S.primal(anchor))
    let bent = (size(z) + size(between)) * steep + size(anchor) * Lanes.magnitude(S.primal(z))
    let lean = tiltSlope == anchorSlope ? own + noise.slope : own
    let still = size(S.wide(anchorPlace.scaled(by: anchorSlope - tiltSlope)))
    let density = Lanes.magnitude(lean) * placeRate + still
    let length = size(S.wide(piece.length)) / Lanes.magnitude(S.primal(S.wide(piece.length)))
    return density + bent + length
  }
}
