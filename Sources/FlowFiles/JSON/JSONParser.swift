/// A strict parser over the bytes of one text.
///
/// It holds an unsafe pointer because every byte of a request passes here; `JSONDocument` keeps the
/// bytes alive around it. Past the end `byte` is 0, which is valid nowhere, so that no input runs
/// over the end. Depth is limited, hence so is the recursion; what is nested deeper is only skimmed, since a
/// text that is no JSON at all is called that first.
struct JSONParser {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  /// Where the values of the outermost object's members stand.
  private(set) var memberRanges: [Range<Int>] = []
  /// Whether something was nested too deeply to be kept.
  private var isTooDeep = false

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  var byte: UInt8 { position < bytes.count ? bytes[position] : 0 }

  mutating func parseDocument() throws(JSONError) -> JSONValue {
    skipWhiteSpace()
    let value = try parseValue(depth: 1)
    skipWhiteSpace()
    guard position == bytes.count else { throw malformed("text after the value") }
    guard !isTooDeep else {
      throw .tooLarge(reason: "nesting deeper than \(JSONDocument.maximumDepth)")
    }
    return value
  }

  /// `depth` is the nesting that an array or object here would have.
  private mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
    switch byte {
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number(try parseNumber())
    case UInt8(ascii: "\""): .string(try parseString())
    case UInt8(ascii: "[") where depth > JSONDocument.maximumDepth: try skimmed()
    case UInt8(ascii: "{") where depth > JSONDocument.maximumDepth: try skimmed()
    case UInt8(ascii: "["): try parseArray(depth: depth)
    case UInt8(ascii: "{"): .object(try parseObject(depth: depth))
    case UInt8(ascii: "t"): try parseWord("true", .bool(true))
    case UInt8(ascii: "f"): try parseWord("false", .bool(false))
    case UInt8(ascii: "n"): try parseWord("null", .null)
    default: throw malformed(foreignWord() ?? "a value is missing")
    }
  }

  private mutating func parseNumber() throws(JSONError) -> Double {
    guard let value = DecimalText.scan(bytes, at: &position, as: .json) else {
      throw malformed(foreignWord() ?? "a malformed number")
    }
    return value
  }

  /// What to say of a word of another language that stands here: `NaN`, `-Infinity`, `None`.
  private func foreignWord() -> String? {
    let start = position + (byte == UInt8(ascii: "-") ? 1 : 0)
    let letters = bytes[start...].prefix(16).prefix { ($0 | 0x20) &- UInt8(ascii: "a") < 26 }
    guard !letters.isEmpty else { return nil }
    let word = String(decoding: bytes[position..<letters.endIndex], as: UTF8.self)
    let isNumber = ["nan", "inf", "infinity"].contains {
      letters.map { $0 | 0x20 }.elementsEqual($0.utf8)
    }
    return isNumber
      ? "\(word) is no number in JSON, where every number is finite," : "an unknown word, \(word),"
  }

  private mutating func parseWord(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONError) -> JSONValue {
    for offset in 0..<word.utf8CodeUnitCount {
      guard byte == word.utf8Start[offset] else {
        position -= offset
        throw malformed(foreignWord() ?? "an unknown word")
      }
      position += 1
    }
    return value
  }

  private mutating func parseArray(depth: Int) throws(JSONError) -> JSONValue {
    enter()
    if accept(UInt8(ascii: "]")) { return .numbers([]) }

    var numbers: [Double] = []
    while byte == UInt8(ascii: "-") || byte &- 0x30 <= 9 {
      numbers.append(try parseNumber())
      if try !parseSeparator(closing: UInt8(ascii: "]")) { return .numbers(numbers) }
    }
    var elements = numbers.map(JSONValue.number)
    repeat {
      elements.append(try parseValue(depth: depth + 1))
    } while try parseSeparator(closing: UInt8(ascii: "]"))
    return .array(elements)
  }

  private mutating func parseObject(depth: Int) throws(JSONError) -> JSONObject {
    enter()
    var object = JSONObject()
    if accept(UInt8(ascii: "}")) { return object }

    // What most objects hold.
    object.members.reserveCapacity(8)
    if depth == 1 { memberRanges.reserveCapacity(8) }
    var names = DistinctNames()
    repeat {
      let start = position
      let name = try parseName()
      guard names.insert(name, after: object.members) else {
        throw .malformed(offset: start, reason: "a name that occurs twice in one object")
      }
      let valueStart = position
      let value = try parseValue(depth: depth + 1)
      if depth == 1 { memberRanges.append(valueStart..<position) }
      object.members.append(JSONObject.Member(name: name, value: value))
    } while try parseSeparator(closing: UInt8(ascii: "}"))
    return object
  }

  /// Steps over an opening bracket.
  private mutating func enter() {
    position += 1
    skipWhiteSpace()
  }

  /// Steps over a value of any depth, checking its form without recursion.
  private mutating func skimmed() throws(JSONError) -> JSONValue {
    isTooDeep = true
    var closers: [UInt8] = []
    repeat {
      switch byte {
      case UInt8(ascii: "["):
        enter()
        if !accept(UInt8(ascii: "]")) {
          closers.append(UInt8(ascii: "]"))
          continue
        }
      case UInt8(ascii: "{"):
        enter()
        if !accept(UInt8(ascii: "}")) {
          closers.append(UInt8(ascii: "}"))
          try parseName()
          continue
        }
      default: _ = try parseValue(depth: 1)
      }
      while let closer = closers.last {
        if try parseSeparator(closing: closer) {
          if closer == UInt8(ascii: "}") { try parseName() }
          break
        }
        closers.removeLast()
      }
    } while !closers.isEmpty
    return .null
  }

  /// Steps over a member's name and its colon.
  @discardableResult
  private mutating func parseName() throws(JSONError) -> String {
    guard byte == UInt8(ascii: "\"") else { throw malformed("a member's name is missing") }
    let name = try parseString()
    skipWhiteSpace()
    guard accept(UInt8(ascii: ":")) else { throw malformed("a colon is missing") }
    skipWhiteSpace()
    return name
  }

  /// Whether the byte stands here; if so steps over it.
  private mutating func accept(_ expected: UInt8) -> Bool {
    guard byte == expected else { return false }
    position += 1
    return true
  }

  /// Whether another element follows.
  private mutating func parseSeparator(closing: UInt8) throws(JSONError) -> Bool {
    skipWhiteSpace()
    if byte == closing {
      position += 1
      return false
    }
    guard byte == UInt8(ascii: ",") else { throw malformed("a comma or a bracket is missing") }
    position += 1
    skipWhiteSpace()
    return true
  }

  private mutating func skipWhiteSpace() {
    while byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  func malformed(_ reason: String) -> JSONError { .malformed(offset: position, reason: reason) }
}

/// The names met so far in one object: few are compared one by one, many are hashed.
private struct DistinctNames {
  private var hashed: Set<[UInt8]> = []

  /// Whether the name is new.
  mutating func insert(_ name: String, after members: [JSONObject.Member]) -> Bool {
    if members.count < 12 {
      return !members.contains { $0.name.hasBytes(of: name) }
    }
    if hashed.isEmpty { hashed = Set(members.map { Array($0.name.utf8) }) }
    return hashed.insert(Array(name.utf8)).inserted
  }
}
