public import FlowFiles

/// A list of cases that are known to fail: one pattern of ids per line, `#` begins a comment.
///
/// The list is strict, so that it cannot outlive its reasons: a listed case that passes is an error,
/// and so is a pattern that matches no case at all.
public struct ExpectedFailures: Sendable {
  /// What ids of cases they speak of.
  public let patterns: [Glob]

  public init(_ text: String) {
    patterns = text.split(separator: "\n").compactMap { line in
      let content = line.prefix { $0 != "#" }
      let trimmed = content.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }
      return trimmed.isEmpty ? nil : Glob(String(trimmed.reversed()))
    }
  }

  /// - Throws: when the file cannot be read or is not UTF-8.
  public init(path: String) throws(FileError) {
    guard let text = String(validating: try FileBytes.read(path), as: UTF8.self) else {
      throw FileError(path: path, .invalidText)
    }
    self.init(text)
  }

  public func contains(_ id: String) -> Bool { patterns.contains { $0.matches(id) } }

  /// The patterns that match none of these ids.
  func idle(among ids: [String]) -> [String] {
    patterns.filter { pattern in !ids.contains { pattern.matches($0) } }.map(\.pattern)
  }
}
