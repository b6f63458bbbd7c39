/// A Python literal of the kinds that NPY headers hold.
enum PythonLiteral: Equatable {
  case string(String)
  case integer(Int)
  case bool(Bool)
  case tuple([PythonLiteral])
  case list([PythonLiteral])
  case dictionary([Member])

  /// A key and its value.
  struct Member: Equatable {
    let key: String
    let value: PythonLiteral
  }

  /// Why a text is none.
  struct Malformed: Error {
    let reason: String
  }

  /// Reads a whole text.
  init(parsing bytes: ArraySlice<UInt8>) throws(Malformed) {
    var parser = PythonLiteralParser(bytes)
    self = try parser.parseAll()
  }
}

/// *Reference*: the grammar of `ast.literal_eval`, less escapes in strings, floats, `None`, keys that are
/// no strings and keys that occur twice: no header has them.
private struct PythonLiteralParser {
  private static let maximumDepth = 16
  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  private var byte: UInt8 { position < bytes.endIndex ? bytes[position] : 0 }

  mutating func parseAll() throws(PythonLiteral.Malformed) -> PythonLiteral {
    skipBlanks()
    let value = try parse(depth: 0)
    skipBlanks()
    guard position == bytes.endIndex else { throw malformed("text after its end") }
    return value
  }

  private mutating func parse(depth: Int) throws(PythonLiteral.Malformed) -> PythonLiteral {
    guard depth <= Self.maximumDepth else { throw malformed("brackets nested too deep") }
    switch byte {
    case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try parseString())
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return try parseInteger()
    case UInt8(ascii: "T"): return try parseWord("True", .bool(true))
    case UInt8(ascii: "F"): return try parseWord("False", .bool(false))
    case UInt8(ascii: "("): return try parseTuple(depth)
    case UInt8(ascii: "["):
      return .list(try parseElements(UInt8(ascii: "]"), depth).elements)
    case UInt8(ascii: "{"): return .dictionary(try parseMembers(depth))
    default: throw malformed("a value is missing")
    }
  }

  /// `(1, 2)`, `(1,)` or `()`; `(1)` is the number in brackets.
  private mutating func parseTuple(_ depth: Int) throws(PythonLiteral.Malformed) -> PythonLiteral {
    let (elements, endsInComma) = try parseElements(UInt8(ascii: ")"), depth)
    return elements.count == 1 && !endsInComma ? elements[0] : .tuple(elements)
  }

  private mutating func parseElements(
    _ closing: UInt8, _ depth: Int
  ) throws(PythonLiteral.Malformed) -> (elements: [PythonLiteral], endsInComma: Bool) {
    position += 1
    skipBlanks()
    var elements: [PythonLiteral] = []
    var endsInComma = false
    while byte != closing {
      if !elements.isEmpty, !endsInComma { throw malformed("a comma or a bracket is missing") }
      elements.append(try parse(depth: depth + 1))
      endsInComma = skipComma()
    }
    position += 1
    return (elements, endsInComma)
  }

  private mutating func parseMembers(
    _ depth: Int
  ) throws(PythonLiteral.Malformed) -> [PythonLiteral.Member] {
    position += 1
    skipBlanks()
    var members: [PythonLiteral.Member] = []
    var endsInComma = true
    while byte != UInt8(ascii: "}") {
      guard endsInComma else { throw malformed("a comma or a brace is missing") }
      guard byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") else {
        throw malformed("a key is missing")
      }
      let key = try parseString()
      guard !members.contains(where: { $0.key == key }) else { throw malformed("'\(key)' twice") }
      skipBlanks()
      guard byte == UInt8(ascii: ":") else { throw malformed("a colon is missing") }
      position += 1
      skipBlanks()
      members.append(.init(key: key, value: try parse(depth: depth + 1)))
      endsInComma = skipComma()
    }
    position += 1
    return members
  }

  private mutating func parseString() throws(PythonLiteral.Malformed) -> String {
    let quote = byte
    position += 1
    let start = position
    while byte != quote {
      guard byte >= 0x20, byte != UInt8(ascii: "\\") else {
        throw malformed("a quoted text with an escape or without an end")
      }
      position += 1
    }
    guard let text = String(validating: bytes[start..<position], as: UTF8.self) else {
      throw malformed("a text that is not UTF-8")
    }
    position += 1
    return text
  }

  private mutating func parseInteger() throws(PythonLiteral.Malformed) -> PythonLiteral {
    let start = position
    if byte == UInt8(ascii: "-") { position += 1 }
    let digits = position
    while byte &- 0x30 <= 9 { position += 1 }
    let hasZero = bytes.indices.contains(digits) && bytes[digits] == UInt8(ascii: "0")
    guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)),
      !(hasZero && position > digits + 1)
    else { throw malformed("a number that is none, or too large") }
    // Python 2 ended long ones in a letter, which numpy still accepts.
    if byte == UInt8(ascii: "L") { position += 1 }
    guard !isLetter(byte) else { throw malformed("a number that ends in letters") }
    return .integer(value)
  }

  private mutating func parseWord(
    _ word: StaticString, _ value: PythonLiteral
  ) throws(PythonLiteral.Malformed) -> PythonLiteral {
    for offset in 0..<word.utf8CodeUnitCount {
      guard byte == word.utf8Start[offset] else { throw malformed("an unknown word") }
      position += 1
    }
    guard !isLetter(byte) else { throw malformed("an unknown word") }
    return value
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    byte &- 0x30 <= 9 || (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
      || byte >= 0x80 || byte == UInt8(ascii: ".")
  }

  /// Steps over blanks, a comma and blanks; whether there was one.
  private mutating func skipComma() -> Bool {
    skipBlanks()
    guard byte == UInt8(ascii: ",") else { return false }
    position += 1
    skipBlanks()
    return true
  }

  private mutating func skipBlanks() {
    while byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D || byte == 0x0C {
      position += 1
    }
  }

  private func malformed(_ reason: String) -> PythonLiteral.Malformed {
    .init(reason: "\(reason), at byte \(position - bytes.startIndex) of it")
  }
}
