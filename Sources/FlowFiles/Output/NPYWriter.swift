/// Writes a table as NumPy's array file.
///
/// With names it is a structured array: `<f8`, or `<i8` for a column that counts and holds whole numbers alone, and the
/// labels as `<U`, padded to the longest. Without names it is an array of `<f8` with an axis of columns.
struct NPYWriter {
  private let table: DataTable
  /// The columns whose fields are integers.
  private let whole: Set<Int>
  /// The labels as code points, and the longest one's length, at least 1.
  private let labels: [[UInt32]]?
  private let labelLength: Int

  init(_ table: DataTable) {
    self.table = table
    whole = table.countedColumns.filter { column in
      (0..<table.rows).allSatisfy {
        Int64(exactly: table.values[$0 * table.dimension + column]) != nil
      }
    }
    labels = table.columns == nil ? nil : table.labels?.map { $0.unicodeScalars.map(\.value) }
    labelLength = max(1, labels?.reduce(0) { max($0, $1.count) } ?? 1)
  }

  func write(to output: inout FileOutput) throws(FileError) {
    output.pending += header
    for index in 0..<table.rows {
      for (column, value) in table.row(index).enumerated() {
        let isWhole = table.columns != nil && whole.contains(column)
        let bits = isWhole ? UInt64(bitPattern: Int64(value)) : value.bitPattern
        withUnsafeBytes(of: bits.littleEndian) { output.pending += $0 }
      }
      if let labels {
        for place in 0..<labelLength {
          let point = place < labels[index].count ? labels[index][place] : 0
          withUnsafeBytes(of: point.littleEndian) { output.pending += $0 }
        }
      }
      try output.flushIfLarge()
    }
  }

  /// Version 1.0, whose text has at most 65,535 bytes, or 2.0 where the names need more.
  private var header: [UInt8] {
    var text = "{'descr': \(descr), 'fortran_order': False, 'shape': \(shape), }"
    let isShort = text.utf8.count < 65_000
    // The elements begin at a multiple of 64; the text ends in a line feed.
    let start = isShort ? 10 : 12
    let padding = 64 - (start + text.utf8.count + 1) % 64
    text += String(repeating: " ", count: padding % 64) + "\n"
    let length = UInt32(text.utf8.count)
    let bytes = (0..<(isShort ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
    return NPYHeader.magic + [isShort ? 1 : 2, 0] + bytes + Array(text.utf8)
  }

  private var shape: String {
    table.columns == nil ? "(\(table.rows), \(table.dimension))" : "(\(table.rows),)"
  }

  private var descr: String {
    guard let columns = table.columns else { return "'<f8'" }
    var fields = columns.enumerated().map { column, name in
      "(\(Self.quoted(name)), '\(whole.contains(column) ? "<i8" : "<f8")')"
    }
    if labels != nil { fields.append("(\(Self.quoted(table.labelColumn)), '<U\(labelLength)')") }
    return "[\(fields.joined(separator: ", "))]"
  }

  /// A name as a Python string. Version 1.0 holds Latin-1: what is beyond ASCII, and quotes, become `_`.
  private static func quoted(_ name: String) -> String {
    let plain = name.unicodeScalars.map { scalar -> Character in
      let isPlain = scalar.isASCII && scalar.value >= 32 && !"'\\".unicodeScalars.contains(scalar)
      return isPlain ? Character(scalar) : "_"
    }
    return "'\(String(plain))'"
  }
}
