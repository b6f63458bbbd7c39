internal import BigInt

/// An exact fraction, written as in a paper: `"44/45"` or `"-0.0084806"`.
public struct Rational: Sendable, Equatable, ExpressibleByStringLiteral, CustomStringConvertible {
  let numerator: BigInt
  /// Above zero, without a common factor with the numerator.
  let denominator: BigInt

  init(_ numerator: BigInt, over denominator: BigInt) {
    let divisor = numerator.greatestCommonDivisor(with: denominator)
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  /// The number that `text` writes: an integer, a fraction of two, or a decimal; `nil` otherwise.
  public init?(parsing text: String) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count == 2 {
      guard let a = BigInt(String(parts[0])), let b = BigInt(String(parts[1])), b > 0 else {
        return nil
      }
      self.init(a, over: b)
      return
    }
    let digits = text.split(separator: ".", omittingEmptySubsequences: false)
    guard digits.count <= 2, let whole = BigInt(digits.joined()) else { return nil }
    self.init(whole, over: BigInt(10).power(digits.count == 2 ? digits[1].count : 0))
  }

  /// A number of the source text.
  public init(stringLiteral text: String) {
    guard let value = Rational(parsing: text) else {
      preconditionFailure("\(text) is no rational number")
    }
    self = value
  }

  public static func - (_ a: Self, _ b: Self) -> Self {
    Self(
      a.numerator * b.denominator - b.numerator * a.denominator,
      over: a.denominator * b.denominator)
  }

  /// The nearest double.
  public var double: Double {
    if numerator == 0 { return 0 }
    let magnitude = numerator.magnitude
    // A quotient of 55 or 56 bits whose last bit remembers the rest, so that it rounds once.
    let shift = 55 - magnitude.bitWidth + denominator.magnitude.bitWidth
    let a = shift > 0 ? magnitude << shift : magnitude
    let b = shift < 0 ? denominator.magnitude << -shift : denominator.magnitude
    let (quotient, rest) = a.quotientAndRemainder(dividingBy: b)
    let bits = UInt64(quotient) | (rest == 0 ? 0 : 1)
    let value = Double(sign: .plus, exponent: -shift, significand: Double(bits))
    return numerator < 0 ? -value : value
  }

  public var description: String {
    denominator == 1 ? "\(numerator)" : "\(numerator)/\(denominator)"
  }
}
