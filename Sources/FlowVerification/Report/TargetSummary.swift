import FlowFiles

/// What the checks of one target come to, in a line.
public struct TargetSummary: Sendable {
  /// The target's name.
  public let target: String
  /// How many different checks on how many paths.
  public let checks: Int
  public let paths: Int
  /// The result nearest to its allowance, or farthest beyond, of each kind of error.
  public let worst: [CheckResult]
  /// How many checks failed.
  public let failures: Int

  /// Of results that all have this target.
  public init(_ target: String, _ results: [CheckResult]) {
    self.target = target
    let looked = results.filter { !$0.skipped }
    checks = Set(looked.map(\.check)).count
    paths = Set(results.map(\.path)).count
    failures = results.count { !$0.passed }
    var units: [CheckResult.Unit] = []
    for result in looked where !units.contains(result.unit) { units.append(result.unit) }
    worst = units.map { unit in
      let group = looked.filter { $0.unit == unit }
      return group.dropFirst().reduce(group[0], CheckResult.worse)
    }
  }

  /// The summaries of a run, in its order.
  public static func all(_ results: [CheckResult]) -> [TargetSummary] {
    var names: [String] = []
    for result in results where !names.contains(result.target) { names.append(result.target) }
    return names.map { name in TargetSummary(name, results.filter { $0.target == name }) }
  }

  /// `pass`, `FAIL` or what else there is to say.
  public var verdict: String { failures == 0 ? "pass" : "FAIL \(failures)" }

  /// `16 checks on 11 paths`.
  public var extent: String { "\(checks) checks on \(paths) path\(paths == 1 ? "" : "s")" }

  /// The worst error of a kind beside what is allowed.
  public static func text(_ result: CheckResult) -> String {
    let found = result.failure == nil ? DecimalText.short(result.worst) : "refused"
    return
      "\(found) of \(DecimalText.short(result.allowance)) \(result.unit.rawValue) (\(result.check))"
  }

  /// One line.
  public var line: String {
    "\(target): \(extent), worst " + worst.map(Self.text).joined(separator: ", ") + ": \(verdict)"
  }
}
