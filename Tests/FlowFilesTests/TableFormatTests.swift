import TestSupport
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
  static let table = DataTable(
    columns: ["x", "a \"q\", b"], dimension: 2,
    values: [0.1, -0.0, 1e-300, .leastNonzeroMagnitude, 1.7976931348623157e308, 1.0 / 3],
    labels: ["a", "b,c", "\""])

  @Test func everyFormatGivesBackTheSameBits() throws {
    try TemporaryFolder.use { folder in
      let bits = Self.table.values.map(\.bitPattern)
      try Self.table.write(to: .path(folder.file("t.csv")), as: .csv)
      let csv = try DataTable.read(
        folder.file("t.csv"), selection: DataSelection(labelColumn: .name("label"), header: .yes))
      #expect(csv == Self.table && csv.values.map(\.bitPattern) == bits)
      try Self.table.write(to: .path(folder.file("t.npy")), as: .npy)
      let bytes = try FileBytes.read(folder.file("t.npy"))
      // Two doubles and three letters of 4 bytes a row.
      #expect(bytes.count % 64 == 3 * (16 + 12) % 64)
      let read = try DataTable.read(
        folder.file("t.npy"), selection: DataSelection(labelColumn: .name("label")))
      #expect(read.values.map(\.bitPattern) == bits && read.labels == Self.table.labels)
      let named = try DataTable.read(
        folder.file("t.npy"), selection: DataSelection(columns: [.name("x")]))
      #expect(named.values == [0.1, 1e-300, 1.7976931348623157e308])
      #expect(throws: FileError.self) { try DataTable.read(folder.file("t.npy")) }
      var plain = Self.table
      (plain.columns, plain.labels) = (nil, nil)
      try plain.write(to: .path(folder.file("t.npy")), as: .npy)
      #expect(try FileBytes.read(folder.file("t.npy")).count == 128 + 48)
      #expect(try DataTable.read(folder.file("t.npy")).values.map(\.bitPattern) == bits)
      #expect(try folder.names == ["t.csv", "t.npy"])
    }
  }

  @Test func labelsMayHaveAnotherName() throws {
    try TemporaryFolder.use { folder in
      let table = DataTable(
        columns: ["x"], dimension: 1, values: [2], labels: ["success"], labelColumn: "status")
      try table.write(to: .path(folder.file("t.csv")), as: .csv)
      try table.write(to: .path(folder.file("t.jsonl")), as: .jsonLines)
      let written = try ["t.csv", "t.jsonl"].map {
        String(decoding: try FileBytes.read(folder.file($0)), as: UTF8.self)
      }
      #expect(written == ["x,status\n2.0,success\n", "{\"x\":2.0,\"status\":\"success\"}\n"])
    }
  }

  @Test func countsAreWrittenWithoutAPoint() throws {
    try TemporaryFolder.use { folder in
      var table = DataTable(columns: ["x", "nfe"], dimension: 2, values: [3, 225, 1, .infinity])
      table.countedColumns = [1]
      try table.write(to: .path(folder.file("t.csv")), as: .csv)
      try table.write(to: .path(folder.file("t.jsonl")), as: .jsonLines)
      let written = try ["t.csv", "t.jsonl"].map {
        String(decoding: try FileBytes.read(folder.file($0)), as: UTF8.self)
      }
      #expect(
        written == [
          "x,nfe\n3.0,225\n1.0,inf\n", "{\"x\":3.0,\"nfe\":225}\n{\"x\":1.0,\"nfe\":\"inf\"}\n",
        ])
    }
  }

  @Test func aTableWithoutRowsIsOne() throws {
    try TemporaryFolder.use { folder in
      let path = folder.file("t.npy")
      try DataTable(columns: ["x", "y"], dimension: 2, values: []).write(
        to: .path(path), as: .npy)
      #expect(try DataTable.read(path).rows == 0)
      try DataTable(columns: ["x", "y"], dimension: 2, values: []).write(
        to: .path(folder.file("t.csv")), as: .csv)
      let read = try DataTable.read(folder.file("t.csv"))
      #expect(read.rows == 0 && read.columns == ["x", "y"])
    }
  }

  @Test func countsAreIntegersInArraysWhereAllAreWhole() throws {
    try TemporaryFolder.use { folder in
      for (last, letters) in [(7.0, "<i8"), (.infinity, "<f8")] {
        var table = DataTable(columns: ["x", "nfe"], dimension: 2, values: [3, 225, 1, last])
        table.countedColumns = [1]
        try table.write(to: .path(folder.file("t.npy")), as: .npy)
        let text = String(decoding: try FileBytes.read(folder.file("t.npy")), as: UTF8.self)
        #expect(text.contains("('nfe', '\(letters)')"))
        if last.isFinite {
          #expect(try DataTable.read(folder.file("t.npy")).values == table.values)
        }
      }
    }
  }

  @Test func jsonLinesHoldOneArrayPerRow() throws {
    try TemporaryFolder.use { folder in
      let path = folder.file("t.jsonl")
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
    try TemporaryFolder.use { folder in
      let path = folder.file("t.csv")
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
      #expect(try folder.names == ["t.csv"])
    }
  }

  @Test func aSymbolicLinkStaysALinkAndItsFileKeepsItsMode() throws {
    try TemporaryFolder.use { folder in
      let (path, link) = (folder.file("t.npy"), folder.file("link"))
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
    try TemporaryFolder.use { folder in
      for path in [folder.file("missing/t.csv"), folder.path] {
        #expect(throws: FileError.self) { try Self.table.write(to: .path(path), as: .csv) }
        #expect(throws: FileError.self) { try DataTable.read(path) }
      }
      #expect(throws: FileError.self) { try TableFormat(ofPath: "t.txt") }
      try Self.table.write(to: .path("/dev/null"), as: .csv)
      #expect(throws: FileError.self) { try Self.table.write(to: .path("/dev/full"), as: .csv) }
    }
  }
}
