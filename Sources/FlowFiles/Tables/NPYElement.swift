/// How one element of an NPY file stands in its bytes.
struct NPYElement: Equatable {
  enum Kind: Character {
    case float = "f"
    case integer = "i"
    case unsigned = "u"
    case bool = "b"
    /// Text of 4 bytes a letter; labels alone.
    case text = "U"
  }

  let kind: Kind
  /// Bytes of an element.
  let size: Int
  let isBigEndian: Bool

  /// From numpy's short form: order, kind, size, such as `<f8` or `|u1`; `nil` for what is not read.
  init?(_ descr: String) {
    let letters = Array(descr)
    guard letters.count >= 3, let kind = Kind(rawValue: letters[1]) else { return nil }
    if kind == .text {
      guard let length = Int(String(letters[2...])), (1...10_000).contains(length),
        "<>".contains(letters[0])
      else { return nil }
      (self.kind, size, isBigEndian) = (kind, 4 * length, letters[0] == ">")
      return
    }
    guard letters.count == 3, let size = letters[2].wholeNumberValue else { return nil }
    let sizes: [Int] =
      switch kind {
      case .float: [2, 4, 8]
      case .integer, .unsigned: [1, 2, 4, 8]
      case .bool: [1]
      case .text: []
      }
    // A single byte has no order, and numpy writes a bar; longer ones must name theirs.
    guard sizes.contains(size), (size == 1 ? "|<>" : "<>").contains(letters[0]) else { return nil }
    (self.kind, self.size, isBigEndian) = (kind, size, letters[0] == ">")
  }

  /// A number that was read: its nearest double, and its own text where it is whole.
  struct Value {
    let number: Double
    let label: String
  }

  /// The element at a byte.
  func value(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Value {
    if kind == .text { return Value(number: .nan, label: text(bytes, at: start)) }
    var bits: UInt64 = 0
    for k in 0..<size {
      let place = isBigEndian ? k : size - 1 - k
      bits = bits << 8 | UInt64(bytes[start + place])
    }
    switch kind {
    case .float:
      let number = Self.float(bits, size)
      return Value(number: number, label: Int(exactly: number)?.description ?? number.description)
    case .integer:
      let unused = UInt64(64 - 8 * size)
      let integer = Int64(bitPattern: bits << unused) >> Int64(unused)
      return Value(number: Double(integer), label: "\(integer)")
    case .unsigned: return Value(number: Double(bits), label: "\(bits)")
    case .bool: return Value(number: bits == 0 ? 0 : 1, label: bits == 0 ? "False" : "True")
    case .text: preconditionFailure("read as text")
    }
  }

  private func text(_ bytes: UnsafeRawBufferPointer, at start: Int) -> String {
    var text = String.UnicodeScalarView()
    for letter in stride(from: start, to: start + size, by: 4) {
      let point = (0..<4).reduce(UInt32(0)) {
        $0 << 8 | UInt32(bytes[letter + (isBigEndian ? $1 : 3 - $1)])
      }
      guard point != 0 else { break }
      text.append(Unicode.Scalar(point) ?? "\u{FFFD}")
    }
    return String(text)
  }

  private static func float(_ bits: UInt64, _ size: Int) -> Double {
    switch size {
    case 8: return Double(bitPattern: bits)
    case 4: return Double(Float(bitPattern: UInt32(bits)))
    default:
      // Float16 is not there on every machine. Sign, 5 bits of exponent, 10 of fraction.
      let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
      let magnitude =
        switch exponent {
        case 0: fraction * 0x1p-24
        case 31: fraction == 0 ? Double.infinity : .nan
        default: Double(sign: .plus, exponent: exponent - 15, significand: 1 + fraction * 0x1p-10)
        }
      return bits >> 15 == 0 ? magnitude : -magnitude
    }
  }
}
