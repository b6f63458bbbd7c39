/// What is known while a validation goes on. It outlives the processes that are asked.
struct ValidationState: Sendable {
  private(set) var entries: [FixtureLibrary.Entry]
  var judgements: [Judgement?]
  var greeting: Greeting?
  var terms: Terms
  var hasEchoed = false
  /// Whether the first case of a process has gone unanswered for as long as a start may take.
  var hasWaitedForStart = false
  var checks: [Validation.Check] = []
  /// Definitions that the implementation does not take, and what became of them.
  var refusedDefinitions: [FixtureLibrary.Definition: Outcome] = [:]

  /// The next entry to look at.
  var next = 0
  /// Entries before this one are asked one at a time.
  var carefulUntil = 0
  /// The entry that looked guilty while several were under way, until that is known better.
  var suspect: (index: Int, outcome: Outcome)?

  init(entries: [FixtureLibrary.Entry], precision: Precision?) {
    self.entries = entries
    terms = Terms(precision: precision ?? .float64)
    judgements = Array(repeating: nil, count: entries.count)
  }

  /// Cases for integrators of any name become one for each that there is; before anything is asked.
  mutating func askEveryIntegrator() {
    entries = entries.flatMap { $0.asked(of: terms.integrators) }
    judgements = Array(repeating: nil, count: entries.count)
  }

  /// One request under way.
  enum Item: Equatable, Sendable {
    case definition(FixtureLibrary.Definition)
    case entry(Int)
  }

  /// Settles the outcome of entries that are not asked, up to the next one that is.
  mutating func skipToNextAsked() {
    while next < entries.count {
      if judgements[next] == nil {
        judgements[next] = outcomeWithoutAsking(entries[next]).map { Judgement($0) }
      }
      if judgements[next] == nil { return }
      next += 1
    }
  }

  private func outcomeWithoutAsking(_ entry: FixtureLibrary.Entry) -> Outcome? {
    if let greeting, !greeting.offers(entry.fixture.operation),
      entry.fixture.certifiedError != "unknown_op"
    {
      return .unsupported
    }
    if let reason = terms.reasonToSkip(entry.fixture) { return reason }
    guard let greeting else { return nil }
    guard let definition = entry.definition else { return nil }
    if !greeting.offers("define") { return .unsupported }
    return refusedDefinitions[definition]
  }

  /// Takes in that a process failed with these requests under way, the first of them unanswered.
  ///
  /// With several under way the first is only suspect, since answers may have been on their way: all
  /// of them are asked again, one at a time.
  mutating func blame(_ items: [Item], _ outcome: Outcome) {
    let indices = items.compactMap { if case .entry(let index) = $0 { index } else { nil } }
    if items.count > 1, let first = indices.first, let last = indices.last {
      next = first
      carefulUntil = last + 1
      suspect = (first, outcome)
      return
    }
    suspect = nil
    switch items.first {
    case .entry(let index)?: judgements[index] = Judgement(outcome)
    case .definition(let definition)?: refusedDefinitions[definition] = outcome
    case nil: break
    }
  }

  /// Once everything was asked again one at a time without any trouble, the suspect is guilty.
  mutating func settleSuspicion() {
    guard let (index, outcome) = suspect else { return }
    suspect = nil
    judgements[index] = Judgement(
      outcome.appending(", with several requests waiting; not when asked alone"))
  }
}

extension FixtureCase {
  /// The code of the certified error, if one is.
  var certifiedError: String? {
    if case .error(let code) = expected { code } else { nil }
  }
}

extension Outcome {
  fileprivate func appending(_ text: String) -> Outcome {
    switch self {
    case .crashed(let detail): .crashed(detail + text)
    case .timedOut(let detail): .timedOut(detail + text)
    case .protocolError(let detail): .protocolError(detail + text)
    default: self
    }
  }
}
