import FlowFiles
import Foundation
import Testing

@testable import FlowConformance

/// The engine, through its own oracle, against values that share no code with it.
struct FixtureTests {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// What the engine's own greeting claims: every method exactly.
  static let claims: Terms = {
    var oracle = Oracle(version: "test")
    guard let hello = try? JSONDocument(parsing: oracle.answer(Array(#"{"op":"hello"}"#.utf8))),
      case .object(let answer) = hello.value, let value = answer["value"],
      let greeting = try? Greeting(value)
    else { return Terms() }
    return Terms(solvers: greeting.solvers)
  }()

  @Test func theEngineClaimsEveryMethod() {
    let names = Catalogue().sections.first { $0.name == "solvers" }?.items.map(\.name) ?? []
    #expect(Self.claims.solvers == Dictionary(uniqueKeysWithValues: zip(names, names)))
    #expect(names.count == 22)
  }

  static let operations: [String] = {
    let folder = root.appending(path: "Fixtures").path
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { name in Operation.all[name].map { $0.asking == nil } ?? false }.sorted()
  }()

  @Test func everyAnsweredOperationHasFixtures() {
    let covered = Set(Self.operations)
    // What asks back is in IntegrationTests.
    #expect(Set(Operation.all.keys).subtracting(covered) == ["echo", "integrate"])
  }

  @Test(arguments: FixtureTests.operations)
  func everyCertifiedCaseHoldsWithinItsBudget(operation: String) throws {
    let folder = Self.root.appending(path: "Fixtures/\(operation)").path
    var judged = 0
    var unsupported = 0
    for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    where name.hasSuffix(".json") {
      let file = try FixtureFile(path: "\(folder)/\(name)")
      var oracle = Oracle(version: "test", allowsFiles: true)
      for member in file.definitions.members {
        _ = oracle.answer(line(definition: member))
      }
      for fixture in file.cases {
        switch fixture.judge(oracle.answer(line(fixture.request)), Self.claims).outcome {
        case .passed: judged += 1
        case .unsupported: unsupported += 1
        case let failure: Issue.record("\(fixture.id): \(failure.detail)")
        }
      }
    }
    #expect(judged > 0)
    // Everything is answered.
    #expect(unsupported == 0)
  }

  private func line(_ request: JSONObject) -> [UInt8] {
    var writer = JSONWriter()
    writer.write(.object(request))
    return writer.bytes
  }

  /// A definition, its file path made absolute.
  private func line(definition member: JSONObject.Member) -> [UInt8] {
    var target = member.value
    if case .object(let object) = target, case .string(let path)? = object["path"] {
      let full = Self.root.appending(path: path).path
      target = .object(
        JSONObject(
          members: object.members.map {
            $0.name == "path" ? .init(name: "path", value: .string(full)) : $0
          }))
    }
    return line(
      JSONObject(members: [
        .init(name: "op", value: .string("define")),
        .init(name: "name", value: .string(member.name)), .init(name: "target", value: target),
      ]))
  }
}
