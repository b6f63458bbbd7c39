/// The cells of a CSV text, one after the other.
///
/// It holds an unsafe pointer because files of 100 MB pass here; `CSVReader` keeps the bytes alive.
/// *Reference*: RFC 4180; lines may also end in LF or CR alone, and the last line needs no end.
struct CSVScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  let path: String
  let delimiter: Delimiter
  var position: Int
  /// Where the next cell stands, both from 1.
  var line = 1
  var column = 1

  init(_ bytes: UnsafeBufferPointer<UInt8>, path: String, delimiter: Delimiter = .comma) {
    self.bytes = bytes
    self.path = path
    self.delimiter = delimiter
    position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    skipRun()
  }

  var isAtEnd: Bool { position >= bytes.count }

  /// Whether nothing but ends of lines follows.
  var onlyBlankLinesFollow: Bool {
    bytes[min(position, bytes.count)...].allSatisfy {
      $0 == 0x0A || $0 == 0x0D || (delimiter.isRun && delimiter.separates($0))
    }
  }

  func failure(_ problem: FileError.Problem) -> FileError {
    FileError(path: path, line: line, column: column, problem)
  }

  /// The number in the next cell.
  mutating func scanNumber() throws(FileError) -> Double {
    var cursor = position
    while cursor < bytes.count, delimiter.isPadding(bytes[cursor]) { cursor += 1 }
    if let value = DecimalText.scan(bytes, at: &cursor, as: .table) {
      while cursor < bytes.count, delimiter.isPadding(bytes[cursor]) { cursor += 1 }
      if endsCell(cursor) {
        guard value.isFinite else { throw failure(.nonFinite(cell: try peekText())) }
        position = cursor
        return value
      }
    }
    let text = try peekText()
    guard let value = Self.number(text) else { throw failure(.notANumber(cell: text)) }
    guard value.isFinite else { throw failure(.nonFinite(cell: text)) }
    _ = try scanText()
    return value
  }

  /// The number that a cell holds, the non-finite ones included.
  static func number(_ cell: String) -> Double? {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let start = cell.utf8.drop(while: isBlank)
    let text = Array(start.prefix(start.count - start.reversed().prefix(while: isBlank).count))
    let value = text.withUnsafeBufferPointer { buffer -> Double? in
      var end = 0
      let value = DecimalText.scan(buffer, at: &end, as: .table)
      return end == buffer.count ? value : nil
    }
    if let value { return value }
    guard text.count <= "-infinity".utf8.count else { return nil }
    switch String(decoding: text, as: UTF8.self).lowercased() {
    case "nan", "+nan", "-nan": return .nan
    case "inf", "+inf", "infinity", "+infinity": return .infinity
    case "-inf", "-infinity": return -.infinity
    default: return nil
    }
  }

  private func peekText() throws(FileError) -> String {
    var copy = self
    return try copy.scanText()
  }

  /// The text of the next cell, without its quotes.
  mutating func scanText() throws(FileError) -> String {
    let isQuoted = position < bytes.count && bytes[position] == UInt8(ascii: "\"")
    let content = isQuoted ? try scanQuoted() : try scanPlain()
    guard let text = String(validating: content, as: UTF8.self) else {
      throw failure(.invalidText)
    }
    return text
  }

  private mutating func scanPlain() throws(FileError) -> [UInt8] {
    let start = position
    while !endsCell(position) {
      guard bytes[position] != UInt8(ascii: "\"") else { throw failure(.misplacedQuote) }
      position += 1
    }
    return Array(bytes[start..<position])
  }

  private mutating func scanQuoted() throws(FileError) -> [UInt8] {
    var content: [UInt8] = []
    var cursor = position + 1
    var lines = 0
    while cursor < bytes.count {
      let byte = bytes[cursor]
      cursor += 1
      if byte == UInt8(ascii: "\"") {
        guard cursor < bytes.count, bytes[cursor] == byte else {
          guard endsCell(cursor) else { throw failure(.misplacedQuote) }
          position = cursor
          line += lines
          return content
        }
        cursor += 1
      }
      if byte == 0x0A || (byte == 0x0D && !(cursor < bytes.count && bytes[cursor] == 0x0A)) {
        lines += 1
      }
      content.append(byte)
    }
    throw failure(.unterminatedQuote)
  }

  private func endsCell(_ index: Int) -> Bool {
    guard index < bytes.count else { return true }
    let byte = bytes[index]
    return delimiter.separates(byte) || byte == 0x0A || byte == 0x0D
  }

  /// Where a run of delimiters means one, steps over them.
  private mutating func skipRun() {
    guard delimiter.isRun else { return }
    while position < bytes.count, delimiter.separates(bytes[position]) { position += 1 }
  }

  /// Steps over the delimiter or the end of the line; whether another cell of this row follows.
  mutating func advance() -> Bool {
    if position < bytes.count, delimiter.separates(bytes[position]) {
      position += 1
      skipRun()
      let endsLine = position == bytes.count || bytes[position] == 0x0A || bytes[position] == 0x0D
      if !(delimiter.isRun && endsLine) {
        column += 1
        return true
      }
    }
    if position < bytes.count {
      let isReturn = bytes[position] == 0x0D
      position += 1
      if isReturn, position < bytes.count, bytes[position] == 0x0A { position += 1 }
    }
    skipRun()
    line += 1
    column = 1
    return false
  }

  /// A whole row as text.
  mutating func scanRow() throws(FileError) -> [String] {
    var cells: [String] = []
    repeat { cells.append(try scanText()) } while advance()
    return cells
  }
}
