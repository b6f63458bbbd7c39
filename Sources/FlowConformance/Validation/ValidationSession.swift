import FlowFiles

/// The conversation with one process: greeting, echo, cases, end of input.
struct ValidationSession: Sendable {
  /// How a conversation comes to its end.
  enum End: Sendable {
    /// Everything is answered, and the output has ended too.
    case complete
    /// Going on makes no sense.
    case hopeless(String)
    /// The process failed with requests under way.
    case broken([ValidationState.Item], Failure)

    /// How long the process may take to end by itself: none where it does not answer any more.
    var grace: Duration {
      switch self {
      case .complete, .hopeless, .broken(_, .ended): .seconds(2)
      case .broken: .zero
      }
    }
  }

  /// How a process fails.
  enum Failure: Equatable, Sendable {
    /// Its output has ended; the text is what came without a line feed.
    case ended(unfinished: String)
    case silent(hint: String)
    case disorder(String)
  }

  let settings: Validator.Settings
  let progress: @Sendable (Int) -> Void
  var state: ValidationState

  private var underWay: [(id: Int, item: ValidationState.Item)] = []
  private var accepted: Set<FixtureLibrary.Definition> = []
  var lastID = 0
  private var lastProgress = ContinuousClock.now

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
      switch pipes.next(until: lastProgress + settings.timeout) {
      case .line(let line):
        if let disorder = take(line, first) { return broken(.disorder(disorder)) }
      case .lineTooLong:
        return broken(
          .disorder("a line of more than \(JSONDocument.maximumLength) bytes came back"))
      case .ended: return broken(.ended(unfinished: Self.text(pipes.unfinishedLine)))
      case .silence: return broken(.silent(hint: Self.hint(&pipes)))
      }
    }
  }

  private func broken(_ failure: Failure) -> End { .broken(underWay.map(\.item), failure) }

  // MARK: Cases

  /// Sends requests until the window is full.
  private mutating func fill(_ pipes: inout PipeConversation) {
    while underWay.count < window {
      state.skipToNextAsked()
      guard state.next < state.entries.count else { return }
      let entry = state.entries[state.next]
      if underWay.isEmpty { lastProgress = .now }
      if let definition = entry.definition, accepted.insert(definition).inserted {
        pipes.send(Self.line(definition.request, id: newID(.definition(definition))))
      } else {
        var writer = JSONWriter(wholeNumbersAsIntegers: true)
        writer.write(.object(entry.fixture.request))
        pipes.send(Self.line(writer.bytes, id: newID(.entry(state.next))))
        state.next += 1
      }
    }
  }

  /// How many requests may be under way.
  private var window: Int {
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
      settle(item, entry.fixture.judge(answer, state.precision.rule))
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
    underWay.removeFirst()
    switch item {
    case .entry(let index):
      state.outcomes[index] = outcome
      progress(1)
      let isLast = state.next >= state.carefulUntil && underWay.isEmpty
      if isLast { state.settleSuspicion() }
    case .definition(let definition):
      if case .passed = outcome { return }
      state.refusedDefinitions[definition] = outcome
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
