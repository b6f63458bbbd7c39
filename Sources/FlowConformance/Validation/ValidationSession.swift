import FlowFiles

/// The conversation with one process: greeting, echo, cases, end of input.
struct ValidationSession: Sendable {
  /// How a conversation comes to its end.
  enum End: Sendable {
    /// Everything is answered, and the output has ended too.
    case complete
    /// Going on makes no sense.
    case hopeless(String)
    /// Nothing was said to hello in time.
    case slowStart(String)
    /// The process failed with requests under way.
    case broken([ValidationState.Item], Failure)

    /// How long the process may take to end by itself: none where it does not answer any more.
    var grace: Duration {
      switch self {
      case .complete, .hopeless, .broken(_, .ended): .seconds(2)
      case .broken, .slowStart: .zero
      }
    }
  }

  /// How a process fails.
  enum Failure: Equatable, Sendable {
    /// Its output has ended; the text is what came without a line feed.
    case ended(unfinished: String)
    case silent(hint: String, waited: Duration)
    case disorder(String)
    /// It asks and asks.
    case endless(String)
  }

  let settings: Validator.Settings
  let progress: @Sendable (Int) -> Void
  var state: ValidationState

  private var underWay: [(id: Int, item: ValidationState.Item)] = []
  private var accepted: Set<FixtureLibrary.Definition> = []
  var lastID = 0
  var lastProgress = ContinuousClock.now
  /// Whether this process has answered a case.
  private var isWarm = false
  /// The integration under way.
  var integration: (questions: Interrogation, deadline: ContinuousClock.Instant)?

  init(
    _ state: ValidationState, settings: Validator.Settings,
    progress: @escaping @Sendable (Int) -> Void
  ) {
    self.state = state
    self.settings = settings
    self.progress = progress
  }

  mutating func run(_ pipes: inout PipeConversation) -> End {
    if let end = greet(&pipes) { return end }
    if let end = echo(&pipes) { return end }
    while true {
      fill(&pipes)
      guard let first = underWay.first else { return finish(&pipes) }
      let patience = self.patience
      switch pipes.next(until: lastProgress + patience) {
      case .line(let line):
        isWarm = true
        switch reply(to: line, first, &pipes) {
        case .replied?: continue
        case .failed(let failure)?: return broken(failure)
        case nil: break
        }
        if let disorder = take(line, first) { return broken(.disorder(disorder)) }
      case .lineTooLong:
        return broken(
          .disorder("a line of more than \(JSONDocument.maximumLength) bytes came back"))
      case .ended: return broken(.ended(unfinished: Self.text(pipes.unfinishedLine)))
      case .silence:
        if !isWarm { state.hasWaitedForStart = true }
        return broken(.silent(hint: Self.hint(&pipes), waited: patience))
      }
    }
  }

  /// How long an answer may take. The first case of a process may have to load libraries; that has been waited for
  /// once where a case was not answered even so.
  private var patience: Duration {
    let isSuspect = if case .timedOut? = state.suspect?.outcome { true } else { false }
    if isWarm || isSuspect || state.hasWaitedForStart { return settings.timeout }
    return max(settings.timeout, settings.startTimeout)
  }

  private func broken(_ failure: Failure) -> End { .broken(underWay.map(\.item), failure) }

  // MARK: Cases

  /// Sends requests until the window is full.
  private mutating func fill(_ pipes: inout PipeConversation) {
    while underWay.count < window {
      state.skipToNextAsked()
      guard state.next < state.entries.count else { return }
      let entry = state.entries[state.next]
      if entry.fixture.field != nil, !underWay.isEmpty { return }
      if underWay.isEmpty { lastProgress = .now }
      if let definition = entry.definition, accepted.insert(definition).inserted {
        pipes.send(Self.line(definition.request, id: newID(.definition(definition))))
      } else {
        var writer = JSONWriter(wholeNumbersAsIntegers: true)
        // What is asked has a name, or it would have been skipped.
        let request = state.terms.inOwnNames(entry.fixture) ?? entry.fixture.request
        beginIntegration(entry.fixture)
        writer.write(.object(request))
        pipes.send(Self.line(writer.bytes, id: newID(.entry(state.next))))
        state.next += 1
      }
    }
  }

  /// How many requests may be under way.
  private var window: Int {
    if integration != nil { return 1 }
    if case .entry(let index)? = underWay.first?.item, index < state.carefulUntil { return 1 }
    return state.next < state.carefulUntil ? 1 : settings.window
  }

  private mutating func newID(_ item: ValidationState.Item) -> Int {
    lastID += 1
    underWay.append((lastID, item))
    return lastID
  }

  /// Takes in an answer; what is wrong with the conversation, if it cannot go on.
  private mutating func take(
    _ line: [UInt8], _ asked: (id: Int, item: ValidationState.Item)
  ) -> String? {
    lastProgress = .now
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(parsing: line)
    } catch {
      settle(asked.item, .protocolError(FixtureCase.explanation(of: error, line)))
      return nil
    }
    let id = document.text(ofMember: "id").map(Self.text)
    guard id == String(asked.id) else {
      guard case .object = document.value else {
        return "not an answer but \(document.value.kind) came back: \(Self.text(line))"
      }
      let found = id ?? "no id"
      if let id, underWay.contains(where: { String($0.id) == id }) {
        return "answers came out of order: to request \(found) before \(asked.id)"
      }
      return "the answer to request \(asked.id) came back with \(found) as its id; "
        + "is something else written to the standard output?"
    }
    settle(asked.item, answer: document.value)
    return nil
  }

  private mutating func settle(_ item: ValidationState.Item, answer: JSONValue) {
    switch item {
    case .entry(let index):
      let entry = state.entries[index]
      if let definition = entry.definition, let outcome = state.refusedDefinitions[definition] {
        return settle(item, outcome)
      }
      if let integration {
        return settle(item, integration.questions.judge(answer, state.terms))
      }
      settle(item, entry.fixture.judge(answer, state.terms))
    case .definition:
      guard case .object(let object) = answer, object["ok"] != .bool(true) else {
        return settle(item, .passed(0))
      }
      guard case .object(let error)? = object["error"], case .string(let code)? = error["code"]
      else { return settle(item, .protocolError("define: the error has no code")) }
      settle(item, code == "unsupported" ? .unsupported : .refused("define: answered \(code)"))
    }
  }

  private mutating func settle(_ item: ValidationState.Item, _ outcome: Outcome) {
    settle(item, Judgement(outcome))
  }

  private mutating func settle(_ item: ValidationState.Item, _ judgement: Judgement) {
    underWay.removeFirst()
    integration = nil
    switch item {
    case .entry(let index):
      state.judgements[index] = judgement
      progress(1)
      let isLast = state.next >= state.carefulUntil && underWay.isEmpty
      if isLast { state.settleSuspicion() }
    case .definition(let definition):
      if case .passed = judgement.outcome { return }
      state.refusedDefinitions[definition] = judgement.outcome
    }
  }

  // MARK: Text

  /// Why nothing came, if that can be found out.
  static func hint(
    _ pipes: inout PipeConversation, patience: Duration = .seconds(1)
  ) -> String {
    if !pipes.unfinishedLine.isEmpty {
      return "; bytes came but no line feed: is the output flushed after every line?"
    }
    if case .line = pipes.next(until: .now + patience) {
      return "; the answer came just after: the program is slow, not silent"
    }
    pipes.finishInput()
    if case .line = pipes.next(until: .now + patience) {
      return "; the answer came when the input ended: the output must be flushed after every line"
    }
    return ""
  }

  static func line(_ request: [UInt8], id: Int) -> [UInt8] {
    Array("{\"id\":\(id),".utf8) + request.dropFirst()
  }

  static func text(_ bytes: some Collection<UInt8>) -> String {
    let text = String(decoding: bytes.prefix(120), as: UTF8.self)
    return bytes.count > 120 ? text + "..." : text
  }
}
