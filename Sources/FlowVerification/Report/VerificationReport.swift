import FlowFiles
import FlowMatching

/// The results of a run as a table, Markdown and JSON.
public struct VerificationReport: Sendable {
  /// One result per check, path and target.
  public let results: [CheckResult]
  /// Which random points.
  public let seed: UInt64
  /// The probability that a correct engine fails a statistical check.
  public let falseAlarmRate: Double
  /// Every check and the equation it holds.
  let statements: [(String, String)]

  /// A report of the results of a run, and of further checks with what they claim.
  public init(
    _ verification: Verification, results: [CheckResult],
    further: [(name: String, statement: String)] = []
  ) {
    self.results = results
    statements = Self.statements + further.map { ($0.name, $0.statement) }
    seed = verification.seed
    falseAlarmRate = verification.falseAlarmRate
  }

  /// Whether every check passed.
  public var passed: Bool { results.allSatisfy(\.passed) }

  /// One line per target and check: the worst over all paths.
  public struct Line: Sendable {
    /// The path that came closest to its allowance, or went beyond it.
    public let worst: CheckResult
    /// How many paths were checked.
    public let paths: Int
    /// On how many of them the check failed.
    public let failures: Int
    /// How many errors were looked at.
    public let count: Int
  }

  /// The lines of the table.
  public var lines: [Line] {
    var order: [[String]] = []
    var groups: [[String]: [CheckResult]] = [:]
    for result in results {
      let key = [result.target, result.check]
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(result)
    }
    return order.map { key in
      let group = groups[key]!
      return Line(
        worst: group.dropFirst().reduce(group[0], CheckResult.worse), paths: group.count,
        failures: group.filter { !$0.passed }.count, count: group.reduce(0) { $0 + $1.count })
    }
  }

  static let header = [
    "target", "check", "worst", "allowed", "unit", "at path", "t", "errors", "verdict",
  ]

  /// The table's cells.
  public var cells: [[String]] {
    lines.map { line in
      let worst = line.worst
      return [
        worst.target, worst.check,
        worst.failure == nil ? DecimalText.short(worst.worst) : "refused",
        DecimalText.short(worst.allowance),
        worst.unit.rawValue, worst.path,
        worst.time.map(Self.text) ?? "-", "\(line.count)",
        line.failures > 0
          ? "FAIL \(line.failures)/\(line.paths) paths" : line.count == 0 ? "skip" : "pass",
      ]
    }
  }

  /// What does not pass, and why.
  public var complaints: [String] {
    results.filter { !$0.passed }.map { result in
      let place = "\(result.target), \(result.path), \(result.check)"
      if let failure = result.failure { return "\(place): refused: \(failure)" }
      let moment = result.time.map(Self.text) ?? "-"
      let detail = result.detail.map { " in \($0)" } ?? ""
      return "\(place): \(DecimalText.short(result.worst)) \(result.unit.rawValue)\(detail) at t = "
        + "\(moment), allowed \(DecimalText.short(result.allowance))"
    }
  }

  /// One sentence.
  public var summary: String {
    let bad = results.filter { !$0.passed }.count
    let skipped = results.filter(\.skipped).count
    let errors = results.reduce(0) { $0 + $1.count }
    let verdict =
      (bad == 0 ? "all passed" : "\(bad) FAILED") + (skipped == 0 ? "" : ", \(skipped) skipped")
    return "\(results.count) checks, \(errors) errors looked at, seed \(seed), "
      + "false-alarm rate \(falseAlarmRate) over all statistics: \(verdict)"
  }
}
