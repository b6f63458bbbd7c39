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
    #expect(try Self.table("1,2\n3,4", DataSelection(hasHeader: true)).values == [3, 4])
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
      ("", nil, nil, .empty), ("\n\r\n", nil, nil, .empty), ("a,b\n", nil, nil, .empty),
      ("1,2\n3,x\n", 2, 2, .notANumber(cell: "x")), ("1,2\n3,\n", 2, 2, .notANumber(cell: "")),
      ("1,2\n\n3,4\n", 2, 1, .notANumber(cell: "")),
      ("1,2\n3\n", 2, nil, .raggedRow(expected: 2, found: 1)),
      ("1,2\n3,4,5\n", 2, nil, .raggedRow(expected: 2, found: 3)),
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
