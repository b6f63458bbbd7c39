import RealModule

/// Where the quadrature over the data of a density on the line takes place, seen from one query
/// `x = alpha y + sigma eps`: marked points, the pieces between them, and the coordinate in which they
/// lie.
///
/// While the kernel `N(x; alpha y, v)` is the wider factor, places are data y (in units of the data),
/// counted from a mark of the density. Where the kernel is the narrower one they are
/// `z = (alpha y - x)/sigma`, counted from its peak, so that no digits of z are lost however large
/// |x|/sigma is. A place is always an offset from one of the marks: next to a mark it keeps its
/// digits.
struct LineFrame: Sendable {
  /// Whether places are z.
  let isNarrow: Bool
  /// The marks of the density in this coordinate and, when narrow, that of the kernel's peak.
  let positions: [Double]
  let pieces: [LinePiece]

  /// A place: an offset from a mark.
  struct Place: Sendable {
    var mark: Int
    var offset: Double
  }

  /// `near + (far - near) t^power` for t from 0 to 1, both counted from the mark of `near`.
  struct LinePiece: Sendable {
    var near: Place
    var far: Place
    var power: Int
  }
}

extension LineFrame {
  /// How far to either side of its peak the kernel is followed, in sigma: beyond, it is below e^-3200.
  private static let reach = 80.0

  init(_ density: some LineDensity, x: Double, _ schedule: Schedule<Double>) {
    let marks = density.marks
    let ratio = schedule.sigma / schedule.alpha
    isNarrow = ratio <= density.scale
    // The places of the marks from the kernel's peak, in units of sigma.
    let z = marks.map { (-x).addingProduct(schedule.alpha, $0.position) / schedule.sigma }
    let unit = isNarrow ? 1 / ratio : 1
    let origin = marks[density.center].position
    positions = isNarrow ? z + [0] : marks.map { $0.position - origin }
    var cuts = Cuts(positions)
    let center = density.center
    let support = (
      marks.first!.isEnd && marks.first!.left == nil ? positions[0] : -.infinity,
      marks.last!.isEnd && marks.last!.right == nil ? positions[marks.count - 1] : .infinity
    )
    // The kernel's peak and its length in this coordinate.
    let peak = isNarrow ? 0 : -z[center] * ratio
    let length = isNarrow ? 1 : ratio
    let bulk = density.scale * unit
    // Mass may lie anywhere between the kernel and the bulk, and around the wider of the two.
    let margin = isNarrow ? 0 : Self.reach * bulk
    let low = max(support.0, min(positions[center] - margin, peak - Self.reach * length))
    let high = min(support.1, max(positions[center] + margin, peak + Self.reach * length))
    // Where the kernel is the narrower factor, a place where q is smooth is like any other.
    for k in marks.indices where !(isNarrow && marks[k].isSmooth) {
      cuts.add(Place(mark: k, offset: 0))
    }
    let kernel =
      isNarrow ? Place(mark: marks.count, offset: 0) : Place(mark: center, offset: peak)
    cuts.addAround(kernel, length, low...max(low, high))
    if !isNarrow {
      cuts.addAround(Place(mark: center, offset: 0), bulk, low...max(low, high))
    }
    // A mark on the kernel's flank: what lies beyond it has its mass within 1/|z| of it.
    for k in marks.indices where !marks[k].isSmooth {
      let isOutside = marks[k].left == nil ? z[k] > 0 : z[k] < 0
      guard marks[k].isEnd && isOutside || abs(z[k]) < 40 else { continue }
      let slope = abs(z[k]) / length
      if slope * min(bulk, length) > 2 {
        cuts.addAround(
          Place(mark: k, offset: 0), 1 / slope, low...max(low, high),
          kernel: isNarrow ? kernel.mark : nil)
      }
    }
    pieces = cuts.pieces(low, high, marks)
  }

  /// The side of the mark at which a piece starts; `nil` if it starts at none.
  func side(_ piece: LinePiece, _ marks: [DensityMark]) -> DensityMark.Side? {
    guard piece.near.offset == 0, piece.near.mark < marks.count else { return nil }
    let end = positions[piece.far.mark] + piece.far.offset
    let mark = marks[piece.near.mark]
    return end > positions[piece.near.mark] ? mark.right : mark.left
  }

  /// The density alone, in units of the data, for its own mass and moments.
  init(prior density: some LineDensity) {
    let marks = density.marks
    isNarrow = false
    let origin = marks[density.center].position
    positions = marks.map { $0.position - origin }
    let lower = marks.first!.isEnd && marks.first!.left == nil ? positions[0] : -0x1p600
    let upper = marks.last!.isEnd && marks.last!.right == nil ? positions[marks.count - 1] : 0x1p600
    var cuts = Cuts(positions)
    for k in marks.indices {
      cuts.add(Place(mark: k, offset: 0))
      if k == density.center {
        cuts.addAround(Place(mark: k, offset: 0), density.scale, lower...upper)
      }
    }
    pieces = cuts.pieces(lower, upper, marks)
  }
}

/// The places at which the line is cut into pieces.
private struct Cuts {
  let positions: [Double]
  private var places: [(value: Double, place: LineFrame.Place)] = []

  init(_ positions: [Double]) { self.positions = positions }

  mutating func add(_ place: LineFrame.Place) {
    places.append((positions[place.mark] + place.offset, place))
  }

  /// Cuts at the place itself and 2, 8, 32, ... lengths to either side; those that are nearer to the
  /// `kernel` are counted from there, since the two move apart.
  mutating func addAround(
    _ place: LineFrame.Place, _ length: Double, _ range: ClosedRange<Double>, kernel: Int? = nil
  ) {
    let value = positions[place.mark] + place.offset
    if range.contains(value) { add(place) }
    for sign in [-1.0, 1.0] {
      var step = 2 * length
      let room = sign < 0 ? value - range.lowerBound : range.upperBound - value
      while step < room {
        let cut = value + sign * step
        if range.contains(cut) {
          if let kernel, abs(cut - positions[kernel]) < step {
            add(LineFrame.Place(mark: kernel, offset: cut - positions[kernel]))
          } else {
            add(LineFrame.Place(mark: place.mark, offset: place.offset + sign * step))
          }
        }
        step *= 4
      }
    }
  }

  /// The pieces between the cuts within `[low, high]`.
  func pieces(_ low: Double, _ high: Double, _ marks: [DensityMark]) -> [LineFrame.LinePiece] {
    var inside = places.filter { low <= $0.value && $0.value <= high }
    // The ends of the range themselves, counted from the nearest mark.
    for end in [low, high] where !inside.contains(where: { $0.value == end }) {
      let mark = positions.indices.min { abs(positions[$0] - end) < abs(positions[$1] - end) }!
      inside.append((end, LineFrame.Place(mark: mark, offset: end - positions[mark])))
    }
    // Of several names for one place that of a mark itself comes first.
    inside.sort { a, b in
      if a.value != b.value { return a.value < b.value }
      if (a.place.offset == 0) != (b.place.offset == 0) { return a.place.offset == 0 }
      return a.place.mark < b.place.mark
    }
    var ends: [(value: Double, place: LineFrame.Place)] = []
    for place in inside where ends.last.map({ $0.value < place.value }) ?? true {
      ends.append(place)
    }
    ends = withoutNeighbours(ends, marks.count)
    var pieces: [LineFrame.LinePiece] = []
    for (a, b) in zip(ends, ends.dropFirst()) {
      let powers = (power(a.place, marks, outward: true), power(b.place, marks, outward: false))
      if a.place.offset == 0 && b.place.offset == 0 || powers.0 > 1 && powers.1 > 1 {
        // Both ends are marks: each is approached from the middle.
        let half = (b.value - a.value) / 2
        pieces.append(piece(a.place, to: moved(a.place, by: half), powers.0))
        pieces.append(piece(b.place, to: moved(a.place, by: half), powers.1))
      } else if powers.1 > 1 || b.place.offset == 0 && powers.0 == 1 {
        pieces.append(piece(b.place, to: a.place, powers.1))
      } else {
        pieces.append(piece(a.place, to: b.place, powers.0))
      }
    }
    return pieces
  }

  /// The cuts without those that all but touch a mark: between them and the next cut a density that is
  /// singular at the mark would look smooth and is not. The kernel's peak is no mark of the density.
  private func withoutNeighbours(
    _ ends: [(value: Double, place: LineFrame.Place)], _ count: Int
  ) -> [(value: Double, place: LineFrame.Place)] {
    func isMark(_ i: Int) -> Bool { ends[i].place.offset == 0 && ends[i].place.mark < count }
    return ends.indices.filter { i in
      if isMark(i) || i == 0 || i == ends.count - 1 { return true }
      let (left, right) = (ends[i].value - ends[i - 1].value, ends[i + 1].value - ends[i].value)
      if isMark(i - 1) && left < right / 32 { return false }
      return !(isMark(i + 1) && right < left / 32)
    }.map { ends[$0] }
  }

  private func moved(_ place: LineFrame.Place, by step: Double) -> LineFrame.Place {
    LineFrame.Place(mark: place.mark, offset: place.offset + step)
  }

  private func piece(
    _ near: LineFrame.Place, to far: LineFrame.Place, _ power: Int
  ) -> LineFrame.LinePiece {
    LineFrame.LinePiece(near: near, far: far, power: power)
  }

  private func power(_ place: LineFrame.Place, _ marks: [DensityMark], outward: Bool) -> Int {
    guard place.offset == 0, place.mark < marks.count else { return 1 }
    let side = outward ? marks[place.mark].right : marks[place.mark].left
    return side.map { DensityMark.power(smoothing: $0.exponent) } ?? 1
  }
}
