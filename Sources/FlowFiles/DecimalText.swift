/// Decimal numbers in text: correctly rounded in, shortest round trip out.
public enum DecimalText {
  /// What counts as a number.
  public enum Grammar: Sendable {
    /// RFC 8259: no `+`, no leading zeros, digits on both sides of the point.
    case json
    /// What spreadsheets write: also `+1`, `01`, `.5` and `5.`.
    case table
  }

  /// Reads the number that starts at `position` and moves `position` behind it.
  ///
  /// *Accuracy*: the nearest double, ties to even; beyond the largest double, an infinity.
  ///
  /// *Edge cases*: `-0` is negative zero. Where no number starts the result is `nil` and `position`
  /// stays. What follows the number is not looked at. The bytes must stay valid for the call only.
  public static func scan(
    _ bytes: UnsafeBufferPointer<UInt8>, at position: inout Int, as grammar: Grammar
  ) -> Double? {
    var cursor = position
    var mantissa: UInt64 = 0

    func byte() -> UInt8 { cursor < bytes.count ? bytes[cursor] : 0 }
    func scanDigits() -> Int {
      let start = cursor
      while cursor < bytes.count {
        let digit = bytes[cursor] &- 0x30
        guard digit <= 9 else { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        cursor += 1
      }
      return cursor - start
    }

    let isNegative = byte() == UInt8(ascii: "-")
    if isNegative || (grammar == .table && byte() == UInt8(ascii: "+")) { cursor += 1 }

    let startsWithZero = byte() == UInt8(ascii: "0")
    let integerDigits = scanDigits()
    if grammar == .json, integerDigits == 0 || (startsWithZero && integerDigits > 1) { return nil }

    var fractionDigits = 0
    if byte() == UInt8(ascii: ".") {
      cursor += 1
      fractionDigits = scanDigits()
      if grammar == .json, fractionDigits == 0 { return nil }
    }
    if integerDigits + fractionDigits == 0 { return nil }

    var exponent = 0
    if byte() | 0x20 == UInt8(ascii: "e") {
      cursor += 1
      let exponentIsNegative = byte() == UInt8(ascii: "-")
      if exponentIsNegative || byte() == UInt8(ascii: "+") { cursor += 1 }
      let start = cursor
      while cursor < bytes.count, bytes[cursor] &- 0x30 <= 9 {
        exponent = min(exponent * 10 + Int(bytes[cursor] &- 0x30), 1_000_000)
        cursor += 1
      }
      if cursor == start { return nil }
      if exponentIsNegative { exponent = -exponent }
    }

    let text = UnsafeBufferPointer(rebasing: bytes[position..<cursor])
    // Up to 19 digits fit the 64-bit mantissa.
    if integerDigits + fractionDigits <= 19,
      let value = exactQuotient(mantissa, power: exponent - fractionDigits)
    {
      position = cursor
      return isNegative ? -value : value
    }
    guard let value = Double(String(decoding: text, as: UTF8.self)) else { return nil }
    position = cursor
    return value
  }

  /// `mantissa * 10^power` where one rounding suffices: both factors are doubles exactly.
  ///
  /// *Reference*: Clinger, How to Read Floating Point Numbers Accurately (1990), section 3.
  private static func exactQuotient(_ mantissa: UInt64, power: Int) -> Double? {
    guard mantissa <= 1 << 53, power >= -22, power <= 22 else { return nil }
    let magnitude = Double(mantissa)
    return power < 0 ? magnitude / powersOfTen[-power] : magnitude * powersOfTen[power]
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
  ]

  /// Appends the shortest decimal that reads back as `value`; `inf`, `-inf` or `nan` otherwise.
  public static func append(_ value: Double, to bytes: inout [UInt8]) {
    bytes.append(contentsOf: value.isNaN ? "nan".utf8 : value.description.utf8)
  }
}
