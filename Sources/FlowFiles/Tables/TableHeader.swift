/// Whether the first row of a text names its columns.
public enum TableHeader: String, CaseIterable, Sendable {
  /// It does.
  case yes
  /// It is data.
  case no
  /// It does if no cell of it is a number or begins like one.
  case auto

  /// What stands for a number that is not there.
  private static let missing: Set<String> = ["na", "n/a", "#n/a", "null", "none", "nil", "?"]

  /// Whether a row names columns.
  ///
  /// A number with a defect (`1.0D+00`, `0x10`, `1_000`, `NA`) is no name: its row would vanish from the
  /// data without a word.
  func accepts(_ cells: [String]) -> Bool {
    switch self {
    case .yes: true
    case .no: false
    case .auto: cells.contains { !$0.isEmpty } && !cells.contains(where: Self.isMeantAsNumber)
    }
  }

  private static func isMeantAsNumber(_ cell: String) -> Bool {
    if CSVScanner.number(cell) != nil { return true }
    let text = cell.utf8.drop { $0 == 0x20 || $0 == 0x09 }
    let digits = text.drop { "+-.".utf8.contains($0) }
    if let first = digits.first, first &- 0x30 <= 9 { return true }
    return text.count < 8 && missing.contains(String(decoding: text, as: UTF8.self).lowercased())
  }

  /// What to say of a first row that was taken for something without being told to; `nil` for nothing.
  func remark(on first: [String], isHeader: Bool, path: String) -> String? {
    guard self == .auto else { return nil }
    if isHeader {
      let names = first.prefix(4).map { FileError.excerpt($0) }.joined(separator: ", ")
      let rest = first.count > 4 ? ", ..." : ""
      return "\(path), line 1: names the columns (\(names)\(rest)); --header no if it is data"
    }
    let counts = [0, 1].contains { start in
      first.indices.allSatisfy { first[$0] == "\($0 + start)" }
    }
    guard first.count > 1, counts else { return nil }
    return "\(path), line 1: counts columns but is taken for data; --header yes if it names them"
  }
}
