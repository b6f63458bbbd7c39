/// A table of a study: on its page, and as CSV beside it.
public struct StudyTable: Sendable {
  /// The stem of its file.
  public let name: String
  public let caption: String
  public let columns: [String]
  public let rows: [[String]]

  public init(name: String, caption: String, columns: [String], rows: [[String]]) {
    self.name = name
    self.caption = caption
    self.columns = columns
    self.rows = rows
  }

  /// Comma-separated text with a header.
  public var csv: String {
    ([columns] + rows).map { row in
      row.map { cell in
        let needsQuotes = cell.contains { ",\"\n".contains($0) }
        return needsQuotes
          ? "\""
            + cell.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\"" : cell
      }.joined(separator: ",") + "\n"
    }.joined()
  }
}
