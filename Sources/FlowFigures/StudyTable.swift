/// A table of a study: on its page, and as CSV beside it.
package struct StudyTable: Sendable {
  /// The stem of its file.
  package let name: String
  package let caption: String
  package let columns: [String]
  package let rows: [[String]]

  package init(name: String, caption: String, columns: [String], rows: [[String]]) {
    self.name = name
    self.caption = caption
    self.columns = columns
    self.rows = rows
  }

  /// Comma-separated text with a header.
  package var csv: String {
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
