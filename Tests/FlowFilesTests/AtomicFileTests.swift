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

struct AtomicFileTests {
  static func write(_ text: String, to path: String) throws(FileError) {
    try AtomicFile.write(to: .path(path)) { output throws(FileError) in try output.append(text) }
  }

  static func text(_ path: String) throws -> String {
    String(decoding: try FileBytes.read(path), as: UTF8.self)
  }

  @Test func aLinkThatLeadsNowhereIsAnErrorAndStays() throws {
    try TemporaryFolder.use { folder in
      let (link, target) = (folder.file("link"), folder.file("missing/file"))
      symlink(target, link)
      let error = #expect(throws: FileError.self) { try Self.write("x", to: link) }
      #expect(error == FileError(path: link, .danglingLink(to: target)))
      symlink("loop", folder.file("loop"))
      #expect(throws: FileError.self) { try Self.write("x", to: folder.file("loop")) }
      let names = try folder.names
      #expect(names == ["link", "loop"])
      var status = stat()
      #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    }
  }

  @Test func aFileThatIsReplacedKeepsPermissionsButNoPrivileges() throws {
    try TemporaryFolder.use { folder in
      let path = folder.file("tool")
      try Self.write("old", to: path)
      for (mode, kept) in [(0o6755, 0o755), (0o1700, 0o700), (0o640, 0o640)] as [(mode_t, mode_t)] {
        chmod(path, mode)
        try Self.write("new", to: path)
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o7777 == kept, "\(mode)")
      }
    }
  }

  /// As SIGKILL leaves them; what somebody still writes, and what only looks alike, stays.
  @Test func leftoversOfWritersThatAreNoMoreGo() throws {
    try TemporaryFolder.use { folder in
      for name in [
        "a.csv.12-3.tmp", "a.csv.99-4294967295.tmp", "b.csv.12-3.tmp", "a.csv.x-3.tmp", "a.csv.tmp",
        "a.csv.1-2.tmp.bak",
      ] { try Self.write("rest", to: folder.file(name)) }
      let held = try TemporaryFile(beside: folder.file("a.csv"))
      try Self.write("whole", to: folder.file("a.csv"))
      let kept = ["a.csv", "a.csv.1-2.tmp.bak", "a.csv.tmp", "a.csv.x-3.tmp"]
      let name = String(held.path.split(separator: "/").last!)
      #expect(try folder.names == (kept + ["b.csv.12-3.tmp", name]).sorted())
      TemporaryFile.removeLeftovers(in: folder.path)
      #expect(try folder.names == (kept + [name]).sorted())
      try held.rename(to: folder.file("a.csv"))
      #expect(try folder.names == kept && Self.text(folder.file("a.csv")).isEmpty)
    }
  }

  @Test func aDirectoryHasOneWriterAtATimeAndNamesIt() throws {
    try TemporaryFolder.use { folder in
      try Self.write("rest", to: folder.file("model.safetensors.12-3.tmp"))
      try DirectoryLock.whileHeld(folder.path) {
        let names = try folder.names
        #expect(names == ["flowref.lock"])
        let error = #expect(throws: FileError.self) {
          try DirectoryLock.whileHeld(folder.path) { Issue.record("both have it") }
        }
        #expect(error == FileError(path: folder.path, .inUse(by: Int(getpid()))))
      }
      #expect(try folder.names == [])
      let seven = try DirectoryLock.whileHeld(folder.path) { 7 }
      #expect(seven == 7)
      #expect(throws: FileError.self) {
        try DirectoryLock.whileHeld(folder.path) { throw FileError(path: "p", .empty) }
      }
      #expect(try folder.names == [])
      // What a killed process leaves is no lock.
      try Self.write("123\n", to: folder.file("flowref.lock"))
      let eight = try DirectoryLock.whileHeld(folder.path) { 8 }
      #expect(eight == 8)
      #expect(throws: FileError.self) { try DirectoryLock.whileHeld(folder.file("none")) {} }
    }
  }

  @Test func errorsCanBeToldWithoutWhatTheFileHolds() {
    let secret = "root:x:0:0"
    for problem in [
      .notANumber(cell: secret), .neitherHeaderNorData(cell: secret), .nonFinite(cell: secret),
      .unknownColumn(name: "a", available: secret), .notNPY(found: secret),
      .malformedHeader(reason: secret), .unsupportedElementType(found: secret),
      .damaged(reason: secret),
    ] as [FileError.Problem] {
      let error = FileError(path: "p", line: 3, column: 4, problem)
      #expect(error.description.contains(secret))
      #expect(!error.descriptionWithoutContents.contains(secret))
      #expect(error.descriptionWithoutContents.hasPrefix("p, line 3, column 4: "))
    }
  }
}
