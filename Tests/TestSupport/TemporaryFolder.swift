import Foundation

/// A new folder of a test's own.
public struct TemporaryFolder: Sendable {
  public let path: String

  /// Runs `body` with a new folder, and removes the folder with all that is in it.
  public static func use<Value>(_ body: (TemporaryFolder) throws -> Value) throws -> Value {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    return try body(folder)
  }

  /// Runs `body` with a new folder, and removes the folder with all that is in it.
  public static func use<Value>(
    _ body: (TemporaryFolder) async throws -> Value
  ) async throws -> Value {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    return try await body(folder)
  }

  /// The path of `name` in the folder.
  public func file(_ name: String) -> String { "\(path)/\(name)" }

  /// What is in the folder, hidden files too, in order.
  public var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }

  private init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    path = url.path
  }

  private func remove() { try? FileManager.default.removeItem(atPath: path) }
}
