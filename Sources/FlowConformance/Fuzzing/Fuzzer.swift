import FlowFiles
import FlowMatching

/// Compares another implementation with the engine on random requests and makes what differs as
/// simple as it can be.
public struct Fuzzer: Sendable {
  /// A difference, and the simplest request that shows it.
  public struct Finding: Sendable {
    /// As it was drawn, and after shrinking.
    let drawn: FixtureLibrary.Entry
    let simplest: FixtureLibrary.Entry
    let outcome: Outcome
    /// How many cases of this operation went wrong in this way.
    let count: Int
  }

  /// What was found.
  public struct Result: Sendable {
    /// The outcomes of the random requests.
    public let validation: Validation
    /// The seed that draws the same requests again.
    public let seed: UInt64
    /// How many cases each operation had.
    let counts: [String: Int]
    /// One shrunk example per kind of difference.
    public let findings: [Finding]
  }

  private static let shownFindings = 12
  private static let mostRounds = 60
  private static let mostCandidates = 150
  private static let mostRestarts = 10

  private let command: [String]
  private var settings: Validator.Settings

  /// The number of restarts is bounded further here, so that a program that never answers is given up.
  public init(command: [String], settings: Validator.Settings = Validator.Settings()) {
    self.command = command
    self.settings = settings
    self.settings.maximumRestarts = min(settings.maximumRestarts, Self.mostRestarts)
  }

  /// Asks `count` random requests.
  /// - Parameter only: patterns of operations; none means all of them.
  public func run(
    seed: UInt64, cases count: Int, only: [Glob] = [],
    progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async -> Result {
    let greeting = await validate(FixtureLibrary(entries: []))
    let operations = FuzzRequests.operations.filter { operation in
      (only.isEmpty || only.contains { $0.matches(operation) })
        && greeting.greeting?.offers(operation) ?? true
    }
    guard greeting.trouble == nil, !operations.isEmpty else {
      return Result(validation: greeting, seed: seed, counts: [:], findings: [])
    }
    let precision = greeting.terms.precision
    let library = Self.library(operations, seed: seed, count: count, precision)
    let validation = await validate(library, progress)
    var findings: [Finding] = []
    for group in Self.groups(library.entries, validation.outcomes).prefix(Self.shownFindings) {
      let (first, outcome) = group[0]
      let (simplest, last) = await shrink(first, outcome, precision)
      findings.append(
        Finding(drawn: first, simplest: simplest, outcome: last, count: group.count))
    }
    let counts = Dictionary(grouping: library.entries, by: \.fixture.operation).mapValues(\.count)
    return Result(validation: validation, seed: seed, counts: counts, findings: findings)
  }

  private func validate(
    _ library: FixtureLibrary, _ progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async -> Validation {
    await Validator(command: command, settings: settings).run(library, progress: progress)
  }

  // MARK: Drawing

  /// The cases of a seed; those for which the engine has nothing to compare with are left out.
  static func library(
    _ operations: [String], seed: UInt64, count: Int, _ precision: Precision
  ) -> FixtureLibrary {
    let entries = parallelMap(count) { index in
      var requests = FuzzRequests(FuzzDraw(seed: seed, case: index, precision: precision))
      let request = requests.request(operations[index % operations.count])
      return entry(request, name: "seed-\(seed)/case-\(index)", precision)
    }
    return FixtureLibrary(entries: entries.compactMap { $0 })
  }

  /// A request with what the engine expects; nil where it has nothing to compare with.
  static func entry(
    _ request: JSONObject, name: String, _ precision: Precision
  ) -> FixtureLibrary.Entry? {
    var engine = EngineExpectation(precision: precision)
    guard case .string(let operation)? = request["op"],
      precision == .float64 || precision.contains(.object(request)),
      let expected = engine.expected(request)
    else { return nil }
    let topic = String(operation.map { $0 == "_" ? "-" : $0 })
    let fixture = FixtureCase(
      id: "\(topic)/fuzz/\(name)", operation: operation, request: request, expected: expected,
      flags: ["fuzz"], formats: [precision.rawValue])
    return FixtureLibrary.Entry(
      fixture: fixture, file: "\(operation)/fuzz", definition: nil, mistakes: [])
  }

  // MARK: Shrinking

  /// The failures by operation and kind; of each the simplest first.
  private static func groups(
    _ entries: [FixtureLibrary.Entry], _ outcomes: [Outcome]
  ) -> [[(FixtureLibrary.Entry, Outcome)]] {
    var order: [String] = []
    var groups: [String: [(FixtureLibrary.Entry, Outcome)]] = [:]
    for (entry, outcome) in zip(entries, outcomes) where outcome.isFailure {
      let key = "\(entry.fixture.operation) \(outcome.kind.rawValue)"
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append((entry, outcome))
    }
    return order.map { key in
      groups[key]!.sorted {
        Shrinking.complexity($0.0.fixture.request) < Shrinking.complexity($1.0.fixture.request)
      }
    }
  }

  /// Tries simpler requests as long as one of them fails in the same way.
  private func shrink(
    _ entry: FixtureLibrary.Entry, _ outcome: Outcome, _ precision: Precision
  ) async -> (FixtureLibrary.Entry, Outcome) {
    var best = (entry, outcome)
    // Every try of what is not answered waits as long as the first.
    if outcome.kind == .timedOut { return best }
    for _ in 0..<Self.mostRounds {
      let name = "\(String(entry.fixture.id.split(separator: "/", maxSplits: 2)[2]))/shrunk"
      let candidates = Shrinking.candidates(best.0.fixture.request).lazy
        .compactMap { Self.entry($0, name: name, precision) }
        .filter { $0.fixture.certifiedError == best.0.fixture.certifiedError }
        .prefix(Self.mostCandidates)
      let library = FixtureLibrary(entries: Array(candidates))
      if library.entries.isEmpty { break }
      let outcomes = await validate(library).outcomes
      guard let found = outcomes.indices.first(where: { outcomes[$0].kind == outcome.kind }) else {
        break
      }
      best = (library.entries[found], outcomes[found])
      if outcomes.contains(where: { $0.kind == .timedOut }) { break }
    }
    return best
  }
}
