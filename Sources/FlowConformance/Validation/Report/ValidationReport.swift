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
    let outcome: Outcome
    /// Whether the failure is on the list of expected ones.
    let isExpected: Bool
    let mistakes: [String]
    /// A shell line that shows the failure again; empty where there is none.
    let reproduction: String

    var isUnexpectedFailure: Bool { outcome.isFailure && !isExpected }
  }

  /// What the report is about.
  public let validation: Validation
  let entries: [Entry]
  /// What is wrong with the list of expected failures.
  let listComplaints: [String]
  let command: [String]

  /// - Parameters:
  ///   - library: the cases that were asked, in the order of the outcomes.
  ///   - knownIDs: the ids of all the cases there are, to find patterns that match nothing.
  public init(
    _ validation: Validation, of library: FixtureLibrary, command: [String],
    expected: ExpectedFailures? = nil, knownIDs: [String] = []
  ) {
    self.validation = validation
    self.command = command
    let checks = validation.checks.map { check in
      Entry(
        id: check.id, operation: "protocol", path: "-", outcome: check.outcome,
        isExpected: check.outcome.isFailure && expected?.contains(check.id) == true, mistakes: [],
        reproduction: "")
    }
    let cases = zip(library.entries, validation.outcomes).map { entry, outcome in
      let fails = outcome.isFailure
      return Entry(
        id: entry.fixture.id, operation: entry.fixture.operation, path: entry.fixture.pathKind,
        outcome: outcome, isExpected: fails && expected?.contains(entry.fixture.id) == true,
        mistakes: entry.mistakes,
        reproduction: fails ? Reproduction.line(entry, command: command) : "")
    }
    entries = checks + cases
    listComplaints = Self.complaints(expected, entries, knownIDs)
  }

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

  /// Whether the implementation conforms: no failure that is not expected, nothing left unasked, and
  /// an honest list of expected failures.
  public var conforms: Bool {
    validation.trouble == nil && listComplaints.isEmpty
      && !entries.contains { $0.isUnexpectedFailure || $0.outcome == .notAsked }
  }

  var failures: [Entry] { entries.filter(\.isUnexpectedFailure) }

  /// Whether something failed that is not on the list.
  public var hasFailures: Bool { entries.contains(where: \.isUnexpectedFailure) }

  func count(_ kind: Outcome.Kind) -> Int {
    entries.count { $0.outcome.kind == kind && !$0.isExpected }
  }

  /// The entries of one operation, and what their accuracy was.
  struct Line: Sendable {
    let operation: String
    let entries: [Entry]
    var counts: [Outcome.Kind: Int] = [:]
    var expected = 0
    /// The largest finite error over allowance.
    var worst: Double?
    var worstID = ""

    init(operation: String, entries: [Entry]) {
      self.operation = operation
      self.entries = entries
      for entry in entries {
        if entry.isExpected { expected += 1 } else { counts[entry.outcome.kind, default: 0] += 1 }
        if let ratio = entry.outcome.ratio, ratio.isFinite, ratio > worst ?? -1 {
          worst = ratio
          worstID = entry.id
        }
      }
    }

    var budget: Double { PassRule.budget(of: operation) }

    /// Failures that no budget would admit.
    var beyondAccuracy: Int {
      entries.count { entry in
        entry.isUnexpectedFailure && !(entry.outcome.ratio ?? .infinity).isFinite
      }
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
      + ", \(validation.precision.rawValue)"
  }

  /// The smallest budget at which everything that was answered would pass.
  var budgetSentence: String {
    let judged = lines.filter { $0.worst != nil && $0.operation != "protocol" }
    guard let hardest = judged.max(by: { $0.worst! < $1.worst! }) else { return "" }
    let beyond = judged.reduce(0) { $0 + $1.beyondAccuracy }
    let need = PassRule.text(hardest.worst!)
    let place = "\(hardest.operation), \(hardest.worstID)"
    return beyond == 0
      ? "Everything would pass with a budget of \(need) (\(place))."
      : "Of the values, all would pass with a budget of \(need) (\(place)); "
        + "\(beyond) failures are not a matter of accuracy."
  }
}

extension FixtureCase {
  /// The kind of the request's path; for pairs their own kind; `-` where there is none.
  var pathKind: String {
    if case .object(let path)? = request["path"], case .string(let kind)? = path["kind"] {
      return PathKind(rawValue: kind) == nil ? "-" : kind
    }
    if operation == "pair_velocity", case .string(let kind)? = request["kind"] { return kind }
    return "-"
  }
}
