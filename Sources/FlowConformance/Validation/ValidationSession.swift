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
  private var lastID = 0
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
        var writer = JSONWriter()
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

  // MARK: Beginning and end

  /// Asks who is there; nil if the conversation can go on.
  private mutating func greet(_ pipes: inout PipeConversation) -> End? {
    let answer: JSONValue
    switch exchange([UInt8](#"{"op":"hello"}"#.utf8), &pipes, settings.startTimeout) {
    case .success(let value): answer = value
    case .failure(let trouble): return .hopeless("hello: \(trouble.message)")
    }
    do throws(Greeting.Refusal) {
      let greeting = try Greeting(answer)
      if state.greeting == nil {
        state.greeting = greeting
        state.precision = settings.precision ?? greeting.precision ?? .float64
        state.checks.append(.init(id: "protocol/hello", outcome: .passed(0)))
      }
      return nil
    } catch {
      return .hopeless(error.message)
    }
  }

  /// Sends numbers there and back, in the first process only.
  private mutating func echo(_ pipes: inout PipeConversation) -> End? {
    guard !state.hasEchoed else { return nil }
    state.hasEchoed = true
    var outcome = Outcome.passed(0)
    if state.greeting?.offers("echo") == false { outcome = .unsupported }
    let test = EchoTest(precision: state.precision)
    for value in test.values where outcome == .passed(0) {
      let request = [UInt8](#"{"op":"echo","value":\#(value.lineText)}"#.utf8)
      switch exchange(request, &pipes, settings.timeout) {
      case .success(let received):
        if let complaint = test.complaint(sent: value, received: received) {
          outcome = .wrong(.infinity, complaint)
        }
      case .failure(let trouble):
        outcome = trouble.code == "unsupported" ? .unsupported : .refused(trouble.message)
      }
    }
    state.checks.append(.init(id: "protocol/echo", outcome: outcome))
    return outcome.isFailure ? .hopeless(outcome.detail) : nil
  }

  private struct Trouble: Error {
    var code: String?
    let message: String
  }

  /// One request and the value of its answer.
  private mutating func exchange(
    _ request: [UInt8], _ pipes: inout PipeConversation, _ timeout: Duration
  ) -> Result<JSONValue, Trouble> {
    lastID += 1
    pipes.send(Self.line(request, id: lastID))
    switch pipes.next(until: .now + timeout) {
    case .ended:
      let rest = Self.text(pipes.unfinishedLine)
      return .failure(
        Trouble(
          message: "the process ended without an answer"
            + (rest.isEmpty ? "" : "; without a line feed came: \(rest)")))
    case .lineTooLong: return .failure(Trouble(message: "an endless line came back"))
    case .silence:
      let hint = Self.hint(&pipes, patience: .seconds(5))
      return .failure(Trouble(message: "no answer within \(timeout)\(hint)"))
    case .line(let line):
      let document: JSONDocument
      do throws(JSONError) {
        document = try JSONDocument(parsing: line)
      } catch {
        return .failure(Trouble(message: FixtureCase.explanation(of: error, line)))
      }
      guard case .object(let object) = document.value,
        document.text(ofMember: "id").map(Self.text) == String(lastID)
      else {
        return .failure(
          Trouble(
            message: "the id \(lastID) of the request did not come back: \(Self.text(line))"))
      }
      if object["ok"] == .bool(true), let value = object["value"] { return .success(value) }
      if case .object(let error)? = object["error"], case .string(let code)? = error["code"] {
        return .failure(Trouble(code: code, message: "answered \(code)"))
      }
      return .failure(Trouble(message: "the answer has no value: \(Self.text(line))"))
    }
  }

  /// Ends the input and sees whether the process notices.
  private mutating func finish(_ pipes: inout PipeConversation) -> End {
    pipes.finishInput()
    switch pipes.next(until: .now + settings.timeout) {
    case .ended: return .complete
    case .line(let line):
      note(.protocolError("a line that nobody asked for came at the end: \(Self.text(line))"))
    case .lineTooLong: note(.protocolError("an endless line came at the end"))
    case .silence:
      note(.timedOut("the process did not end within \(settings.timeout) of its input"))
    }
    return .complete
  }

  private mutating func note(_ outcome: Outcome) {
    state.checks.append(.init(id: Validator.endOfInput, outcome: outcome))
  }

  // MARK: Text

  /// Why nothing came, if that can be found out.
  private static func hint(
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

  private static func line(_ request: [UInt8], id: Int) -> [UInt8] {
    Array("{\"id\":\(id),".utf8) + request.dropFirst()
  }

  private static func text(_ bytes: some Collection<UInt8>) -> String {
    let text = String(decoding: bytes.prefix(120), as: UTF8.self)
    return bytes.count > 120 ? text + "..." : text
  }
}
