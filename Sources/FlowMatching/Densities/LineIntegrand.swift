import RealModule

/// A density on the line seen from one query, on numbers with or without a derivative: the geometry of
/// its pieces and what is integrated over them. Everything is relative to an anchor, a place near the
/// largest weight.
///
/// With a derivative, places that are counted from the kernel's peak move with x, alpha and sigma,
/// places that are counted from a mark stay with the data: the derivative of the sum is the sum for
/// the derivative of the integral, in the form that does not cancel.
struct LineIntegrand<Density: LineDensity, S: NodeScalar>: Sendable {
  let density: Density
  let frame: LineFrame
  let schedule: Schedule<S>
  let x: S
  /// The marks in the frame's coordinate.
  let positions: [S]
  /// Data units and z per unit of the coordinate.
  let unitData: S
  let unitZ: S
  /// The anchor, `log q` there, the slope c of log q there (a constant), and its z.
  private(set) var anchor: LineFrame.Place
  private(set) var anchorLog = S(0.0)
  private(set) var anchorSlope = 0.0
  private(set) var anchorZ = S(0.0)
  private var geometry: [LinePieceGeometry<S>] = []

  init(
    _ density: Density, _ frame: LineFrame, x: S, _ schedule: Schedule<S>, anchor: LineFrame.Place
  ) {
    (self.density, self.frame, self.x, self.schedule) = (density, frame, x, schedule)
    self.anchor = anchor
    let alpha = schedule.alpha
    if frame.isNarrow {
      unitData = schedule.sigma / alpha
      unitZ = S(1.0)
      positions =
        density.marks.map { (-x).addingProduct(alpha, constant: $0.position) / schedule.sigma }
        + [S(0.0)]
    } else {
      unitData = S(1.0)
      unitZ = alpha / schedule.sigma
      positions = frame.positions.map { S($0) }
    }
    geometry = frame.pieces.map { piece in
      let mark = piece.near.mark
      func offset(_ k: Int) -> S { between(mark, and: min(k, density.marks.count - 1)) }
      return LinePieceGeometry(
        origin: origin(mark), near: S(piece.near.offset),
        length: S(piece.far.offset) + between(piece.far.mark, and: mark) - S(piece.near.offset),
        toMarks: (offset(0), offset(1), offset(2)), fromAnchor: S(0.0), power: piece.power,
        hasLimit: frame.side(piece, density.marks)?.hasLimit ?? true,
        hasSlope: frame.side(piece, density.marks)?.hasSlope ?? true)
    }
    move(to: anchor)
  }

  /// Makes `place` the anchor.
  mutating func move(to place: LineFrame.Place) {
    anchor = place
    for k in geometry.indices {
      let mark = frame.pieces[k].near.mark
      geometry[k].anchorOffset = S(place.offset)
      geometry[k].fromAnchor = between(mark, and: place.mark)
    }
    let mark = S.wide(S(place.offset))
    let jet = density.jet(at: distances(mark, from: place.mark), slope: 0)
    anchorSlope = jet.slope[0]
    anchorLog = lane(
      S.function(jet.log, slope: jet.slope, of: data(mark, from: origin(place.mark))))
    if frame.isNarrow {
      anchorZ = positions[place.mark] + S(place.offset)
    } else {
      let gap = (-x).addingProduct(
        schedule.alpha, constant: density.marks[place.mark].position)
      anchorZ = gap.addingProduct(schedule.alpha, constant: place.offset) / schedule.sigma
    }
  }

  /// Measures exponents from the kernel at `place` alone, until an anchor is known.
  mutating func forgetDensity(at place: LineFrame.Place) {
    move(to: place)
    (anchorLog, anchorSlope) = (S(0.0), 0)
  }

  /// `S.wide` in its first lane.
  private func lane(_ x: S.Wide) -> S { S.sum(x * S.constant(Self.first)) }
  private static var first: Lanes {
    var lanes = Lanes(0.0)
    lanes[0] = 1
    return lanes
  }

  /// The offset of `mark` from another mark.
  @inline(__always)
  func between(_ mark: Int, and other: Int) -> S {
    mark == other ? S(0.0) : positions[mark] - positions[other]
  }

  /// Distances of places, offsets from a mark, from the density's marks, in data units.
  @inline(__always)
  private func distances(_ offset: S.Wide, from mark: Int) -> Distances {
    let count = density.marks.count
    func distance(_ k: Int) -> Lanes {
      let k = min(k, count - 1)
      return S.primal((offset + S.wide(between(mark, and: k))) * S.wide(unitData))
    }
    let first = distance(0)
    if count == 1 { return Distances(first: first, second: first, third: first) }
    let second = distance(1)
    return Distances(
      first: first, second: second, third: count == 2 ? second : distance(2))
  }

  /// What to add to an offset from `mark`, in data units, for the place in the data up to a constant: a mark
  /// of the density stands still, the kernel's peak is at x/alpha. Only the derivative is used.
  private func origin(_ mark: Int) -> S {
    mark < density.marks.count ? S(0.0) : x / schedule.alpha
  }

  @inline(__always)
  private func data(_ offset: S.Wide, from origin: S) -> S.Wide {
    S.wide(origin).addingProduct(offset, S.wide(unitData))
  }

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
    let fromAnchor = (offset - S.wide(geometry.anchorOffset)) + S.wide(geometry.fromAnchor)
    let z = fromAnchor * S.wide(unitZ)
    let kernel = z * S.wide(anchorZ).addingProduct(z, constant: 0.5)
    let place = data(offset, from: geometry.origin)
    let log = S.function(jet.log, slope: jet.slope, of: place) - S.wide(anchorLog)
    // Where q is zero a formula's slope may be no number.
    let bound = Lanes(-.greatestFiniteMagnitude)
    var change = Lanes.choose(
      jet.log, below: bound, then: .zero, otherwise: jet.slope - Lanes(anchorSlope))
    var curved = Lanes.choose(jet.log, below: bound, then: .zero, otherwise: jet.curved)
    // (log q)'' from `curved` only where the slope's own derivative is needed.
    let curvature = curved - change * change
    if !geometry.hasSlope {
      // Next to a mark where q'' or even q' has no integral, and far from the kernel: averages up to where
      // the weight is e^-50; integration by parts would add no more than that.
      let light = S.primal(log - kernel) + Lanes.log(stretch)
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
      kernel: S.primal(kernel), change: change, jet,
      rate: rate(geometry, z: z, jet.slope, placeRate), placeRate: placeRate)
    return LineNode(
      logRatio: log - kernel,
      stretch: S.constant(stretch) * S.wide(length.primal < 0 ? -length : length),
      offset: fromAnchor, slope: S.function(change, slope: curvature, of: place), curved: curved,
      noise: noise)
  }
}

/// A piece in numbers: where it starts, counted from its mark, how long it is, and where its mark
/// stands from those of the density and from the anchor's.
struct LinePieceGeometry<S: NodeScalar>: Sendable {
  var origin: S
  var near: S
  var length: S
  var toMarks: (S, S, S)
  var anchorOffset = S(0.0)
  var fromAnchor: S
  var power: Int
  var hasLimit: Bool
  var hasSlope: Bool
}
