import FlowFiles

/// The beginning and the end of a conversation: the greeting, the echo test, the end of input.
extension ValidationSession {
  /// Asks who is there; nil if the conversation can go on.
  mutating func greet(_ pipes: inout PipeConversation) -> End? {
    let answer: JSONValue
    switch exchange([UInt8](#"{"op":"hello"}"#.utf8), &pipes, settings.startTimeout) {
    case .success(let value): answer = value
    case .failure(let trouble):
      let reason = "hello: \(trouble.message)"
      return trouble.isSilence ? .slowStart(reason) : .hopeless(reason)
    }
    do throws(Greeting.Refusal) {
      let greeting = try Greeting(answer)
      if state.greeting == nil {
        state.greeting = greeting
        state.terms = Terms(
          precision: settings.precision ?? greeting.precision ?? .float64,
          solvers: greeting.solvers, namesOnlyT: greeting.namesOnlyT,
          integrators: greeting.integrators)
        state.askEveryIntegrator()
        state.checks.append(.init(id: "protocol/hello", outcome: .passed(0)))
      }
      return nil
    } catch {
      return .hopeless(error.message)
    }
  }

  /// Sends numbers there and back, in the first process only.
  mutating func echo(_ pipes: inout PipeConversation) -> End? {
    guard !state.hasEchoed else { return nil }
    state.hasEchoed = true
    var outcome = Outcome.passed(0)
    if state.greeting?.offers("echo") == false { outcome = .unsupported }
    let test = EchoTest(precision: state.terms.precision)
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
    var isSilence = false
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
      // Once per process: being told the wrong reason would cost more.
      let hint = Self.hint(&pipes, patience: .seconds(10))
      return .failure(
        Trouble(isSilence: true, message: "no answer within \(timeout)\(hint)"))
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
  mutating func finish(_ pipes: inout PipeConversation) -> End {
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
}
