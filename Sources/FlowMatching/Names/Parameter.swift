/// A number that something with a name takes.
public struct Parameter: Sendable, Equatable {
  /// Its name in files, in the wire protocol and, with hyphens, on the command line.
  public let name: String
  /// The values that are accepted, if need be together with the other parameters.
  public let accepted: Interval
  /// Its value when it is left out; without one it must be given.
  public let standard: Double?
  /// The value with which reports show it: the default, where there is one.
  public let example: Double
  /// What random requests draw it from.
  public let drawn: ClosedRange<Double>
  /// Whether it is a whole number.
  public let isInteger: Bool

  init(
    _ name: String, _ accepted: Interval, default standard: Double? = nil,
    example: Double? = nil, drawn: ClosedRange<Double>, isInteger: Bool = false
  ) {
    self.name = name
    self.accepted = accepted
    self.standard = standard
    self.example = example ?? standard ?? drawn.lowerBound
    self.drawn = drawn
    self.isInteger = isInteger
  }

  /// A number as people write it: `2`, `0.1`, `1e-5`, `infinity`.
  package static func text(_ value: Double) -> String {
    if value.isInfinite { return value < 0 ? "-infinity" : "infinity" }
    if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
    return "\(value)".replacing("e-0", with: "e-")
  }
}

/// An interval of numbers, each end in it or not.
public struct Interval: Sendable, Equatable, CustomStringConvertible {
  /// The lower end.
  public let lower: Double
  /// The upper end.
  public let upper: Double
  /// Whether the lower end is in it.
  public let hasLower: Bool
  /// Whether the upper end is in it.
  public let hasUpper: Bool

  /// The finite numbers.
  static let all = Interval(
    lower: -.infinity, upper: .infinity, hasLower: false, hasUpper: false)
  /// The finite numbers above zero.
  static let positive = Interval(lower: 0, upper: .infinity, hasLower: false, hasUpper: false)
  /// The finite numbers from zero on.
  static let notNegative = Interval(lower: 0, upper: .infinity, hasLower: true, hasUpper: false)
  static func from(_ lower: Double) -> Interval {
    Interval(lower: lower, upper: .infinity, hasLower: true, hasUpper: false)
  }
  static func closed(_ range: ClosedRange<Double>) -> Interval {
    Interval(lower: range.lowerBound, upper: range.upperBound, hasLower: true, hasUpper: true)
  }

  /// Whether the number is in it; a NaN is not.
  public func contains(_ value: Double) -> Bool {
    (hasLower ? value >= lower : value > lower) && (hasUpper ? value <= upper : value < upper)
  }

  public var description: String {
    "\(hasLower ? "[" : "(")\(Parameter.text(lower)), \(Parameter.text(upper))\(hasUpper ? "]" : ")")"
  }
}
