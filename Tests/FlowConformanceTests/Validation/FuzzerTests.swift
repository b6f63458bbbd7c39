import FlowFiles
import Foundation
import Testing

@testable import FlowConformance

/// The fuzzer against implementations that are right, and wrong in one place. They are the engine's own
/// answers, changed on their way by a small Python program.
struct FuzzerTests {
  /// A filter between the fuzzer and `flowref oracle`, which `make test` has built beside the tests.
  static func command(_ change: String) throws -> [String] {
    let program = """
      import json, math, subprocess, sys
      oracle = subprocess.Popen([\(quoted(try oracle))], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
      def double(request, reply):
          value = reply["value"]
      \(change.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n"))
          return value
      for line in sys.stdin:
          oracle.stdin.write(line); oracle.stdin.flush()
          request, reply = json.loads(line), json.loads(oracle.stdout.readline())
          if reply["ok"] and request["op"] not in ("hello", "echo"):
              reply["value"] = double(request, reply)
          print(json.dumps(reply), flush=True)
      oracle.stdin.close()
      """
    return ["python3", "-c", program]
  }

  private static func quoted(_ path: String) -> String { "'\(path)', 'oracle'" }

  static var oracle: String {
    get throws {
      var directory = CommandLine.arguments[0]
      while let slash = directory.lastIndex(of: "/") {
        directory = String(directory[..<slash])
        let candidate = "\(directory)/flowref"
        if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      }
      throw FileError(path: "flowref", .cannotOpen(reason: "it is not beside the tests"))
    }
  }

  static func run(
    _ change: String, seed: UInt64 = 1, cases: Int = 300, only: [String]
  ) async throws -> Fuzzer.Result {
    await Fuzzer(command: try command(change))
      .run(seed: seed, cases: cases, only: only.map { Glob($0) })
  }

  @Test(arguments: [1, 2]) func theEngineAgreesWithItself(seed: UInt64) async throws {
    let result = await Fuzzer(command: [try Self.oracle, "oracle"]).run(seed: seed, cases: 500)
    #expect(result.agrees, "\(result.text(command: ["oracle"]))")
    #expect(Set(result.counts.keys) == Set(FuzzRequests.operations))
  }

  /// It was asked again and again, each time for as long, with a hundred restarts for every shrunk request.
  @Test(.timeLimit(.minutes(2))) func aProgramThatNeverAnswersIsGivenUp() async {
    var settings = Validator.Settings()
    settings.timeout = .milliseconds(100)
    settings.startTimeout = .seconds(10)
    let command = FakeImplementation.command(
      reply: "return right(request) if request['op'] in ('hello', 'echo') else None")
    let result = await Fuzzer(command: command, settings: settings)
      .run(seed: 1, cases: 40, only: [Glob("schedule")])
    #expect(result.validation.trouble == "given up after 10 restarts")
    #expect(result.findings.map(\.outcome.kind) == [.timedOut] && !result.agrees)
  }

  @Test func nothingToCompareIsNoAgreement() async throws {
    let result = await Fuzzer(command: FakeImplementation.command())
      .run(seed: 1, cases: 40, only: [Glob("no_such_operation")])
    #expect(!result.agrees && result.findings.isEmpty)
    #expect(result.text(command: ["fake"]).contains("Nothing was compared"))
  }

  @Test func theSameSeedDrawsTheSameCases() {
    let draw = { Fuzzer.library(FuzzRequests.operations, seed: 7, count: 60, .float64).entries }
    let (first, second) = (draw(), draw())
    #expect(first.map(\.fixture.line) == second.map(\.fixture.line))
    let other = Fuzzer.library(FuzzRequests.operations, seed: 8, count: 60, .float64).entries
    #expect(first.map(\.fixture.line) != other.map(\.fixture.line))
  }

  @Test func everyDrawnOperationIsAnswered() {
    let count = 60 * FuzzRequests.operations.count
    let library = Fuzzer.library(FuzzRequests.operations, seed: 3, count: count, .float64)
    for operation in FuzzRequests.operations {
      let values = library.entries.count {
        $0.fixture.operation == operation && $0.fixture.certifiedError == nil
      }
      #expect(values >= 20, "\(operation): \(values) of 60")
    }
  }

  @Test func aSignIsFoundAndShrunkToOneAxis() async throws {
    let result = try await Self.run(
      "if request['op'] == 'conditional_velocity': value = [-v if isinstance(v, float) else v for v in value]",
      only: ["conditional_*"])
    let finding = try #require(result.findings.first)
    #expect(result.findings.count == 1)
    let request = finding.simplest.fixture.request
    #expect(finding.simplest.fixture.operation == "conditional_velocity")
    #expect(request["x"]?.elements?.count == 1 && request["x1"]?.elements?.count == 1)
    #expect(JSONValue.object(request).lineText.utf8.count < 120)
  }

  @Test func aMistakeOfTwoComponentsIsShrunkToTwoComponents() async throws {
    let result = try await Self.run(
      """
      target = request.get("target", {})
      if len(target.get("means", [])) > 1 and request["op"] == "denoiser":
          value = [v * (1 + 1e-9) + 1e-9 for v in value]
      """, only: ["denoiser", "marginal_score"])
    let finding = try #require(result.findings.first)
    guard case .object(let target)? = finding.simplest.fixture.request["target"] else {
      Issue.record("no target")
      return
    }
    #expect(target["means"]?.elements?.count == 2)
    #expect(target["means"]?.elements?.first?.elements?.count == 1)
    #expect(finding.simplest.fixture.operation == "denoiser")
  }

  @Test func aMistakeNearTheDataIsFound() async throws {
    // sigma = sqrt(1 - alpha^2) from alpha in double: right but for the digits.
    let result = try await Self.run(
      """
      if request["op"] == "schedule" and request["path"]["kind"] == "vp" and value["alpha"] > 0.5:
          value["sigma"] = math.sqrt(1 - value["alpha"] ** 2)
      """, only: ["schedule"])
    #expect(result.findings.count == 1)
  }

  @Test func anErrorInTheLastDigitIsNoFinding() async throws {
    let result = try await Self.run(
      """
      def nudge(v):
          if isinstance(v, dict): return {n: nudge(e) for n, e in v.items()}
          if isinstance(v, list): return [nudge(e) for e in v]
          return v * (1 + 2.0 ** -52) if isinstance(v, float) else v
      value = nudge(value)
      """, only: ["schedule", "conditional_*", "marginal_*"])
    #expect(result.agrees, "\(result.text(command: ["nudged"]))")
  }

  @Test func aKeptFixtureIsReadBack() throws {
    let library = Fuzzer.library(["denoiser", "conditional_score"], seed: 5, count: 20, .float64)
    for entry in library.entries {
      let document = try JSONDocument(parsing: Array(entry.fixture.line.utf8))
      guard case .object(let object) = document.value else {
        Issue.record("no object")
        continue
      }
      #expect(object["request"] == .object(entry.fixture.request))
      #expect(object["expected"] != nil)
    }
  }

  @Test(arguments: [
    (3.14159, 1, 3.0), (3.14159, 3, 3.14), (-0.000456, 1, -0.0005), (9.96, 2, 10), (0, 1, 0),
    (1e300, 2, 1e300),
  ])
  func decimalRoundingKeepsSoManyDigits(_ number: Double, _ digits: Int, _ rounded: Double) {
    #expect(number.roundedDecimal(digits) == rounded)
  }
}
