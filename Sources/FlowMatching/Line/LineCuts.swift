/// The places at which the line is cut into pieces.
struct Cuts {
  typealias Place = LineFrame.Place

  private let positions: [Double]
  /// The ends of the line.
  var low = Place(mark: 0, offset: 0)
  var high = Place(mark: 0, offset: 0)
  private var places: [Place] = []

  init(_ positions: [Double]) { self.positions = positions }

  func coordinate(_ place: Place) -> LineCoordinate {
    LineCoordinate(positions[place.mark], place.offset)
  }

  /// The one of two places that lies farther in the direction of `sign`.
  func outer(_ a: Place, _ b: Place, _ sign: Double) -> Place {
    (sign < 0) == (coordinate(a) < coordinate(b)) ? a : b
  }

  private func contains(_ place: Place) -> Bool {
    let own = coordinate(place)
    return coordinate(low) <= own && own <= coordinate(high)
  }

  mutating func add(_ place: Place) {
    if contains(place) { places.append(place) }
  }

  /// Cuts at the place itself and 2, 8, 32, ... lengths to either side; those that are nearer to one of the
  /// `others` are counted from there: next to it they keep their digits, and marks and kernel move apart.
  mutating func addAround(_ place: Place, _ length: Double, others: [Int]) {
    add(place)
    guard length > 0 else { return }
    for sign in [-1.0, 1.0] {
      let end = coordinate(sign < 0 ? low : high)
      var step = 2 * length
      while true {
        let cut = Place(mark: place.mark, offset: place.offset + sign * step)
        let own = coordinate(cut)
        guard sign < 0 ? own > end : own < end else { break }
        if contains(cut) {
          func distance(_ k: Int) -> Double { own - LineCoordinate(positions[k], 0) }
          let nearest = others.min { abs(distance($0)) < abs(distance($1)) }
          if let nearest, abs(distance(nearest)) < step {
            places.append(Place(mark: nearest, offset: distance(nearest)))
          } else {
            places.append(cut)
          }
        }
        step *= 4
      }
    }
  }

  /// The pieces between the cuts.
  func pieces(_ marks: [DensityMark]) -> [LineFrame.LinePiece] {
    // Of several names for one place that of a mark itself comes first.
    let inside = (places + [low, high]).map { (own: coordinate($0), place: $0) }.sorted { a, b in
      if a.own != b.own { return a.own < b.own }
      if (a.place.offset == 0) != (b.place.offset == 0) { return a.place.offset == 0 }
      return a.place.mark < b.place.mark
    }
    var ends: [(own: LineCoordinate, place: Place)] = []
    for place in inside where ends.last.map({ $0.own < place.own }) ?? true { ends.append(place) }
    ends = withoutNeighbours(ends, marks.count)
    var pieces: [LineFrame.LinePiece] = []
    for (a, b) in zip(ends, ends.dropFirst()) {
      let powers = (power(a.place, marks, outward: true), power(b.place, marks, outward: false))
      if a.place.offset == 0 && b.place.offset == 0 || powers.0 > 1 && powers.1 > 1 {
        // Both ends are marks: each is approached from the middle.
        let half = moved(a.place, by: (b.own - a.own) / 2)
        pieces.append(.init(near: a.place, far: half, power: powers.0))
        pieces.append(.init(near: b.place, far: half, power: powers.1))
      } else if powers.1 > 1 || b.place.offset == 0 && powers.0 == 1 {
        pieces.append(.init(near: b.place, far: a.place, power: powers.1))
      } else {
        pieces.append(.init(near: a.place, far: b.place, power: powers.0))
      }
    }
    return pieces
  }

  /// The cuts without those that all but touch a mark: between them and the next cut a density that is
  /// singular at the mark would look smooth and is not. The kernel's peak is no mark of the density.
  private func withoutNeighbours(
    _ ends: [(own: LineCoordinate, place: Place)], _ count: Int
  ) -> [(own: LineCoordinate, place: Place)] {
    func isMark(_ i: Int) -> Bool { ends[i].place.offset == 0 && ends[i].place.mark < count }
    return ends.indices.filter { i in
      if isMark(i) || i == 0 || i == ends.count - 1 { return true }
      let (left, right) = (ends[i].own - ends[i - 1].own, ends[i + 1].own - ends[i].own)
      if isMark(i - 1) && left < right / 32 { return false }
      return !(isMark(i + 1) && right < left / 32)
    }.map { ends[$0] }
  }

  private func moved(_ place: Place, by step: Double) -> Place {
    Place(mark: place.mark, offset: place.offset + step)
  }

  private func power(_ place: Place, _ marks: [DensityMark], outward: Bool) -> Double {
    guard place.offset == 0, place.mark < marks.count else { return 1 }
    let side = outward ? marks[place.mark].right : marks[place.mark].left
    return side.map { DensityMark.power(smoothing: $0.exponent) } ?? 1
  }
}
