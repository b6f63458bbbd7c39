/// Why a quantity could not be computed: what was wrong, its value and what would be accepted.
/// The codes are those of the wire protocol.
public struct FlowError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The kinds of failure.
  public enum Code: String, Sendable, CaseIterable {
    /// More memory or time than the ``Budget`` allows.
    case tooLarge = "too_large"
    /// Two sizes that must agree do not.
    case dimensionMismatch = "dimension_mismatch"
    /// An input is NaN or infinite.
    case nonFinite = "non_finite"
    /// An input is outside the set on which the quantity is defined.
    case outOfDomain = "out_of_domain"
    /// The quantity does not exist at this point (it diverges, or depends on how it is approached).
    case singular
    /// The quantity exists, but this implementation does not have it.
    case unsupported
    /// An iteration reached its limit.
    case noConvergence = "no_convergence"
  }

  /// The kind of failure.
  public let code: Code
  /// The name of the offending input, as the wire protocol spells it.
  public let field: String
  /// What was wrong, its value and what would be accepted.
  public let message: String

  /// An error about the input `field`.
  public init(_ code: Code, _ field: String, _ message: String) {
    self.code = code
    self.field = field
    self.message = message
  }

  public var description: String { "\(code.rawValue) (\(field)): \(message)" }

  /// A value outside its set.
  public static func outOfDomain(_ field: String, _ value: some Any, accepted: String) -> FlowError
  {
    FlowError(.outOfDomain, field, "\(field) = \(value) is outside \(accepted)")
  }

  /// A quantity that does not exist there.
  public static func singular(_ quantity: String, _ why: String) -> FlowError {
    FlowError(.singular, quantity, "no value at this \(quantity): \(why)")
  }

  /// Sizes that do not agree.
  public static func dimensionMismatch(_ field: String, _ found: Int, expected: Int) -> FlowError {
    FlowError(
      .dimensionMismatch, field, "\(field) has dimension \(found), expected \(expected)")
  }

  /// Throws `nonFinite` or `outOfDomain` unless `value` is finite and in `range`.
  public static func check(
    _ value: Double, _ field: String, in range: ClosedRange<Double>
  ) throws(FlowError) {
    try checkFinite(value, field)
    guard range.contains(value) else {
      throw outOfDomain(field, value, accepted: "[\(range.lowerBound), \(range.upperBound)]")
    }
  }

  /// Throws unless `value` is finite and above zero.
  static func checkPositive(_ value: Double, _ field: String) throws(FlowError) {
    try checkFinite(value, field)
    guard value > 0 else { throw outOfDomain(field, value, accepted: "(0, infinity)") }
  }

  /// Throws `nonFinite` or `outOfDomain` unless `value` is finite and not below zero.
  public static func checkNonNegative(_ value: Double, _ field: String) throws(FlowError) {
    try checkFinite(value, field)
    guard value >= 0 else { throw outOfDomain(field, value, accepted: "[0, infinity)") }
  }

  /// Throws `nonFinite` unless `value` is finite.
  public static func checkFinite(_ value: Double, _ field: String) throws(FlowError) {
    guard value.isFinite else {
      throw FlowError(
        .nonFinite, field, "\(field) = \(value.isNaN ? "nan" : "\(value)") is not a finite number")
    }
  }

  /// Throws `nonFinite` unless every value is finite.
  public static func checkFinite(_ values: [Double], _ field: String) throws(FlowError) {
    guard let index = values.firstIndex(where: { !$0.isFinite }) else { return }
    try checkFinite(values[index], "\(field)[\(index)]")
  }

  /// The number of rows; throws `dimensionMismatch` unless `values` holds rows of `dimension` numbers, and at least
  /// `least` of them.
  public static func rowCount(
    of values: [Double], dimension: Int, _ field: String, atLeast least: Int = 0
  ) throws(FlowError) -> Int {
    guard values.count % dimension == 0, values.count / dimension >= least else {
      throw FlowError(
        .dimensionMismatch, field,
        values.isEmpty
          ? "\(field) has no rows, expected \(least) or more of \(dimension) numbers"
          : "\(field) has \(values.count) numbers, expected rows of \(dimension): a multiple of \(dimension)"
      )
    }
    return values.count / dimension
  }

  /// The results for `width` numbers per point; throws if one has overflowed.
  static func checked(_ results: [Double], width: Int = .max) throws(FlowError) -> [Double] {
    guard let bad = results.firstIndex(where: { !$0.isFinite }) else { return results }
    let found = results[bad].isNaN ? "no number" : "\(results[bad])"
    throw FlowError(
      .outOfDomain, "x",
      "the result at point \(bad / width) is \(found): the inputs leave the range of double precision"
    )
  }
}
