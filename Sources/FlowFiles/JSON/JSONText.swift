/// Scalars in JSON text.
public enum JSONText {
  /// Appends a number in shortest round-trip form; a non-finite one as the string "inf", "-inf"
  /// or "nan".
  public static func append(_ value: Double, to bytes: inout [UInt8]) {
    if value.isFinite {
      DecimalText.append(value, to: &bytes)
    } else {
      bytes.append(UInt8(ascii: "\""))
      DecimalText.append(value, to: &bytes)
      bytes.append(UInt8(ascii: "\""))
    }
  }

  /// Appends a quoted string, escaping quotes, backslashes and control characters.
  public static func append(_ string: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"):
        bytes.append(UInt8(ascii: "\\"))
        bytes.append(byte)
      case UInt8(ascii: "\n"):
        bytes.append(contentsOf: "\\n".utf8)
      case 0..<0x20:
        bytes.append(contentsOf: "\\u00".utf8)
        bytes.append(hexadecimal(byte >> 4))
        bytes.append(hexadecimal(byte & 15))
      default:
        bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func hexadecimal(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
  }
}
