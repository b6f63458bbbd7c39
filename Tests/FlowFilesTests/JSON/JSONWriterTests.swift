import Testing

@testable import FlowFiles

/// A small generator for tests: SplitMix64.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}

struct JSONWriterTests {
  static func text(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    body(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// As fixtures are written; a reader with types takes no 5.0 for a count.
  @Test func wholeNumbersCanBeWrittenAsIntegers() throws {
    let numbers = [5, -3, 0, -0.0, 0.5, 9_007_199_254_740_992, 1e16, -1e300]
    var writer = JSONWriter(wholeNumbersAsIntegers: true)
    writer.write(.array([.numbers(numbers), .number(2), .integer(7)]))
    let text = String(decoding: writer.bytes, as: UTF8.self)
    #expect(text == "[[5,-3,0,-0.0,0.5,9007199254740992,1e+16,-1e+300],2,7]")
    guard case .array(let parts) = try JSONDocument(parsing: writer.bytes).value,
      case .numbers(let read) = parts[0]
    else { throw JSONError.malformed(offset: 0, reason: text) }
    #expect(read.map(\.bitPattern) == numbers.map(\.bitPattern))
    #expect(Self.text { $0.write(.array([.number(2), .integer(2)])) } == "[2.0,2]")
  }

  @Test(arguments: 0..<4 as Range<UInt64>)
  func finiteDoublesComeBackBitForBit(_ seed: UInt64) throws {
    var generator = SeededGenerator(state: seed)
    var numbers: [Double] = [0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1, 1e23]
    while numbers.count < 25_000 {
      let bits = generator.next()
      let value =
        numbers.count.isMultiple(of: 2)
        ? Double(bitPattern: bits) : Double(Int64(truncatingIfNeeded: bits) >> 40) / 1000
      if value.isFinite { numbers.append(value) }
    }
    var writer = JSONWriter()
    writer.write(numbers)
    guard case .numbers(let read) = try JSONDocument(parsing: writer.bytes).value else {
      Issue.record("no numbers")
      return
    }
    #expect(read.map(\.bitPattern) == numbers.map(\.bitPattern))
  }

  @Test func nonFiniteNumbersAreStrings() {
    let text = Self.text { $0.write([.infinity, -.infinity, .nan, -.nan, -0.0]) }
    #expect(text == #"["inf","-inf","nan","nan",-0.0]"#)
  }

  @Test func commasStandBetweenElementsOnly() {
    let text = Self.text { writer in
      writer.writeObject { writer in
        writer.writeName("a")
        writer.write([1, 2])
        writer.writeName("b")
        writer.writeArray { writer in
          writer.writeArray { _ in }
          writer.writeObject { _ in }
          writer.writeNull()
          writer.write(true)
          writer.write(3)
          writer.writeText(ArraySlice("1e0".utf8))
        }
      }
      writer.endLine()
      writer.write("x")
    }
    #expect(text == "{\"a\":[1.0,2.0],\"b\":[[],{},null,true,3,1e0]}\n\"x\"")
  }

  @Test func everyStringComesBack() throws {
    let strings =
      (0..<0x300).compactMap(Unicode.Scalar.init).map { "a\($0)b" }
      + ["\"", "\\", "", "😀", "\u{10FFFF}", "\r\n"]
    for string in strings {
      let bytes = Array(Self.text { $0.write(string) }.utf8)
      #expect(!bytes.contains { $0 < 0x20 })
      guard case .string(let read) = try JSONDocument(parsing: bytes).value else {
        Issue.record("no string")
        return
      }
      #expect(Array(read.utf8) == Array(string.utf8))
    }
  }
}
