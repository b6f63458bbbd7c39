import Testing

@testable import FlowFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

struct TableFormatTests {
  /// A new directory, removed afterwards.
  static func inDirectory(_ body: (String) throws -> Void) throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/flowfiles-XXXXXX".utf8CString)
    let directory = String(cString: try #require(mkdtemp(&template)))
    defer {
      for name in names(in: directory) { unlink("\(directory)/\(name)") }
      rmdir(directory)
    }
    try body(directory)
  }

  static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  static let table = DataTable(
    columns: ["x", "a \"q\", b"], dimension: 2,
    values: [0.1, -0.0, 1e-300, .leastNonzeroMagnitude, 1.7976931348623157e308, 1.0 / 3],
    labels: ["a", "b,c", "\""])

  @Test func everyFormatGivesBackTheSameBits() throws {
    try Self.inDirectory { directory in
      let bits = Self.table.values.map(\.bitPattern)
      try Self.table.write(to: .path("\(directory)/t.csv"), as: .csv)
      let csv = try DataTable.read(
        "\(directory)/t.csv", selection: DataSelection(labelColumn: .name("label")))
      #expect(csv == Self.table && csv.values.map(\.bitPattern) == bits)
      try Self.table.write(to: .path("\(directory)/t.npy"), as: .npy)
      let bytes = try FileBytes.read("\(directory)/t.npy")
      #expect(bytes.count == 128 + 48)
      #expect(try DataTable.read("\(directory)/t.npy").values.map(\.bitPattern) == bits)
      #expect(Self.names(in: directory) == ["t.csv", "t.npy"])
    }
  }

  @Test func labelsMayHaveAnotherName() throws {
    try Self.inDirectory { directory in
      let table = DataTable(
        columns: ["x"], dimension: 1, values: [2], labels: ["success"], labelColumn: "status")
      try table.write(to: .path("\(directory)/t.csv"), as: .csv)
      try table.write(to: .path("\(directory)/t.jsonl"), as: .jsonLines)
      let written = try ["t.csv", "t.jsonl"].map {
        String(decoding: try FileBytes.read("\(directory)/\($0)"), as: UTF8.self)
      }
      #expect(written == ["x,status\n2.0,success\n", "{\"x\":[2.0],\"status\":\"success\"}\n"])
    }
  }

  @Test func jsonLinesHoldOneArrayPerRow() throws {
    try Self.inDirectory { directory in
      let path = "\(directory)/t.jsonl"
      let plain = DataTable(dimension: 2, values: [1, .infinity, -0.0, .nan])
      try plain.write(to: .path(path), as: .jsonLines)
      #expect(
        String(decoding: try FileBytes.read(path), as: UTF8.self)
          == "[1.0,\"inf\"]\n[-0.0,\"nan\"]\n")
      try DataTable(dimension: 1, values: [2], labels: ["\n\""]).write(
        to: .path(path), as: .jsonLines)
      #expect(
        String(decoding: try FileBytes.read(path), as: UTF8.self)
          == "{\"x\":[2.0],\"label\":\"\\n\\\"\"}\n")
    }
  }

  @Test func aFailedWriteLeavesTheOldFileAndNothingElse() throws {
    try Self.inDirectory { directory in
      let path = "\(directory)/t.csv"
      try Self.table.write(to: .path(path), as: .csv)
      let before = try FileBytes.read(path)
      let failure = FileError(path: path, .empty)
      let error = #expect(throws: FileError.self) {
        try AtomicFile.write(to: .path(path)) { output throws(FileError) in
          try output.append(String(repeating: "x", count: 100_000))
          throw failure
        }
      }
      #expect(error == failure)
      #expect(try FileBytes.read(path) == before)
      #expect(Self.names(in: directory) == ["t.csv"])
    }
  }

  @Test func aSymbolicLinkStaysALinkAndItsFileKeepsItsMode() throws {
    try Self.inDirectory { directory in
      let (path, link) = ("\(directory)/t.npy", "\(directory)/link")
      try Self.table.write(to: .path(path), as: .npy)
      chmod(path, 0o600)
      symlink(path, link)
      try Self.table.write(to: .path(link), as: .csv)
      var status = stat()
      #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
      #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
      #expect(try FileBytes.read(path).first == UInt8(ascii: "x"))
    }
  }

  @Test func placesThatCannotBeReadOrWrittenAreErrors() throws {
    try Self.inDirectory { directory in
      for path in ["\(directory)/missing/t.csv", directory] {
        #expect(throws: FileError.self) { try Self.table.write(to: .path(path), as: .csv) }
        #expect(throws: FileError.self) { try DataTable.read(path) }
      }
      #expect(throws: FileError.self) { try TableFormat(ofPath: "t.txt") }
      try Self.table.write(to: .path("/dev/null"), as: .csv)
      #expect(throws: FileError.self) { try Self.table.write(to: .path("/dev/full"), as: .csv) }
    }
  }
}
