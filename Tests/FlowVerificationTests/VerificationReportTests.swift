import FlowMatching
import Testing

@testable import FlowVerification

struct VerificationReportTests {
  static func report(errors: [Double], failure: String? = nil) -> VerificationReport {
    let results = errors.enumerated().map { index, error in
      var result = CheckResult(
        check: "check", target: "target", path: "path \(index)", unit: .rounding, allowance: 8)
      result.add(error, at: .start)
      result.failure = failure
      return result
    }
    return VerificationReport(Verification(paths: [], targets: [], seed: 7), results: results)
  }

  @Test func aLineShowsTheWorstPath() throws {
    let report = Self.report(errors: [1, 3, 2])
    let line = try #require(report.lines.first)
    #expect(report.lines.count == 1 && line.worst.path == "path 1" && line.count == 3)
    #expect(report.passed && report.complaints.isEmpty)
  }

  @Test func aFailureIsNamedInTableMarkdownAndJSON() {
    let report = Self.report(errors: [1, 9])
    #expect(!report.passed)
    #expect(report.text.contains("FAIL 1/2 paths"))
    #expect(report.markdown.contains("path 1, check: 9.0 u at t = 0, allowed 8.0"))
    #expect(String(decoding: report.json, as: UTF8.self).hasPrefix(#"{"passed":false,"seed":"7""#))
  }

  @Test func aRefusalIsAFailureWithItsReason() {
    let report = Self.report(errors: [1], failure: "singular (t): no")
    #expect(report.complaints == ["target, path 0, check: refused: singular (t): no"])
  }
}
