#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A shell pattern for case ids; `*` also matches slashes.
public struct Glob: Hashable, Sendable {
  /// The pattern: `*` stands for any characters, `?` for one.
  public let pattern: String

  public init(_ pattern: String) { self.pattern = pattern }

  /// Whether the whole text fits the pattern.
  public func matches(_ text: String) -> Bool { fnmatch(pattern, text, 0) == 0 }

  /// Whether the pattern matches a case's id, its file (`schedule/vp`) or its operation.
  func matches(_ entry: FixtureLibrary.Entry) -> Bool {
    matches(entry.fixture.id) || matches(entry.file) || matches(entry.fixture.operation)
  }
}
