/// Strings: UTF-8 and escapes.
extension JSONParser {
  /// Parses the string whose opening quote stands at `position`.
  mutating func parseString() throws(JSONError) -> String {
    let opening = position
    position += 1
    let start = position
    let isASCII = skipPlainText()
    let isPlain = byte == UInt8(ascii: "\"")
    if isPlain, isASCII {
      position += 1
      // Nothing is to be validated.
      return String(
        decoding: UnsafeBufferPointer(rebasing: bytes[start..<position - 1]), as: UTF8.self)
    }
    var decoded: [UInt8] = []
    if !isPlain {
      decoded.append(contentsOf: bytes[start..<position])
      while byte == UInt8(ascii: "\\") {
        try appendEscape(to: &decoded)
        let plainStart = position
        skipPlainText()
        decoded.append(contentsOf: bytes[plainStart..<position])
      }
    }
    guard byte == UInt8(ascii: "\"") else {
      throw malformed("a control character or the end inside a string")
    }
    let string =
      isPlain
      ? String(validating: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
      : String(validating: decoded, as: UTF8.self)
    guard let string else {
      throw .malformed(offset: opening, reason: "a string that is not UTF-8")
    }
    position += 1
    return string
  }

  /// Steps to the next quote, backslash or control character, or to the end; whether all before it was ASCII.
  @discardableResult
  private mutating func skipPlainText() -> Bool {
    var bits: UInt8 = 0
    while position < bytes.count {
      let next = bytes[position]
      if next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\") || next < 0x20 { break }
      bits |= next
      position += 1
    }
    return bits < 0x80
  }

  private mutating func appendEscape(to decoded: inout [UInt8]) throws(JSONError) {
    position += 1
    let letter = byte
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): decoded.append(letter)
    case UInt8(ascii: "b"): decoded.append(0x08)
    case UInt8(ascii: "f"): decoded.append(0x0C)
    case UInt8(ascii: "n"): decoded.append(0x0A)
    case UInt8(ascii: "r"): decoded.append(0x0D)
    case UInt8(ascii: "t"): decoded.append(0x09)
    case UInt8(ascii: "u"):
      let scalar = try parseEscapedScalar()
      decoded.append(contentsOf: String(scalar).utf8)
    default:
      position -= 1
      throw malformed("an unknown escape")
    }
  }

  /// One code point from four hexadecimal digits, or from a surrogate pair of two escapes.
  private mutating func parseEscapedScalar() throws(JSONError) -> Unicode.Scalar {
    let first = try parseHexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, byte == UInt8(ascii: "\\") else { throw malformed("a lone surrogate") }
    position += 1
    guard byte == UInt8(ascii: "u") else { throw malformed("a lone surrogate") }
    position += 1
    let second = try parseHexadecimal()
    guard (0xDC00..<0xE000).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw malformed("a lone surrogate") }
    return scalar
  }

  private mutating func parseHexadecimal() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
      default: throw malformed("four hexadecimal digits are missing")
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
