import Testing

@testable import FlowFiles

/// What the parsed values are.
struct JSONValueTests {
  static func value(_ text: String) throws(JSONError) -> JSONValue {
    try JSONDocument(parsing: Array(text.utf8)).value
  }

  @Test func membersKeepTheirOrderAndNamesAreComparedByBytes() throws {
    guard case .object(let object) = try Self.value(#"{"b":1,"a":"x","\u212a":[true]}"#) else {
      Issue.record("no object")
      return
    }
    #expect(object.members.map(\.name) == ["b", "a", "\u{212A}"])
    #expect(object["a"] == .string("x"))
    #expect(object["K"] == nil)
    #expect(object["\u{212A}"] == .array([.bool(true)]))
  }

  @Test func arraysOfNumbersOnlyAreNumbers() throws {
    #expect(try Self.value("[]") == .numbers([]))
    #expect(try Self.value("[1, -2.5 ,3e2]") == .numbers([1, -2.5, 300]))
    #expect(try Self.value("[1,null]") == .array([.number(1), .null]))
    #expect(try Self.value("[[1],[]]") == .array([.numbers([1]), .numbers([])]))
  }

  @Test func escapesAreDecoded() throws {
    let text = #""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00z""#
    #expect(try Self.value(text) == .string("\"\\/\u{8}\u{C}\n\r\té😀z"))
  }

  @Test(arguments: [
    #"7"#, #""a\u0041\/""#, #"[1, 2,  {"x" : 1e0}]"#, "1.0e+00", "null", "-0", #"{"id":3}"#,
  ])
  func theIdComesBackByteForByte(_ id: String) throws {
    for text in ["{\"id\": \(id) }", "{\"op\":{\"id\":0},\"\\u0069d\":\(id),\"z\":[1]}"] {
      let document = try JSONDocument(parsing: Array(text.utf8))
      #expect(document.text(ofMember: "id").map(Array.init) == Array(id.utf8))
    }
    #expect(try JSONDocument(parsing: Array("[\(id)]".utf8)).text(ofMember: "id") == nil)
  }

  @Test func numbersBeyondTheLargestDoubleAreInfinities() throws {
    #expect(try Self.value("[1e400,-1e400]") == .numbers([.infinity, -.infinity]))
    #expect(try Self.value("1e99999999999999999999") == .number(.infinity))
    #expect(try Self.value("0e99999999999999999999") == .number(0))
  }

  @Test(
    arguments: [
      ("0.1", 0x3FB9_9999_9999_999A), ("-0", 0x8000_0000_0000_0000),
      ("-0.0e5", 0x8000_0000_0000_0000),
      ("9007199254740993", 0x4340_0000_0000_0000),
      ("9007199254740993.00000001", 0x4340_0000_0000_0001),
      ("9007199254740995", 0x4340_0000_0000_0002),
      ("2.2250738585072011e-308", 0x000F_FFFF_FFFF_FFFF),
      ("4.9406564584124654e-324", 1), ("2.4703282292062327e-324", 0),
      ("2.4703282292062328e-324", 1),
      ("1.7976931348623158e308", 0x7FEF_FFFF_FFFF_FFFF),
      ("1.7976931348623159e308", 0x7FF0_0000_0000_0000),
      ("8.98846567431158e307", 0x7FE0_0000_0000_0000), ("1e23", 0x44B5_2D02_C7E1_4AF6),
      ("100000000000000000000000", 0x44B5_2D02_C7E1_4AF6),
      ("18446744073709551616", 0x43F0_0000_0000_0000),
      ("18446744073709551617e0", 0x43F0_0000_0000_0000),
      ("0.30000000000000004", 0x3FD3_3333_3333_3334),
    ] as [(String, UInt64)])
  func aNumberIsItsNearestDouble(_ text: String, _ bits: UInt64) throws {
    guard case .number(let value) = try Self.value(text) else {
      Issue.record("no number")
      return
    }
    #expect(value.bitPattern == bits)
    let padded =
      text.contains(".") || text.contains("e")
      ? text : text + "." + String(repeating: "0", count: 2000)
    guard case .number(let same) = try Self.value(padded) else {
      Issue.record("no number")
      return
    }
    #expect(same.bitPattern == bits)
  }
}
