/// How a table is written.
public enum TableFormat: String, CaseIterable, Sendable {
  /// Comma-separated text with a header, if the columns have names.
  case csv
  /// One JSON object per line, its members called like the columns; an array where the columns have no names.
  case jsonLines = "jsonl"
  /// NumPy's array file, version 1.0: a structured array with a field per column, or `<f8` with an axis of columns
  /// where these have no names.
  case npy

  /// The format that the end of a file's name means.
  public init(ofPath path: String) throws(FileError) {
    for format in TableFormat.allCases where path.hasSuffix(".\(format.rawValue)") {
      self = format
      return
    }
    throw FileError(path: path, .unknownFormat(found: path))
  }
}

extension DataTable {
  /// Writes the table, whole or not at all; numbers in shortest round-trip form.
  public func write(
    to destination: FileDestination, as format: TableFormat
  ) throws(FileError) {
    try AtomicFile.write(to: destination) { output throws(FileError) in
      switch format {
      case .csv: try writeCSV(to: &output)
      case .jsonLines: try writeJSONLines(to: &output)
      case .npy: try NPYWriter(self).write(to: &output)
      }
    }
  }

  func row(_ index: Int) -> ArraySlice<Double> {
    values[index * dimension..<(index + 1) * dimension]
  }

  /// A count without a point; other numbers by `write`.
  private func append(
    _ value: Double, _ column: Int, _ write: (Double, inout [UInt8]) -> Void,
    to bytes: inout [UInt8]
  ) {
    if countedColumns.contains(column), let count = Int(exactly: value) {
      bytes += count.description.utf8
    } else {
      write(value, &bytes)
    }
  }

  private func writeCSV(to output: inout FileOutput) throws(FileError) {
    if let columns {
      let names = columns + (labels == nil ? [] : [labelColumn])
      output.pending += names.map(Self.csvCell).joined(separator: ",").utf8
      output.pending.append(0x0A)
    }
    for index in 0..<rows {
      for (column, value) in row(index).enumerated() {
        if column > 0 { output.pending.append(UInt8(ascii: ",")) }
        append(value, column, DecimalText.append, to: &output.pending)
      }
      if let labels { output.pending += ",\(Self.csvCell(labels[index]))".utf8 }
      output.pending.append(0x0A)
      try output.flushIfLarge()
    }
  }

  private static func csvCell(_ text: String) -> String {
    let needsQuotes = text.utf8.contains { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }
    guard needsQuotes else { return text }
    return "\"" + text.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
  }

  private func writeJSONLines(to output: inout FileOutput) throws(FileError) {
    for index in 0..<rows {
      if columns == nil, labels != nil { output.pending += "{\"x\":".utf8 }
      output.pending.append(UInt8(ascii: columns == nil ? "[" : "{"))
      for (column, value) in row(index).enumerated() {
        if column > 0 { output.pending.append(UInt8(ascii: ",")) }
        if let columns {
          JSONText.append(columns[column], to: &output.pending)
          output.pending.append(UInt8(ascii: ":"))
        }
        append(value, column, JSONText.append, to: &output.pending)
      }
      if columns == nil { output.pending.append(UInt8(ascii: "]")) }
      if let labels {
        output.pending.append(UInt8(ascii: ","))
        JSONText.append(labelColumn, to: &output.pending)
        output.pending.append(UInt8(ascii: ":"))
        JSONText.append(labels[index], to: &output.pending)
      }
      if columns != nil || labels != nil { output.pending.append(UInt8(ascii: "}")) }
      output.pending.append(0x0A)
      try output.flushIfLarge()
    }
  }
}
