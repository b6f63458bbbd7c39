import Testing

@testable import FlowFiles

/// RFC 8259 case by case: what must be read, and what must not.
struct JSONSyntaxTests {
  static func document(_ bytes: [UInt8]) throws(JSONError) -> JSONDocument {
    try JSONDocument(parsing: bytes)
  }

  static let valid: [String] = [
    "[]", "{}", "[[]]", "[{}]", "{\"a\":[]}", " [1]", "[1] ", "\t[1]\r", "[1\n,\r2\t, 3]", "0",
    "-0", "-0.0", "1", "-1", "10", "123", "1.5", "-1.5", "0.5", "1e5", "1E5", "1e+5", "1E+5",
    "1e-5", "1E-5", "0e0", "0e1", "0E+1", "0.0e-0", "-1e-2", "1.25e2", "123e45", "1e400", "-1e400",
    "1e-400", "123456789012345678901234567890", "0.000000000000000000000000000001",
    "-0.00000000000000000000000000000000000000000000000001", "1.7976931348623157e308", "5e-324",
    "1e00005", "null", "true", "false", " null ", "[null]", "[true,false]", "\"\"", "\"a\"",
    "\"a b\"", "\"\\\"\"", "\"\\\\\"", "\"\\/\"", "\"\\b\\f\\n\\r\\t\"", "\"\\u0041\"",
    "\"\\u0000\"", "\"\\u00e9\"", "\"\\u00E9\"", "\"\\uD83D\\uDE00\"", "\"\\udbff\\udfff\"",
    "\"\\uFFFF\"", "\"\\uFFFE\"", "\"é\"", "\"€\"", "\"😀\"", "\"\u{7F}\"", "\"\u{2028}\"",
    "\"\u{10FFFF}\"", "\"/\"", "[\"a\"]", "[1,\"a\"]", "[[1],[2]]", "[1,[2,[3]]]", "{\"\":0}",
    "{\"a\":1}", "{\"a\":1,\"b\":2}", "{\"a\":{\"a\":{}}}", "{ \"a\" : 1 }", "{\"\\u0061\":1}",
    "{\"K\":1,\"\u{212A}\":2}", "{\"é\":1,\"e\u{301}\":2}", "[1,2,3,{\"a\":null}]",
    "[[],[],[]]", "[0.1,0.2,-0]",
  ]

  static let invalid: [String] = [
    "", " ", "[", "]", "{", "}", "[1", "[1,", "[1,]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1}",
    "{]", "[]]", "[[]", "[1]x", "[1] [2]", "1 2", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}",
    "{\"a\" 1}", "{\"a\"::1}", "{a:1}", "{'a':1}", "{1:1}", "{\"a\":1 \"b\":2}", "{\"a\":1",
    "{\"a\"", "{\"a\":", "{\"a\":1,\"a\":2}", "{\"a\":1,\"\\u0061\":2}", "{\"a\":1,\"a\":1}",
    "{\"b\":{\"a\":1,\"a\":2}}", "+1", "-", "--1", "01", "-01", "00", "1.", "-1.", ".5", "-.5",
    "1.e5", "1e", "1e+", "1e-", "1E", "1e1.5", "1e5e5", "1.2.3", "0x1", "0x", "1_000", "1,000",
    "1a", "inf", "-inf", "Infinity", "-Infinity", "NaN", "nan", "+0", "- 1", "1 e5", "1e 5", "０",
    "nul", "nulll", "Null", "NULL", "tru", "True", "truefalse", "fals", "None", "undefined", "\"",
    "\"a", "'a'", "\"\\\"", "\"\\", "\"\\a\"", "\"\\x41\"", "\"\\u\"", "\"\\u12\"", "\"\\u123\"",
    "\"\\u123G\"", "\"\\u+123\"", "\"\\U0041\"", "\"\\uD800\"", "\"\\uDC00\"", "\"\\uD800\\n\"",
    "\"\\uD800\\uD800\"", "\"\\uD800\\u0041\"", "\"\\uDC00\\uD800\"", "\"\\uD800a\"", "\"\\'\"",
    "\"\\0\"", "\"a\nb\"", "\"a\tb\"", "\"\u{0}\"", "\"\u{1F}\"", "\"a\"b", "\u{FEFF}1",
    "\u{A0}1", "\u{C}1", "\u{B}1", "1\u{0}", "\u{0}", "[1]\u{0}", "//a\n1", "/**/1", "#1", "1;",
    "(1)", "<1>", "*", "[1:2]", "[\"a\":1]", "{\"a\",1}", "é", "\\u0031", "[-]", "[1e]", "[1.]",
    "[\"a\",]", "[\"a\",,1]", "[1,\"a\"", "[\"a\" 1]", "@", "`1`", "$", "[true,]", "[nul]",
    "[1\u{0}", "[\"a\"\u{0}", "{\"a\":1\u{0}",
  ]

  @Test(arguments: valid)
  func textThatRFC8259AllowsIsRead(_ text: String) {
    #expect(throws: Never.self) { try Self.document(Array(text.utf8)) }
  }

  @Test(arguments: invalid)
  func textThatRFC8259ForbidsIsMalformed(_ text: String) {
    let error = #expect(throws: JSONError.self) { try Self.document(Array(text.utf8)) }
    #expect(error?.code == "malformed_json")
  }

  /// What other languages write for numbers is named as what it is.
  @Test(arguments: [
    ("{\"t\":NaN}", "NaN is no number in JSON, where every number is finite, at byte 5"),
    ("[1,-Infinity]", "-Infinity is no number in JSON, where every number is finite, at byte 3"),
    ("[inf]", "inf is no number in JSON, where every number is finite, at byte 1"),
    ("nan", "nan is no number in JSON, where every number is finite, at byte 0"),
    ("[None]", "an unknown word, None, at byte 1"), ("[True]", "an unknown word, True, at byte 1"),
    ("[nul]", "an unknown word, nul, at byte 1"), ("[-]", "a malformed number at byte 1"),
    ("[,1]", "a value is missing at byte 1"),
  ])
  func wordsOfOtherLanguagesAreNamed(_ text: String, _ message: String) {
    let error = #expect(throws: JSONError.self) { try Self.document(Array(text.utf8)) }
    #expect(error?.description == message)
  }

  static let invalidUTF8: [[UInt8]] = [
    [0x80], [0xBF], [0xFF], [0xFE], [0xC3], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0xAF],
    [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xF0, 0x80, 0x80, 0xAF],
    [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
    [0xF8, 0x88, 0x80, 0x80, 0x80], [0xE2, 0x82], [0xF0, 0x9F, 0x98], [0xC3, 0x28],
  ]

  @Test(arguments: invalidUTF8)
  func stringsThatAreNotUTF8AreMalformed(_ content: [UInt8]) {
    for text in [[0x22] + content + [0x22], [0x22, 0x5C, 0x6E] + content + [0x22], content] {
      let error = #expect(throws: JSONError.self) { try Self.document(text) }
      #expect(error?.code == "malformed_json")
    }
  }

  @Test func nestingOf64IsReadAndOf65IsTooLarge() throws {
    func nested(_ depth: Int) -> [UInt8] {
      [UInt8](repeating: 0x5B, count: depth) + [UInt8](repeating: 0x5D, count: depth)
    }
    _ = try Self.document(nested(64))
    for depth in [65, 513, 1_000_000] {
      let error = #expect(throws: JSONError.self) { try Self.document(nested(depth)) }
      #expect(error?.code == "too_large")
    }
    // What is no JSON at all is called that first, however deep it is.
    let objects = String(repeating: "{\"a\":", count: 100_000)
    for (text, code) in [
      (objects, "malformed_json"), (objects + "1", "malformed_json"),
      (objects + "1" + String(repeating: "}", count: 100_000), "too_large"),
      (objects + "[1,]" + String(repeating: "}", count: 100_000), "malformed_json"),
      (objects + "[1,{}]" + String(repeating: ",\"b\":[[],\"c\"]}", count: 100_000), "too_large"),
      (objects + "1" + String(repeating: ",\"b\" 2}", count: 100_000), "malformed_json"),
      (String(repeating: "[", count: 65), "malformed_json"),
    ] {
      let error = #expect(throws: JSONError.self) { try Self.document(Array(text.utf8)) }
      #expect(error?.code == code)
    }
  }

  @Test func aLineOfSixteenMebibytesIsReadAndALongerOneIsTooLarge() throws {
    var text = [UInt8](repeating: 0x20, count: 16 << 20)
    text[0] = 0x31
    #expect(try Self.document(text).value == .number(1))
    let error = #expect(throws: JSONError.self) { try Self.document(text + [0x20]) }
    #expect(error?.code == "too_large")
  }

  @Test func duplicateNamesAreFoundAmongManyMembers() throws {
    let members = (0..<5000).map { "\"n\($0)\":\($0)" }.joined(separator: ",")
    _ = try Self.document(Array("{\(members)}".utf8))
    let error = #expect(throws: JSONError.self) {
      try Self.document(Array("{\(members),\"n4321\":0}".utf8))
    }
    #expect(error?.code == "malformed_json")
  }
}
