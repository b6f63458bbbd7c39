import RealModule

/// A density on the line seen from one query, on numbers with or without a derivative: the geometry of
/// its pieces and what is integrated over them. Everything is relative to an anchor, a place near the
/// largest weight.
///
/// With a derivative, the derivative of the sum is the sum for the derivative of the integral, in a form
/// that depends on how the places move, see ``LineMotion``.
struct LineIntegrand<Density: LineDensity, S: NodeScalar>: Sendable {
  let density: Density
  let frame: LineFrame
  let schedule: Schedule<S>
  let x: S
  /// The marks in the frame's coordinate, and the kernel's peak.
  let positions: [S]
  let motion: LineMotion
  /// Places that nothing holds to the data: they drift in z as the anchor does, see ``LineMotion``.
  private var drift = S(0.0)
  /// The marks with the derivatives that `motion` gives them.
  private var held: [S] = []
  /// Data units and z per unit of the coordinate.
  let unitData: S
  let unitZ: S
  /// The anchor, `log q` there, the slope c of log q there (a constant), and its z.
  private(set) var anchor: LineFrame.Place
  private(set) var anchorPlace = S(0.0)
  private(set) var anchorOffset = S(0.0)
  private(set) var anchorLog = S(0.0)
  private(set) var anchorSlope = 0.0
  /// What rounding may have made of that slope, in units of u, where it matters.
  private(set) var anchorSlopeNoise = 0.0
  private(set) var anchorZ = S(0.0)
  /// Whether the density is known relative to the anchor, see ``LineDensity/jet(at:from:offset:slope:omitting:)``.
  private(set) var isRelative = false
  /// What the moments of y are counted from.
  private(set) var reference = LineReference<S>()
  /// Of a symmetric density folded about its centre.
  private(set) var fold: LineFold<S>?
  /// The slope r that the kernel is tilted by, see ``LineMotion``, and `z - r sigma/alpha` at the anchor.
  private(set) var tiltSlope = 0.0
  private(set) var tilted = S(0.0)
  /// The anchor's distances from the marks.
  private(set) var anchorDistances = Distances(first: .zero, second: .zero, third: .zero)
  private(set) var geometry: [LinePieceGeometry<S>] = []

  init(
    _ density: Density, _ frame: LineFrame, x: S, _ schedule: Schedule<S>, anchor: LineFrame.Place,
    motion: LineMotion = .withMarks
  ) {
    (self.density, self.frame, self.x, self.schedule) = (density, frame, x, schedule)
    (self.anchor, self.motion) = (anchor, motion)
    let alpha = schedule.alpha
    if frame.isNarrow {
      unitData = schedule.sigma / alpha
      unitZ = S(1.0)
      positions =
        density.marks.map { -schedule.gap(x, constant: $0.position) / schedule.sigma }
        + [S(0.0)]
    } else {
      unitData = S(frame.unit)
      unitZ = alpha.scaled(by: frame.unit) / schedule.sigma
      positions = frame.positions.map { S($0) }
    }
    arrange()
    move(to: anchor)
  }

  /// Makes `place` the anchor, from which the moments of y are counted too.
  mutating func move(to place: LineFrame.Place) {
    anchor = place
    let positions = positions
    anchorDistances = distances(S.wide(S(place.offset)), from: place.mark) { positions[$0] }
    let jet = density.jet(at: anchorDistances, slope: 0)
    anchorSlope = jet.slope[0]
    isRelative =
      jet.log[0].isFinite
      && density.jet(
        at: anchorDistances, from: anchorDistances, offset: .zero, slope: 0, omitting: nil) != nil
    anchorSlopeNoise = isRelative ? jet.noise.slope[0] : 0
    let last = drift.rate
    (tiltSlope, drift) = (0, S(0.0))
    if frame.isNarrow {
      let z = positions[place.mark].primal + place.offset
      let tilt = unitData.scaled(by: anchorSlope)
      // At a peak of the weight these are about equal; next to an end where q is infinite the slope of
      // one place says nothing about others.
      let isTilted = abs(tilt.primal - z) <= 1 + abs(z)
      if isTilted { (tiltSlope, drift) = (anchorSlope, S.carrying(0, derivativeOf: tilt)) }
      if drift.rate != last { arrange() }
      anchorOffset =
        isTilted
        ? S.carrying(place.offset, derivativeOf: -held[place.mark]) + drift : S(place.offset)
      anchorZ = S.carrying(z, derivativeOf: held[place.mark] + anchorOffset)
    } else {
      anchorOffset = S(place.offset)
      anchorZ = restingZ(place)
    }
    tilted = anchorZ - unitData.scaled(by: tiltSlope)
    anchorPlace = origin(place.mark).addingProduct(anchorOffset, unitData)
    anchorLog = lane(S.function(jet.log, slope: jet.slope, of: S.wide(anchorPlace)))
    for k in geometry.indices {
      geometry[k].fromAnchor = between(frame.pieces[k].near.mark, and: place.mark)
      if let end = geometry[k].end {
        let part = geometry[k].length
        let length = (part.primal < 0 ? -part : part) * unitData
        let ratio = length / S(abs(anchorDistances[end.mark][0]))
        geometry[k].logFactor = S.log(ratio).scaled(by: end.exponent - 1)
      }
    }
    reference.mark = nil
    count(from: place, anchorOffset, anchorZ, anchorPlace)
  }

  /// The z of a place that stands still in the data, of a frame whose places are data.
  private func restingZ(_ place: LineFrame.Place) -> S {
    if place.mark < density.marks.count {
      let gap = schedule.gap(x, constant: density.marks[place.mark].position)
      return (-gap).addingProduct(schedule.alpha, constant: place.offset * frame.unit)
        / schedule.sigma
    }
    let data = x.primal / schedule.alpha.primal + place.offset * frame.unit
    let moving = (-x).addingProduct(schedule.alpha, constant: data) / schedule.sigma
    return S.carrying(place.offset * unitZ.primal, derivativeOf: moving)
  }

  /// Counts the moments of y from a mark: next to an end where q is infinite no place is in their middle.
  mutating func count(fromMark mark: Int) {
    reference.mark = mark
    let place = LineFrame.Place(mark: mark, offset: 0)
    count(from: place, S(0.0), frame.isNarrow ? held[mark] : restingZ(place), origin(mark))
  }

  private mutating func count(
    from place: LineFrame.Place, _ offset: S, _ z: S, _ moving: S
  ) {
    reference.offset = offset
    reference.z = z
    if place.mark < density.marks.count {
      let mark = density.marks[place.mark].position
      let away = offset.primal * unitData.primal
      reference.data = S.carrying(mark + away, derivativeOf: moving)
      reference.size = abs(mark) + abs(away)
    } else {
      reference.data = x.addingProduct(schedule.sigma, z) / schedule.alpha
      reference.size = (abs(x.primal) + abs((schedule.sigma * z).primal)) / schedule.alpha.primal
    }
    for k in geometry.indices {
      geometry[k].fromReference = between(frame.pieces[k].near.mark, and: place.mark)
    }
  }

  /// Folds about the centre of a symmetric density, which becomes the anchor, of the slope zero.
  mutating func foldAboutCenter() {
    let center = density.center
    move(to: LineFrame.Place(mark: center, offset: 0))
    fold = LineFold(
      rate: (anchorZ * unitZ).scaled(by: -2),
      slope: density.marks[center].isSmooth ? 0 : anchorSlope)
    (anchorSlope, anchorSlopeNoise, tiltSlope, tilted) = (0, 0, 0, anchorZ)
  }

  /// The pieces, their marks held as `motion` has it.
  private mutating func arrange() {
    let (marks, last) = (density.marks, density.marks.count - 1)
    held = positions.indices.map { k in
      let place = positions[k]
      return k <= last && motion.moves(marks[k]) ? place : S(place.primal) + drift
    }
    geometry = frame.pieces.map { piece in
      let mark = piece.near.mark
      func offset(_ k: Int) -> S { between(mark, and: min(k, last)) }
      let side = frame.side(piece, marks)
      return LinePieceGeometry(
        origin: origin(mark), near: S(piece.near.offset),
        length: S(piece.far.offset) + between(piece.far.mark, and: mark) - S(piece.near.offset),
        toMarks: (offset(0), offset(1), offset(2)), power: piece.power,
        hasLimit: side?.hasLimit ?? true, hasSlope: side?.hasSlope ?? true,
        end: side.flatMap { LinePieceEnd(mark, $0, power: piece.power) })
    }
  }

  /// Measures exponents from `place`: from the kernel there alone if that is all that is known.
  mutating func start(at place: LineFrame.Place) {
    move(to: place)
    if !isRelative { (anchorLog, anchorSlope) = (S(0.0), 0) }
  }

  /// `S.wide` in its first lane.
  private func lane(_ x: S.Wide) -> S { S.sum(x * S.constant(Self.first)) }
  private static var first: Lanes {
    var lanes = Lanes(0.0)
    lanes[0] = 1
    return lanes
  }

  /// The offset of `mark` from another mark, under `motion`.
  @inline(__always)
  func between(_ mark: Int, and other: Int) -> S {
    mark == other ? S(0.0) : held[mark] - held[other]
  }

  /// The offset of a mark from the anchor, the mark where it truly is.
  func fromAnchor(_ mark: Int) -> S {
    let apart = mark == anchor.mark ? S(0.0) : positions[mark] - positions[anchor.mark]
    let offset = apart - S(anchor.offset)
    if !frame.isNarrow { return offset }
    return S.carrying(offset.primal, derivativeOf: positions[mark] - anchorZ)
  }

  /// Distances of places, offsets from a mark, from the density's marks, in data units.
  @inline(__always)
  private func distances(
    _ offset: S.Wide, from mark: Int, _ position: (Int) -> S
  ) -> Distances {
    let count = density.marks.count
    func distance(_ k: Int) -> Lanes {
      let k = min(k, count - 1)
      let between = k == mark ? S(0.0) : position(mark) - position(k)
      return S.primal((offset + S.wide(between)) * S.wide(unitData))
    }
    let first = distance(0)
    if count == 1 { return Distances(first: first, second: first, third: first) }
    let second = distance(1)
    return Distances(
      first: first, second: second, third: count == 2 ? second : distance(2))
  }

  /// What to add to an offset from `mark`, in data units, for the place in the data up to a constant: a
  /// mark that moves in z stands still in the data, one that does not is at `(x + sigma z)/alpha`, as
  /// the kernel's peak is. Only the derivative is used.
  private func origin(_ mark: Int) -> S {
    let moves = mark < density.marks.count && motion.moves(density.marks[mark])
    if moves || !frame.isNarrow { return S(0.0) }
    return (x / schedule.alpha).addingProduct(unitData, held[mark])
  }

  @inline(__always)
  func data(_ offset: S.Wide, from origin: S) -> S.Wide {
    S.wide(origin).addingProduct(offset, S.wide(unitData))
  }
}
