/// Tables from CSV text.
public enum CSVReader {
  /// The selected columns of a CSV text.
  ///
  /// Whether the first row is a header is the selection's to say; see ``TableHeader``. A header without rows is a table
  /// without rows.
  ///
  /// *Throws*: the first bad cell or row, with its line and column.
  public static func parse(
    _ bytes: [UInt8], path: String, selection: DataSelection = DataSelection()
  ) throws(FileError) -> DataTable {
    try scanning(bytes, path, selection.delimiter) { scanner throws(FileError) in
      try parse(scanner, selection: selection)
    }
  }

  /// Every cell of a CSV text, row by row; the rows are equally long.
  public static func cells(_ bytes: [UInt8], path: String) throws(FileError) -> [[String]] {
    try scanning(bytes, path, .comma) { start throws(FileError) in
      var scanner = start
      var rows: [[String]] = []
      while !scanner.isAtEnd, !scanner.onlyBlankLinesFollow {
        let line = scanner.line
        let row = try scanner.scanRow()
        try checkWidth(row.count, of: rows.first?.count ?? row.count, path, line)
        rows.append(row)
      }
      return rows
    }
  }

  /// The number that a cell of text holds, the non-finite ones included; `nil` for none.
  public static func number(_ cell: String) -> Double? { CSVScanner.number(cell) }

  private static func scanning<Value>(
    _ bytes: [UInt8], _ path: String, _ delimiter: Delimiter,
    _ body: (CSVScanner) throws(FileError) -> Value
  ) throws(FileError) -> Value {
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(FileError) in
        try body(CSVScanner(buffer, path: path, delimiter: delimiter))
      }
    }
    return try result.get()
  }

  private static func parse(
    _ start: CSVScanner, selection: DataSelection
  ) throws(FileError) -> DataTable {
    var scanner = start
    guard !scanner.onlyBlankLinesFollow else { throw FileError(path: start.path, .empty) }
    let first = try scanner.scanRow()
    let names = selection.header.accepts(first) ? first : nil
    if names == nil { scanner = start }

    let chosen = try selection.resolve(names: names, count: first.count, path: start.path)
    var row = RowScan(width: first.count, columns: chosen.columns, label: chosen.label)
    var values: [Double] = []
    while !scanner.isAtEnd {
      if scanner.bytes[scanner.position] < 0x0E, scanner.onlyBlankLinesFollow { break }
      do throws(FileError) {
        try row.scan(&scanner, selection, into: &values)
      } catch {
        guard names == nil, selection.header == .auto, error.line == start.line,
          case .notANumber(let cell) = error.problem
        else { throw error }
        throw FileError(
          path: error.path, line: error.line, column: error.column,
          .neitherHeaderNorData(cell: cell))
      }
    }
    var table = DataTable(
      columns: names.map { names in chosen.columns.map { names[$0] } },
      dimension: chosen.columns.count, values: values,
      labels: chosen.label == nil ? nil : row.labels)
    table.remark = selection.header.remark(on: first, isHeader: names != nil, path: start.path)
    return table
  }

  /// - Throws: `raggedRow` at the first cell that is missing or too many.
  fileprivate static func checkWidth(
    _ found: Int, of expected: Int, _ path: String, _ line: Int
  ) throws(FileError) {
    guard found != expected else { return }
    throw FileError(
      path: path, line: line, column: min(found, expected) + 1,
      .raggedRow(expected: expected, found: found))
  }
}

/// The reading of one row after the other.
private struct RowScan {
  let columns: [Int]
  let label: Int?
  /// The labels so far.
  var labels: [String] = []
  // Where each cell of a row goes: one cell may be asked for more than once.
  private var isChosen: [Bool]
  private let isWhole: Bool
  private var row: [Double]

  init(width: Int, columns: [Int], label: Int?) {
    self.columns = columns
    self.label = label
    isChosen = [Bool](repeating: false, count: width)
    for column in columns { isChosen[column] = true }
    isWhole = columns == Array(0..<width)
    row = [Double](repeating: 0, count: width)
  }

  mutating func scan(
    _ scanner: inout CSVScanner, _ selection: DataSelection, into values: inout [Double]
  ) throws(FileError) {
    let line = scanner.line
    var count = 0
    repeat {
      if count == label {
        var text = scanner
        labels.append(try text.scanText())
        if !isChosen[count] { scanner = text }
      }
      if count < row.count, isChosen[count] {
        let value = selection.scaled(try scanner.scanNumber())
        guard value.isFinite else { throw scanner.failure(.nonFinite(cell: "\(value)")) }
        row[count] = value
      } else if count != label {
        _ = try scanner.scanText()
      }
      count += 1
    } while scanner.advance()
    try CSVReader.checkWidth(count, of: row.count, scanner.path, line)
    if isWhole {
      values.append(contentsOf: row)
    } else {
      for column in columns { values.append(row[column]) }
    }
  }
}
