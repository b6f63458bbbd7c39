import FlowFiles
import FlowMatching

/// A validation, ready to be shown: every case with what it asked, what came of it and how to see
/// it again.
public struct ValidationReport: Sendable {
  /// One line of the report.
  struct Entry: Sendable {
    let id: String
    let operation: String
    /// The path's kind, or `-`.
    let path: String
    let judgement: Judgement
    /// Whether the failure is on the list of expected ones.
    let isExpected: Bool
    /// The mistakes that may explain a failure.
    let mistakes: [String]
    /// A shell line that shows the failure again; empty where there is none.
    let reproduction: String

    var outcome: Outcome { judgement.outcome }
    /// The tier of a failure that is not expected.
    var tier: Tier? { isExpected ? nil : judgement.tier }
    var isUnexpectedFailure: Bool { tier != nil }
    var passed: Bool { outcome.kind == .passed }
    /// Whether there was an answer to judge, or should have been.
    var isJudged: Bool { passed || outcome.isFailure }
  }

  /// What the report is about.
  public let validation: Validation
  let entries: [Entry]
  /// What is wrong with the list of expected failures.
  let listComplaints: [String]
  let command: [String]
  /// Whether failures of every tier count.
  let isStrict: Bool

  /// - Parameters:
  ///   - library: the cases that were asked, in the order of the outcomes.
  ///   - knownIDs: the ids of all the cases there are, to find patterns that match nothing.
  ///   - isStrict: whether failures of every tier count, not only those that always do.
  public init(
    _ validation: Validation, of library: FixtureLibrary, command: [String],
    expected: ExpectedFailures? = nil, knownIDs: [String] = [], isStrict: Bool = false
  ) {
    self.validation = validation
    self.command = command
    self.isStrict = isStrict
    let checks = validation.checks.map { check in
      Entry(
        id: check.id, operation: Self.protocolName, path: "-",
        judgement: Judgement(check.outcome, tier: .noAnswer),
        isExpected: check.outcome.isFailure && expected?.contains(check.id) == true, mistakes: [],
        reproduction: "")
    }
    let asked = validation.entries.isEmpty ? library.entries : validation.entries
    let cases = zip(asked, validation.judgements).map { entry, judgement in
      let fails = judgement.outcome.isFailure
      return Entry(
        id: entry.fixture.id, operation: entry.fixture.operation, path: entry.fixture.pathKind,
        judgement: judgement,
        isExpected: fails && expected?.contains(entry.fixture.id) == true,
        mistakes: fails ? entry.mistakes(of: judgement.member) : [],
        reproduction: fails
          ? Reproduction.line(entry, command: command, terms: validation.terms) : "")
    }
    entries = checks + cases
    listComplaints = Self.complaints(expected, entries, knownIDs)
  }

  /// The name under which the checks of the conversation stand.
  static let protocolName = "protocol"

  private static func complaints(
    _ expected: ExpectedFailures?, _ entries: [Entry], _ knownIDs: [String]
  ) -> [String] {
    guard let expected else { return [] }
    let idle = expected.idle(among: knownIDs + entries.map(\.id))
    let passing = entries.filter { entry in
      if case .passed = entry.outcome { expected.contains(entry.id) } else { false }
    }
    return idle.map { "the expected-failures pattern \($0) matches no case" }
      + passing.map { "\($0.id) is listed as an expected failure and passes" }
  }

  /// Whether the implementation conforms: no failure that counts and is not expected, nothing left unasked, and
  /// an honest list of expected failures.
  public var conforms: Bool {
    validation.trouble == nil && listComplaints.isEmpty && !hasFailures
      && !entries.contains { $0.outcome == .notAsked }
  }

  /// Whether failures of a tier fail the validation.
  func fails(_ tier: Tier) -> Bool { isStrict || tier.alwaysFails }

  func fails(_ entry: Entry) -> Bool { entry.tier.map(fails) ?? false }

  /// The failures that are not on the list, by tier, the most serious first.
  var failuresByTier: [(tier: Tier, entries: [Entry])] {
    Tier.allCases.compactMap { tier in
      let found = entries.filter { $0.tier == tier }
      return found.isEmpty ? nil : (tier, found)
    }
  }

  /// Whether something failed that counts and is not on the list.
  public var hasFailures: Bool { entries.contains(where: fails) }

  /// How many cases were judged, the checks of the conversation aside.
  var judged: Int { entries.count { $0.isJudged && $0.operation != Self.protocolName } }

  func count(_ kind: Outcome.Kind) -> Int { entries.count { $0.outcome.kind == kind } }

  /// The kinds of outcomes that are no verdict.
  static let withoutVerdict: [Outcome.Kind] = [
    .unsupported, .notApplicable, .unnamedTime, .notAsked,
  ]

  /// `3 passed`, `2 end of time`, `7 unsupported`, ... of some entries; what there is none of is left out.
  static func counts(of entries: [Entry]) -> [String] {
    var tiers: [Tier: Int] = [:]
    var kinds: [Outcome.Kind: Int] = [:]
    var expected = 0
    for entry in entries {
      kinds[entry.outcome.kind, default: 0] += 1
      if let tier = entry.tier { tiers[tier, default: 0] += 1 }
      if entry.isExpected { expected += 1 }
    }
    var result = ["\(kinds[.passed] ?? 0) passed"]
    result += Tier.allCases.compactMap { tier in tiers[tier].map { "\($0) \(tier.title)" } }
    if expected > 0 { result.append("\(expected) failed as expected") }
    return result
      + withoutVerdict.compactMap { kind in kinds[kind].map { "\($0) \(kind.rawValue)" } }
  }

  /// What was noted of members that are not judged: a sentence for what is not offered, one for each member that is
  /// other than the fixture's.
  var information: [String] {
    var absent: [String] = []
    var others: [(name: String, count: Int, example: String)] = []
    for entry in entries {
      for note in entry.judgement.notes {
        let name = "\(entry.operation).\(note.member)"
        if !note.isOffered {
          if !absent.contains(name) { absent.append(name) }
        } else if let index = others.firstIndex(where: { $0.name == name }) {
          others[index].count += 1
        } else {
          others.append((name, 1, "\(entry.id): \(note.detail)"))
        }
      }
    }
    var result = others.map {
      "Information, no failure: \($0.name) in \($0.count) answers, such as \($0.example)."
    }
    if !absent.isEmpty {
      result.append(
        "Not offered in some answers, and no failure: \(absent.joined(separator: ", ")).")
    }
    return result
  }

  /// The entries of one operation, and what their accuracy was.
  struct Line: Sendable {
    let operation: String
    let entries: [Entry]
    let passed: Int
    let judged: Int
    let expected: Int
    /// The most serious tier of a failure that is not expected.
    let tier: Tier?
    /// The largest finite error over allowance.
    var worst: Double?
    var worstID = ""

    init(operation: String, entries: [Entry]) {
      self.operation = operation
      self.entries = entries
      passed = entries.count(where: \.passed)
      judged = entries.count(where: \.isJudged)
      expected = entries.count(where: \.isExpected)
      tier = entries.compactMap(\.tier).min()
      guard operation != ValidationReport.protocolName else { return }
      for entry in entries {
        if let ratio = entry.outcome.ratio, ratio.isFinite, ratio > worst ?? -1 {
          worst = ratio
          worstID = entry.id
        }
      }
    }

    var budget: Double { PassRule.budget(of: operation) }

    func count(_ tier: Tier) -> Int { entries.count { $0.tier == tier } }

    /// Passed of judged, rounded down: 100% is all of them.
    var rate: String { judged == 0 ? "" : "\(passed * 100 / judged)%" }

    /// Failures that no budget would admit.
    var beyondAccuracy: Int {
      entries.count { $0.isUnexpectedFailure && !($0.outcome.ratio ?? .infinity).isFinite }
    }
  }

  /// One line for each operation, in the order of the files.
  var lines: [Line] {
    Self.grouped(entries, by: \.operation).map { Line(operation: $0[0].operation, entries: $0) }
  }

  /// The groups in the order in which they first occur.
  static func grouped(_ entries: [Entry], by key: (Entry) -> String) -> [[Entry]] {
    var places: [String: Int] = [:]
    var groups: [[Entry]] = []
    for entry in entries {
      let place = places[key(entry), default: groups.count]
      if place == groups.count {
        places[key(entry)] = place
        groups.append([])
      }
      groups[place].append(entry)
    }
    return groups
  }

  /// The implementation's name, version and precision.
  var title: String {
    guard let greeting = validation.greeting else { return command.joined(separator: " ") }
    return [greeting.name, greeting.version].filter { !$0.isEmpty }.joined(separator: " ")
      + ", \(validation.terms.precision.rawValue)"
  }

  /// The error over allowance from which on a failure has nothing to do with rounding.
  private static let largestBudget = 1e4

  /// The smallest budget at which everything that was answered would pass.
  var budgetSentence: String {
    let judged = lines.filter { $0.worst != nil }
    guard let hardest = judged.max(by: { $0.worst! < $1.worst! }) else { return "" }
    let place = "(\(hardest.operation), \(hardest.worstID))"
    guard hardest.worst! <= Self.largestBudget else {
      return "No budget would admit all values: the largest error is more than "
        + "\(PassRule.text(Self.largestBudget)) times what is allowed \(place)."
    }
    let beyond = judged.reduce(0) { $0 + $1.beyondAccuracy }
    let need = PassRule.text(hardest.worst!)
    return beyond == 0
      ? "Everything would pass with a budget of \(need) \(place)."
      : "Of the values, all would pass with a budget of \(need) \(place); "
        + "\(beyond) failures are not a matter of accuracy."
  }
}

extension FixtureCase {
  /// The kind of the path of the request, or of the field that is supplied; for pairs their own kind; `-` where there is none.
  var pathKind: String {
    let described = field.map { .object($0.path) } ?? request["path"]
    if case .object(let path)? = described, case .string(let kind)? = path["kind"] {
      return PathKind(rawValue: kind) == nil ? "-" : kind
    }
    if operation == "pair_velocity", case .string(let kind)? = request["kind"] { return kind }
    return "-"
  }
}
