import RealModule

/// Where the quadrature over the data of a density on the line takes place, seen from one query
/// `x = alpha y + sigma eps`: marked points, the pieces between them, and the coordinate in which they
/// lie.
///
/// While the kernel `N(x; alpha y, v)` is the wider factor, places are data y (in units of the data). Where the kernel is the narrower one they are
/// `z = (alpha y - x)/sigma`, counted from its peak, so that no digits of z are lost however large
/// |x|/sigma is. A place is always an offset from one of the marks or from the kernel's peak: next to what it
/// is counted from it keeps its digits, however far away everything else is.
struct LineFrame: Sendable {
  /// Whether places are z.
  let isNarrow: Bool
  /// The data per unit of a place where places are data: a power of two between the sizes of the kernel and of
  /// the bulk, so that squares of places stay in range however different the two are.
  let unit: Double
  /// The marks of the density in this coordinate and, for a query, the kernel's peak.
  let positions: [Double]
  let pieces: [LinePiece]

  /// A place: an offset from a mark.
  struct Place: Sendable, Equatable {
    var mark: Int
    var offset: Double
  }

  /// `near + (far - near) t^power` for t from 0 to 1, both counted from the mark of `near`.
  struct LinePiece: Sendable {
    var near: Place
    var far: Place
    var power: Double
  }
}

extension LineFrame {
  /// How far to either side of its peak the kernel is followed, in sigma: beyond, it is below e^-3200.
  private static let reach = 80.0

  /// - Parameter isFolded: whether the pieces are those on the right of the density's centre alone.
  init(
    _ density: some LineDensity, x: Double, _ schedule: Schedule<Double>, isFolded: Bool = false
  ) {
    let marks = density.marks
    let (alpha, center) = (schedule.alpha, density.center)
    let ratio = schedule.sigma / alpha
    isNarrow = Self.isNarrow(density, schedule)
    let gaps = marks.map { -schedule.gap(x, constant: $0.position) }
    // The places of the marks from the kernel's peak, in units of sigma.
    let z = gaps.map { $0 / schedule.sigma }
    let origin = marks[center].position
    let middle = (Int(ratio.exponent) + Int(density.scale.exponent)) >> 1
    let unit = isNarrow ? 1 : Double(sign: .plus, exponent: middle, significand: 1)
    self.unit = unit
    positions =
      isNarrow
      ? z + [0] : marks.map { ($0.position - origin) / unit } + [-gaps[center] / alpha / unit]
    // The kernel's peak and its length in this coordinate, and that of the bulk.
    let kernel = Place(mark: marks.count, offset: 0)
    let length = isNarrow ? 1 : ratio / unit
    let bulk = density.scale / (isNarrow ? ratio : unit)
    var cuts = Cuts(positions)
    // Mass may lie anywhere between the kernel and the bulk, and around the wider of the two.
    let margin = isNarrow ? 0 : Self.reach * bulk
    func outermost(_ sign: Double) -> Place {
      let end = sign < 0 ? 0 : marks.count - 1
      let isEnd = marks[end].isEnd && (sign < 0 ? marks[end].left : marks[end].right) == nil
      let own = Place(mark: center, offset: sign * margin)
      let byKernel = Place(mark: kernel.mark, offset: sign * Self.reach * length)
      let far = cuts.outer(own, byKernel, sign)
      return isEnd ? cuts.outer(Place(mark: end, offset: 0), far, -sign) : far
    }
    cuts.low = isFolded ? Place(mark: center, offset: 0) : outermost(-1)
    cuts.high = outermost(1)
    if cuts.outer(cuts.low, cuts.high, 1) == cuts.low { cuts.high = cuts.low }
    // Where the kernel is the narrower factor, a place where q is smooth is like any other.
    for k in marks.indices where !(isNarrow && marks[k].isSmooth) {
      cuts.add(Place(mark: k, offset: 0))
    }
    if isFolded { cuts.add(Place(mark: center, offset: 0)) }
    cuts.addAround(kernel, length, others: isNarrow ? [] : Array(positions.indices))
    if !isNarrow {
      cuts.addAround(Place(mark: center, offset: 0), bulk, others: Array(positions.indices))
    }
    // A mark on the kernel's flank: what lies beyond it has its mass within 1/|z| of it.
    for k in marks.indices where !marks[k].isSmooth {
      let isOutside = marks[k].left == nil ? z[k] > 0 : z[k] < 0
      guard marks[k].isEnd && isOutside || abs(z[k]) < 40 else { continue }
      let slope = abs(z[k]) / length
      if slope * min(bulk, length) > 2 {
        cuts.addAround(Place(mark: k, offset: 0), 1 / slope, others: [kernel.mark])
      }
    }
    pieces = cuts.pieces(marks)
  }

  /// Whether the kernel is the narrower factor.
  static func isNarrow(_ density: some LineDensity, _ schedule: Schedule<Double>) -> Bool {
    schedule.sigma / schedule.alpha <= density.scale
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
    let center = density.center
    (isNarrow, unit) = (false, 1)
    let origin = marks[center].position
    positions = marks.map { $0.position - origin }
    var cuts = Cuts(positions)
    func end(_ k: Int, _ side: DensityMark.Side?, _ far: Double) -> Place {
      marks[k].isEnd && side == nil
        ? Place(mark: k, offset: 0) : Place(mark: center, offset: far)
    }
    cuts.low = end(0, marks[0].left, -0x1p600)
    cuts.high = end(marks.count - 1, marks[marks.count - 1].right, 0x1p600)
    for k in marks.indices {
      cuts.add(Place(mark: k, offset: 0))
      if k == center { cuts.addAround(Place(mark: k, offset: 0), density.scale, others: []) }
    }
    pieces = cuts.pieces(marks)
  }
}

/// A place as an unevaluated sum of two numbers, so that places next to a mark that is far away differ.
struct LineCoordinate: Comparable {
  private let high: Double
  private let low: Double

  init(_ position: Double, _ offset: Double) {
    let sum = exactSum(position, offset)
    high = sum.high
    low = sum.low.isFinite ? sum.low : 0
  }

  /// Whether the sum is a number of the format.
  var isExact: Bool { low == 0 }

  static func < (a: Self, b: Self) -> Bool {
    a.high == b.high ? a.low < b.low : a.high < b.high
  }

  static func - (a: Self, b: Self) -> Double { (a.high - b.high) + (a.low - b.low) }
}
