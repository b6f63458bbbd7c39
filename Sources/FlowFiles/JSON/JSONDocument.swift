/// One parsed line: its value, and the text that it came from.
public struct JSONDocument: Sendable {
  /// The longest line that is parsed, in bytes.
  public static let maximumLength = 16 << 20
  /// The deepest nesting that is parsed; `[[]]` has depth 2.
  public static let maximumDepth = 64

  /// The value.
  public let value: JSONValue
  private let bytes: [UInt8]
  private let memberRanges: [Range<Int>]

  /// Parses a whole text, strictly by RFC 8259; duplicate names are malformed.
  ///
  /// *Throws*: the first trouble met, reading from the left.
  public init(parsing bytes: [UInt8]) throws(JSONError) {
    guard bytes.count <= Self.maximumLength else {
      throw .tooLarge(reason: "the line is longer than \(Self.maximumLength) bytes")
    }
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(JSONError) in
        var parser = JSONParser(buffer)
        let value = try parser.parseDocument()
        return (value: value, ranges: parser.memberRanges)
      }
    }
    let parsed = try result.get()
    self.value = parsed.value
    self.memberRanges = parsed.ranges
    self.bytes = bytes
  }

  /// The text of a top-level member's value, byte for byte, without the white space around it.
  public func text(ofMember name: String) -> ArraySlice<UInt8>? {
    guard case .object(let object) = value, let index = object.index(of: name) else { return nil }
    return bytes[memberRanges[index]]
  }
}
