import Foundation
import TestSupport
import Testing

@testable import FlowConformance

/// The adapters that others start from, and the mutants, through the pipe.
struct AdapterTests {
  static let fixtures = FixtureTests.root.appending(path: "Fixtures").path

  static func validate(_ command: [String], _ patterns: [String]) async throws -> Validation {
    let library = try FixtureLibrary(root: fixtures).selecting(patterns.map { Glob($0) })
    return await Validator(command: command).run(library)
  }

  @Test func theEmptyTemplateSupportsNothingAndConforms() async throws {
    let validation = try await Self.validate(
      ["python3", "\(Self.fixtures)/adapters/template.py"], ["conditional_velocity/ot"])
    #expect(validation.trouble == nil)
    #expect(validation.checks.map(\.outcome) == [.passed(0), .passed(0), .passed(0)])
    #expect(validation.outcomes.allSatisfy { $0 == .unsupported })
  }

  /// Whatever the library raises is answered; where a value is certified that is none.
  @Test func theTemplateDoesNotEndOnWhatALibraryRaises() async throws {
    let template = try String(
      contentsOfFile: "\(Self.fixtures)/adapters/template.py", encoding: .utf8)
    let program = template.replacing("        pass\n", with: "        raise KeyError('weights')\n")
    try #require(program != template)
    let validation = try await Self.validate(
      ["python3", "-c", program], ["conditional_velocity/ot"])
    #expect(validation.trouble == nil && validation.restarts == 0)
    let raised = validation.judgements.filter { $0.outcome.detail.contains("KeyError: 'weights'") }
    #expect(raised.count > 20 && raised.allSatisfy { $0.outcome.detail.contains("internal") })
    #expect(raised.contains { $0.tier == .noAnswer } && raised.contains { $0.tier == .convention })
    #expect(!raised.contains { $0.tier == .refusal || $0.tier == .wrongValue })
  }

  @Test func theTemplateInCConforms() async throws {
    try await TemporaryFolder.use { folder in
      let program = folder.file("adapter")
      let compiler = Process()
      compiler.executableURL = URL(filePath: "/usr/bin/env")
      compiler.arguments = [
        "clang", "-std=c11", "-O2", "-Wall", "-Wextra", "-Werror",
        "\(Self.fixtures)/adapters/template.c", "-o", program, "-lm",
      ]
      try compiler.run()
      compiler.waitUntilExit()
      #expect(compiler.terminationStatus == 0)

      let validation = try await Self.validate([program], ["conditional_velocity/*"])
      #expect(validation.trouble == nil)
      #expect(validation.checks.map(\.outcome) == [.passed(0), .passed(0), .passed(0)])
      let failures = validation.outcomes.filter(\.isFailure)
      #expect(failures.isEmpty)
      let passed = validation.outcomes.count { $0.kind == .passed }
      #expect(passed > 100)
    }
  }
}
