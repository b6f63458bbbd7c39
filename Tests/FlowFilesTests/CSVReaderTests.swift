import Testing

@testable import FlowFiles

struct CSVReaderTests {
  static func table(
    _ text: String, _ selection: DataSelection = DataSelection()
  ) throws(FileError) -> DataTable {
    try CSVReader.parse(Array(text.utf8), path: "p", selection: selection)
  }

  @Test func aFirstRowOfNumbersIsDataAndOneWithTextIsAHeader() throws {
    #expect(try Self.table("1,2\n3,4\n").values == [1, 2, 3, 4])
    let named = try Self.table("x,y\n1,2\n")
    #expect(named.columns == ["x", "y"] && named.values == [1, 2])
    #expect(try Self.table("1,2\n3,4", DataSelection(header: .yes)).values == [3, 4])
  }

  @Test func endsOfLinesBlanksQuotesAndBOMDoNotChangeTheValues() throws {
    for text in [
      "1,2\r\n3,4\r\n", "1,2\n3,4", "\u{FEFF}1,2\n3,4\n\n\r\n", " 1 ,\t2\n3,4 ",
      "\"1\",\" 2\"\n3,\"4\"", "+1,2.\n03,4e0",
    ] {
      #expect(try Self.table(text).values == [1, 2, 3, 4], "\(text)")
    }
  }

  @Test func columnsAreChosenByNamePositionAndRange() throws {
    let text = "a,b,c,\"d \"\"q\"\", e\"\n1,2,3,\"x\ny\"\n4,5,6,z\n"
    let byName = try Self.table(
      text, DataSelection(columns: [.name("c"), .name("a")], labelColumn: .name("d \"q\", e")))
    #expect(byName.values == [3, 1, 6, 4] && byName.labels == ["x\ny", "z"])
    #expect(byName.columns == ["c", "a"])
    let byRange = try Self.table(
      text, DataSelection(columns: [.range(1..<3)], labelColumn: .index(3), scale: 2, offset: -1))
    #expect(byRange.values == [3, 5, 9, 11])
    let rest = try Self.table("1,2,cat\n3,4,dog", DataSelection(labelColumn: .index(2)))
    #expect(rest.values == [1, 2, 3, 4] && rest.labels == ["cat", "dog"])
  }

  @Test(
    arguments: [
      ("", nil, nil, .empty), ("\n\r\n", nil, nil, .empty),
      ("1,2\n3,x\n", 2, 2, .notANumber(cell: "x")), ("1,2\n3,\n", 2, 2, .notANumber(cell: "")),
      ("1,2\n\n3,4\n", 2, 1, .notANumber(cell: "")),
      ("1,2\n3\n", 2, 2, .raggedRow(expected: 2, found: 1)),
      ("1,2\n3,4,5\n", 2, 3, .raggedRow(expected: 2, found: 3)),
      ("1,2\nNaN,4\n", 2, 1, .nonFinite(cell: "NaN")), ("1,-inf\n", 1, 2, .nonFinite(cell: "-inf")),
      ("1,1e999\n", 1, 2, .nonFinite(cell: "1e999")), ("1,\"2\n3,4\n", 1, 2, .unterminatedQuote),
      ("1,2\n3,\"4\"5\n", 2, 2, .misplacedQuote), ("1,2\n3,4\"\n", 2, 2, .misplacedQuote),
      ("1\n0x10\n", 2, 1, .notANumber(cell: "0x10")), ("1\n1;2\n", 2, 1, .notANumber(cell: "1;2")),
      ("a\n\"x\ny\"\n", 2, 1, .notANumber(cell: "x\ny")),
      ("1\n1e\n", 2, 1, .notANumber(cell: "1e")),
    ] as [(String, Int?, Int?, FileError.Problem)])
  func aBadFileIsNamedWithLineColumnAndProblem(
    _ text: String, _ line: Int?, _ column: Int?, _ problem: FileError.Problem
  ) {
    let error = #expect(throws: FileError.self) { try Self.table(text) }
    #expect(error == FileError(path: "p", line: line, column: column, problem))
  }

  /// Such a row was once taken for a header, and vanished from the data without a word.
  @Test(
    arguments: [
      ("1.5,\n2,3\n", 2, ""), ("2,NA\n1,2\n", 2, "NA"), ("NA\n1\n", 1, "NA"),
      ("null,n/a\n1,2\n", 1, "null"), ("1.0D+00,2\n1,2\n", 1, "1.0D+00"), ("0x10\n1\n", 1, "0x10"),
      ("1_000\n1\n", 1, "1_000"), ("-1_000,a\n1,2", 1, "-1_000"), ("x,.5f\n1,2\n", 1, "x"),
      (",\n1,2\n", 1, ""), ("1,5;2,5\n", 2, "5;2"),
    ] as [(String, Int, String)])
  func aFirstRowOfDataWithADefectIsNoHeader(_ text: String, _ column: Int, _ cell: String) throws {
    let error = #expect(throws: FileError.self) { try Self.table(text) }
    #expect(
      error
        == FileError(path: "p", line: 1, column: column, .neitherHeaderNorData(cell: cell)))
    let plain = #expect(throws: FileError.self) { try Self.table(text, DataSelection(header: .no)) }
    #expect(plain == FileError(path: "p", line: 1, column: column, .notANumber(cell: cell)))
    if text.split(separator: "\n").count == 2 {
      #expect(try Self.table(text, DataSelection(header: .yes)).rows == 1)
    }
  }

  @Test func whatTheReaderDecidesByItselfIsSaid() throws {
    #expect(try Self.table("x,,\"y z\"\n1,2,3").remark?.contains("(x, , y z)") == true)
    for counts in ["0,1\n5,6\n", "1,2,3\n"] {
      #expect(try Self.table(counts).remark?.contains("--header yes") == true)
      #expect(try Self.table(counts, DataSelection(header: .no)).remark == nil)
    }
    #expect(try Self.table("0,1\n5,6\n", DataSelection(header: .yes)).values == [5, 6])
    for plain in ["0\n1\n", "0,2\n", "1.0,2\n"] { #expect(try Self.table(plain).remark == nil) }
    #expect(try Self.table("x\n1\n", DataSelection(header: .yes)).remark == nil)
  }

  @Test func cellsMayBeSeparatedByOtherCharacters() throws {
    for (name, text) in [
      (";", "a;b\n1;2\n3;4"), ("semicolon", "1; 2\n3;4"), ("tab", "a\tb\n1\t2\n 3\t4 "),
      ("|", "1|2\n3|4\n"), ("space", "1 2\n3 4"), ("space", "  a\t b\n1  2 \n  3\t4\r\n  \n"),
      (" ", " 1 2\r3 4 \r"),
    ] {
      let delimiter = try #require(Delimiter(parsing: name))
      let table = try Self.table(text, DataSelection(delimiter: delimiter))
      #expect(table.values == [1, 2, 3, 4], "\(name): \(text)")
      #expect(Delimiter(parsing: delimiter.description) == delimiter)
    }
    // An empty cell between two tabs is one, between two spaces none.
    let error = #expect(throws: FileError.self) {
      try Self.table("1\t\t2\n", DataSelection(delimiter: .tab))
    }
    #expect(error?.column == 2)
    for text in ["", "e", "1", ".", "-", "\"", "\n", ";;"] {
      #expect(Delimiter(parsing: text) == nil)
    }
  }

  @Test func aDelimiterThatWasNotNamedIsGuessedInTheMessage() {
    for (text, name) in [("1;2\n", "semicolon"), ("1\t2\n", "tab"), ("1 2\n", "space")] {
      let error = #expect(throws: FileError.self) { try Self.table(text) }
      #expect(error?.description.contains("delimiter \(name)") == true)
    }
  }

  @Test func linesMayEndInCarriageReturnsAlone() throws {
    let table = try Self.table("x,y\r1,2\r3,4\r\r")
    #expect(table.columns == ["x", "y"] && table.values == [1, 2, 3, 4])
    let error = #expect(throws: FileError.self) { try Self.table("1,2\r3,\"a\rb\"\r5,6") }
    #expect(error == FileError(path: "p", line: 2, column: 2, .notANumber(cell: "a\rb")))
  }

  @Test func aNameOfSeveralColumnsIsAnError() throws {
    let error = #expect(throws: FileError.self) {
      try Self.table("x,y,x\n1,2,3", DataSelection(columns: [.name("x")]))
    }
    #expect(error?.problem == .ambiguousColumn(name: "\"x\"", positions: [0, 2]))
    #expect(try Self.table("x,y,x\n1,2,3").values == [1, 2, 3])
  }

  @Test func aLongCellIsQuotedByItsBeginning() {
    let cell = String(repeating: "x", count: 10_000_000)
    let error = #expect(throws: FileError.self) { try Self.table("1\n\(cell)\n") }
    #expect(error?.problem == .notANumber(cell: cell))
    #expect((error?.description.utf8.count ?? 1000) < 200)
  }

  @Test(arguments: [
    DataSelection(columns: [.name("z")]), DataSelection(columns: [.index(3)]),
    DataSelection(columns: [.index(-1)]), DataSelection(columns: [.range(1..<4)]),
    DataSelection(labelColumn: .name("")),
  ])
  func aColumnThatDoesNotExistIsAnError(_ selection: DataSelection) {
    let error = #expect(throws: FileError.self) { try Self.table("a,b,c\n1,2,3", selection) }
    guard case .unknownColumn = error?.problem else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func aSelectionWithoutMeaningIsAnError() {
    for selection in [
      DataSelection(columns: []), DataSelection(scale: .nan),
      DataSelection(labelColumn: .range(0..<2)),
    ] {
      let error = #expect(throws: FileError.self) { try Self.table("1,2,3", selection) }
      guard case .invalidSelection = error?.problem else {
        Issue.record("\(String(describing: error))")
        continue
      }
    }
  }

  @Test func columnTextIsReadAsPositionRangeOrName() {
    #expect(DataSelection.Column(parsing: "3") == .index(3))
    #expect(DataSelection.Column(parsing: "0:64") == .range(0..<64))
    #expect(DataSelection.Column(parsing: "x:y") == .name("x:y"))
    #expect(DataSelection.Column(parsing: "5:2") == .name("5:2"))
  }

  @Test func textThatIsNotUTF8IsAnError() {
    let error = #expect(throws: FileError.self) {
      try CSVReader.parse([0x31, 0x0A, 0xFF, 0x0A], path: "p")
    }
    #expect(error == FileError(path: "p", line: 2, column: 1, .invalidText))
  }

  @Test func linesInsideQuotedCellsAreCounted() {
    let error = #expect(throws: FileError.self) {
      try Self.table("t,v\n\"x\n\ny\",1\nz,bad\n", DataSelection(labelColumn: .name("t")))
    }
    #expect(error == FileError(path: "p", line: 5, column: 2, .notANumber(cell: "bad")))
  }
}
