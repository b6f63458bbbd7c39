import FlowFiles
import Foundation
import TestSupport
import Testing

@testable import FlowConformance

struct FixtureFileTests {
  static let good = #"""
    {"format":1,"operation":"schedule","cases":[{"id":"schedule/a/t-0","flags":["basic"],
    "request":{"op":"schedule","path":{"kind":"ot"},"t":0},"formats":["float64"],
    "expected":{"value":{"alpha":0.25,"x":[1,"inf"]},"tail":{"alpha":1e-17,"x":[0,0]},
    "sensitivity":{"alpha":1,"x":[0,0]},"radius":{"alpha":0,"x":[1e-30,0]}}}]}
    """#

  static func file(_ text: String) throws(FileError) -> FixtureFile {
    try FixtureFile(decoding: Array(text.utf8), path: "schedule/a.json")
  }

  @Test func aGoodFileIsRead() throws {
    #expect(try Self.file(Self.good).cases.map(\.id) == ["schedule/a/t-0"])
  }

  /// Each was once a verdict on the implementation, a pass of whatever it said, or an error without a name.
  @Test(arguments: [
    ("\"format\":1", "\"format\":2"), ("{\"format\"", "[{\"format\""), ("}]}", "}"),
    (#""cases":[{"#, #""cases":[],"x":[{"#), (#""op":"schedule""#, #""op":"hello""#),
    (#""id":"schedule/a/t-0","#, ""), (#""id":"schedule/a/t-0""#, #""id":7"#),
    ("\"t\":0", "\"t\":1e400"), (#""flags":["basic"]"#, #""flags":"basic""#),
    (#""formats":["float64"]"#, #""formats":[64]"#),
    (#""formats":["float64"]"#, #""budget":-1"#), (#""format":1"#, #""format":1,"budget":1e9"#),
    (#""radius":{"alpha":0"#, #""radius":{"alpha":1e308"#),
    (#""radius":{"alpha":0"#, #""radius":{"alpha":-1"#),
    (#""radius":{"alpha":0"#, #""radius":{"alpha":"inf""#),
    (#""sensitivity":{"alpha":1"#, #""sensitivity":{"alpha":-1"#),
    (#""sensitivity":{"alpha":1"#, #""sensitivity":{"alpha":1e308"#),
    (#""tail":{"alpha":1e-17"#, #""tail":{"alpha":1e-3"#),
    (#""tail":{"alpha":1e-17"#, #""tail":{"beta":1e-17"#),
    (#""tail":{"alpha":1e-17,"x":[0,0]}"#, #""tail":{"alpha":1e-17,"x":[0]}"#),
    (#""tail":{"alpha":1e-17,"x":[0,0]}"#, #""tail":0"#),
    (#""value":{"alpha":0.25"#, #""error":"singular","value":{"alpha":0.25"#),
    (#"{"value":{"alpha":0.25"#, #"{"value":{"alpha":1e999"#),
  ])
  func aDamagedFileIsRefusedByName(_ part: String, _ damage: String) {
    let text = Self.good.replacing(part, with: damage)
    #expect(text != Self.good)
    let error = #expect(throws: FileError.self) { try Self.file(text) }
    #expect(error?.description.hasPrefix("schedule/a.json: the file is damaged: ") == true)
  }

  @Test func anIdStandsOnceInAFileAndInALibrary() throws {
    let body = Self.good.split(separator: "\"cases\":[")[1].dropLast(2)
    let twice = Self.good.dropLast(2) + ",\(body)]}"
    let error = #expect(throws: FileError.self) { try Self.file(String(twice)) }
    #expect(error?.description.contains("given twice") == true)
    try TemporaryFolder.use { folder in
      try makeDirectory(folder.file("schedule"))
      for name in ["a", "b"] {
        try AtomicFile.write(to: .path(folder.file("schedule/\(name).json"))) {
          $0.pending += Self.good.utf8
        }
      }
      let error = #expect(throws: FileError.self) { try FixtureLibrary(root: folder.path) }
      #expect(error?.path.hasSuffix("schedule/b.json") == true)
      #expect(error?.description.contains("given in schedule/a too") == true)
    }
  }

  @Test func aTargetThatIsNotDefinedIsDamage() throws {
    try TemporaryFolder.use { folder in
      try makeDirectory(folder.file("schedule"))
      let text = Self.good.replacing(
        "\"t\":0", with: #""t":0,"target":{"kind":"defined","name":"n"}"#)
      try AtomicFile.write(to: .path(folder.file("schedule/a.json"))) { $0.pending += text.utf8 }
      let error = #expect(throws: FileError.self) { try FixtureLibrary(root: folder.path) }
      #expect(error?.description.contains("names the target n, which is not defined") == true)
    }
  }

  private func makeDirectory(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
  }
}
