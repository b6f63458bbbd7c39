/// A place on the line with its distance from where the trajectory began. The smaller of the two is what is moved, the other
/// follows; what its rounding takes away is kept, and so is what a last step adds below the rounding of both.
struct AxisPlace {
  let start: Double
  let y: Double
  let displacement: Double
  /// What the place is more than `y`.
  let tail: Double
  /// What the displacement is more than `displacement`.
  let displacementTail: Double

  init(_ start: Double, displaced displacement: Double, rest: Double = 0) {
    (self.start, self.displacement) = (start, displacement)
    let (sum, lost) = Self.exactSum(start, displacement)
    (y, tail, displacementTail) = (sum, lost + rest, rest)
  }

  init(_ start: Double, at y: Double, rest: Double = 0) {
    (self.start, self.y) = (start, y)
    let (difference, lost) = Self.exactSum(y, -start)
    (displacement, displacementTail, tail) = (difference, lost + rest, rest)
  }

  /// Both known on their own: the smaller decides.
  init(_ start: Double, at y: Double, displaced displacement: Double, rest: Double = 0) {
    if abs(displacement) <= abs(y) {
      self.init(start, displaced: displacement, rest: rest)
    } else {
      self.init(start, at: y, rest: rest)
    }
  }

  /// *Reference*: Knuth's exact sum of two numbers.
  private static func exactSum(_ a: Double, _ b: Double) -> (sum: Double, lost: Double) {
    let sum = a + b
    let part = sum - a
    let lost = (a - (sum - part)) + (b - part)
    return (sum, lost.isFinite ? lost : 0)
  }

  /// Whether the displacement is the smaller.
  var isNear: Bool { abs(displacement) <= abs(y) }

  /// Half a unit in the last place of what is moved, at most.
  var rounding: Double { 0x1p-53 * min(abs(y), abs(displacement)) }

  func moved(by step: Double) -> AxisPlace {
    AxisPlace(start, at: y + step, displaced: displacement + step)
  }

  /// The same numbers with a rest that is below their rounding.
  func adding(rest: Double) -> AxisPlace {
    AxisPlace(start, at: y, displaced: displacement, rest: rest)
  }

  func distance(from other: AxisPlace) -> Double {
    isNear && other.isNear ? displacement - other.displacement : y - other.y
  }

  func middle(_ other: AxisPlace) -> AxisPlace {
    AxisPlace(
      start, at: y + (other.y - y) / 2,
      displaced: displacement + (other.displacement - displacement) / 2)
  }

  /// Strictly.
  func isBetween(_ low: AxisPlace, _ high: AxisPlace) -> Bool {
    low.isBefore(self) && isBefore(high)
  }

  private func isBefore(_ other: AxisPlace) -> Bool {
    isNear && other.isNear ? displacement < other.displacement : y < other.y
  }
}
