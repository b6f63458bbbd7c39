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

  static func validation(
    _ outcomes: [Int: Outcome], tiers: [Int: Tier] = [:], trouble: String? = nil
  ) -> Validation {
    var result = Validation(
      judgements: Fake.cases.indices.map { index in
        Judgement(outcomes[index] ?? .passed(0.5), tier: tiers[index])
      })
    result.checks = [.init(id: "protocol/hello", outcome: .passed(0))]
    result.trouble = trouble
    return result
  }

  static func report(
    _ outcomes: [Int: Outcome], tiers: [Int: Tier] = [:], expect: String? = nil,
    trouble: String? = nil, isStrict: Bool = false
  ) -> ValidationReport {
    ValidationReport(
      validation(outcomes, tiers: tiers, trouble: trouble), of: Fake.library,
      command: ["my tool", "--fast"],
      expected: expect.map { ExpectedFailures($0) },
      knownIDs: Fake.cases.map(\.fixture.id) + ["denoiser/elsewhere"], isStrict: isStrict)
  }

  static let mild = Tier.allCases.filter { !$0.alwaysFails }

  @Test(arguments: mild) func aMildTierIsListedAndFailsOnlyWhenStrict(tier: Tier) {
    let outcomes = [1: Outcome.wrong(12, "off")]
    let report = Self.report(outcomes, tiers: [1: tier])
    #expect(report.conforms)
    #expect(report.verdict == "conforms: 8 passed, 1 \(tier.title)")
    #expect(report.text.contains("NOTE schedule/fake/t-1"))
    #expect(report.junit.contains("<skipped message=\"\(tier.title): off\"/>"))
    #expect(report.junit.contains("<property name=\"\(tier.rawValue)\" value=\"1\"/>"))
    #expect(report.page.contains("id=\"tier-\(tier.rawValue)\""))
    #expect(report.page.contains("class=\"\(tier.rawValue)\" data-path"))
    let strict = Self.report(outcomes, tiers: [1: tier], isStrict: true)
    #expect(!strict.conforms && strict.text.contains("FAIL schedule/fake/t-1"))
    #expect(strict.junit.contains("type=\"\(tier.title)\""))
  }

  @Test(arguments: Tier.allCases) func everyTierHasAColourInATerminal(tier: Tier) {
    let report = Self.report([1: .wrong(12, "off")], tiers: [1: tier])
    let title = "\(tier.title): 1"
    #expect(report.text(inColour: true).contains("m\(title)\u{1B}[0m"))
    #expect(report.text.contains("\n\(title) (") && !report.text.contains("\u{1B}"))
  }

  @Test func aCellHasTheColourOfItsMostSeriousFailure() {
    let report = Self.report(
      [1: .refused("no"), 2: .wrong(12, "off"), 3: .wrong(1, "off")],
      tiers: [1: .convention, 2: .endOfTime, 3: .otherCode])
    #expect(report.page.contains("<td class=\"end_of_time\" data-path"))
  }

  @Test func nothingIsGreenWhereNothingWasJudged() {
    let outcomes = Dictionary(uniqueKeysWithValues: (0..<8).map { ($0, Outcome.unsupported) })
    let report = Self.report(outcomes)
    #expect(report.verdict.hasPrefix("nothing was judged"))
    #expect(!report.page.contains("class=\"verdict good\""))
    #expect(report.page.contains("unsupported: schedule"))
    #expect(report.junit.components(separatedBy: "<testcase").count == 2, "the hello alone")
  }

  @Test func noBudgetIsNamedThatHasNothingToDoWithRounding() {
    let report = Self.report([1: .wrong(7e306, "off")])
    #expect(report.budgetSentence.hasPrefix("No budget would admit"))
    for text in [report.text, report.page, report.budgetSentence] {
      #expect(!text.contains("e306"))
    }
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
    #expect(
      report.junit.contains(
        outcome.kind == .wrong || outcome.kind == .refused ? "<failure" : "<error"))
    #expect(report.text.contains("hunts: a mistake"))
  }

  @Test func whatWasNotAskedDoesNotConform() {
    #expect(!Self.report([2: .notAsked]).conforms)
    #expect(!Self.report([:], trouble: "gone").conforms)
  }

  @Test func theSmallestSufficientBudgetCountsOnlyAccuracy() {
    let report = Self.report([1: .wrong(12, "off"), 2: .crashed("bang")])
    #expect(report.budgetSentence.contains("a budget of 12 (schedule, schedule/fake/t-1)"))
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
    let report = Self.report([0: .refused("no")])
    let line = try #require(report.entries.first { $0.isUnexpectedFailure }).reproduction
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
    // What is not offered is counted, not listed.
    #expect(counter.counts["testcase"] == Fake.cases.count)
    #expect(counter.counts["failure"] == 1 && counter.counts["error"] == 1)
    #expect(counter.counts["skipped"] == nil)
    #expect(report.junit.contains("failures=\"1\" errors=\"1\" skipped=\"0\""))
    #expect(report.junit.contains("<property name=\"unsupported\" value=\"1\"/>"))
  }

  @Test func everyCellOfThePageLeadsToItsCases() {
    let page = Self.report([1: .wrong(12, "<off>")]).page
    let links = page.matches(of: /href="#((?:cell|tier)-[0-9a-z_-]+)"/).map { String($0.output.1) }
    // One tier, two cells.
    #expect(links.count == 3)
    for link in links { #expect(page.contains("id=\"\(link)\" aria-labelledby")) }
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
