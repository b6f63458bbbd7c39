/// Tables from CSV text.
public enum CSVReader {
  /// The selected columns of a CSV text.
  ///
  /// A first row in which some cell is no number is a header, unless the selection says otherwise;
  /// a text label chosen by position does not make one.
  ///
  /// *Throws*: the first bad cell or row, with its line and column.
  public static func parse(
    _ bytes: [UInt8], path: String, selection: DataSelection = DataSelection()
  ) throws(FileError) -> DataTable {
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(FileError) in
        try parse(CSVScanner(buffer, path: path), selection: selection)
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
    let names = isHeader(first, selection) ? first : nil
    if names == nil { scanner = start }

    let chosen = try selection.resolve(names: names, count: first.count, path: start.path)
    // Where each cell of the row goes: one cell may be asked for more than once.
    var isChosen = [Bool](repeating: false, count: first.count)
    for column in chosen.columns { isChosen[column] = true }
    let isWhole = chosen.columns == Array(0..<first.count)

    var values: [Double] = []
    var labels: [String] = []
    var row = [Double](repeating: 0, count: first.count)
    while !scanner.isAtEnd {
      if scanner.bytes[scanner.position] < 0x0E, scanner.onlyBlankLinesFollow { break }
      let line = scanner.line
      var count = 0
      repeat {
        if count == chosen.label {
          var label = scanner
          labels.append(try label.scanText())
          if !isChosen[count] { scanner = label }
        }
        if count < first.count, isChosen[count] {
          let value = selection.scaled(try scanner.scanNumber())
          guard value.isFinite else { throw scanner.failure(.nonFinite(cell: "\(value)")) }
          row[count] = value
        } else if count != chosen.label {
          _ = try scanner.scanText()
        }
        count += 1
      } while scanner.advance()
      guard count == first.count else {
        throw FileError(
          path: start.path, line: line, .raggedRow(expected: first.count, found: count))
      }
      if isWhole {
        values.append(contentsOf: row)
      } else {
        for column in chosen.columns { values.append(row[column]) }
      }
    }
    guard !values.isEmpty else { throw FileError(path: start.path, .empty) }
    return DataTable(
      columns: names.map { names in chosen.columns.map { names[$0] } },
      dimension: chosen.columns.count, values: values,
      labels: chosen.label == nil ? nil : labels)
  }

  private static func isHeader(_ cells: [String], _ selection: DataSelection) -> Bool {
    if let hasHeader = selection.hasHeader { return hasHeader }
    return cells.indices.contains { index in
      selection.labelColumn != .index(index) && CSVScanner.number(cells[index]) == nil
    }
  }
}
