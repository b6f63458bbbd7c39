import FlowFiles
import Foundation
import Testing

@testable import FlowConformance

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Reports made from outcomes that are written down by hand.
struct ConformanceReportTests {
  typealias Fake = FakeImplementation

  static func validation(_ outcomes: [Int: Outcome], trouble: String? = nil) -> Validation {
    var result = Validation(outcomes: Fake.cases.indices.map { outcomes[$0] ?? .passed(0.5) })
    result.checks = [.init(id: "protocol/hello", outcome: .passed(0))]
    result.trouble = trouble
    return result
  }

  static func report(
    _ outcomes: [Int: Outcome], expect: String? = nil, trouble: String? = nil
  ) -> ValidationReport {
    ValidationReport(
      validation(outcomes, trouble: trouble), of: Fake.library, command: ["my tool", "--fast"],
      expected: expect.map { ExpectedFailures($0) },
      knownIDs: Fake.cases.map(\.fixture.id) + ["denoiser/elsewhere"])
  }

  @Test func nothingWrongConforms() {
    let report = Self.report([3: .unsupported, 4: .notApplicable])
    #expect(report.conforms && !report.hasFailures)
    #expect(report.verdict == "conforms: 7 passed, 1 unsupported, 1 not applicable")
    #expect(report.budgetSentence.hasPrefix("Everything would pass with a budget of 0.5"))
  }

  @Test(arguments: [
    Outcome.wrong(12, "off"), .refused("no"), .crashed("bang"), .timedOut("zzz"),
    .protocolError("what"),
  ])
  func everyKindOfFailureIsOne(outcome: Outcome) {
    let report = Self.report([2: outcome])
    #expect(!report.conforms && report.hasFailures)
    #expect(report.text.contains("FAIL schedule/fake/t-2: \(outcome.kind.rawValue)"))
    #expect(report.text.contains("hunts: a mistake"))
  }

  @Test func whatWasNotAskedDoesNotConform() {
    #expect(!Self.report([2: .notAsked]).conforms)
    #expect(!Self.report([:], trouble: "gone").conforms)
  }

  @Test func theSmallestSufficientBudgetCountsOnlyAccuracy() {
    let report = Self.report([1: .wrong(12, "off"), 2: .crashed("bang")])
    #expect(report.budgetSentence.contains("a budget of 12.0 (schedule, schedule/fake/t-1)"))
    #expect(report.budgetSentence.contains("1 failures are not a matter of accuracy"))
  }

  @Test func expectedFailuresAreNoFailures() {
    let report = Self.report([1: .wrong(12, "off")], expect: "schedule/fake/t-1 # known\n\n# all\n")
    #expect(report.conforms)
    #expect(report.verdict.contains("1 failed as expected"))
    #expect(report.junit.contains("<skipped message=\"failed as expected\"/>"))
  }

  @Test func aListedCaseThatPassesIsAnError() {
    let report = Self.report([1: .wrong(12, "off")], expect: "schedule/fake/t-[12]")
    #expect(
      report.listComplaints == ["schedule/fake/t-2 is listed as an expected failure and passes"])
    #expect(!report.conforms)
  }

  @Test func aPatternThatMatchesNothingIsAnError() {
    let report = Self.report([:], expect: "schedule/fake/t-9*\ndenoiser/*")
    #expect(
      report.listComplaints == ["the expected-failures pattern schedule/fake/t-9* matches no case"])
    #expect(!report.conforms)
  }

  @Test func aReproductionLineIsReadByTheShellAsItWasMeant() throws {
    let line = Self.report([0: .refused("no")]).failures[0].reproduction
    #expect(line.hasSuffix("| 'my tool' --fast"))
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", line.replacingOccurrences(of: "| 'my tool' --fast", with: "")]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
    #expect(String(decoding: output, as: UTF8.self) == "{\"id\":2,\"op\":\"schedule\",\"t\":0}\n")
  }

  @Test func theJSONHoldsEveryCase() throws {
    let report = Self.report([1: .wrong(.infinity, "\"off\"\u{1}")])
    let text = report.json
    guard case .object(let object) = try JSONDocument(parsing: text.dropLast()).value else {
      Issue.record("no object")
      return
    }
    #expect(object["conforms"] == .bool(false))
    #expect(object["cases"]?.elements?.count == Fake.cases.count + 1)
  }

  @Test func theJUnitReportIsWellFormedAndCountsAlike() throws {
    let report = Self.report([
      1: .wrong(12, "<&\"\u{1}>"), 2: .crashed("bang"), 3: .unsupported,
    ])
    let counter = ElementCounter()
    let parser = XMLParser(data: Data(report.junit.utf8))
    parser.delegate = counter
    #expect(parser.parse())
    #expect(counter.counts["testcase"] == Fake.cases.count + 1)
    #expect(counter.counts["failure"] == 1 && counter.counts["error"] == 1)
    #expect(counter.counts["skipped"] == 1)
    #expect(report.junit.contains("failures=\"1\" errors=\"1\" skipped=\"1\""))
  }

  @Test func everyCellOfThePageLeadsToItsCases() {
    let page = Self.report([1: .wrong(12, "<off>")]).page
    let links = page.matches(of: /href="#(cell-[0-9-]+)"/).map { String($0.output.1) }
    #expect(links.count == 2)
    for link in links { #expect(page.contains("<section id=\"\(link)\"")) }
    #expect(page.contains("✗ 1 of 8") && page.contains("&lt;off&gt;") && !page.contains("<off>"))
    #expect(!page.contains("http"), "the page needs nothing from elsewhere")
  }
}

private final class ElementCounter: NSObject, XMLParserDelegate {
  var counts: [String: Int] = [:]

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String] = [:]
  ) { counts[name, default: 0] += 1 }
}
