/// Asks another implementation every case of a library and judges its answers.
///
/// Requests are sent ahead of their answers, `window` at a time. When the process fails, the requests
/// that were under way are asked again one at a time in a new process, so that the failure is put
/// down to the right one.
public struct Validator: Sendable {
  /// How to ask.
  public struct Settings: Sendable {
    /// The precision to judge by; nil for the one that the implementation declares.
    public var precision: Precision?
    /// The longest time for one answer.
    public var timeout: Duration = .seconds(10)
    /// The longest time for the first answer and for the first case of every process, in which libraries are
    /// loaded.
    public var startTimeout: Duration = .seconds(60)
    /// How many requests may be under way; an integration is under way alone, since its questions are answered.
    public var window = 64
    /// After how many restarts to give up.
    public var maximumRestarts = 100

    public init() {}
  }

  static let endOfInput = "protocol/end-of-input"
  /// How often in a row `hello` may go unanswered after a restart.
  private static let mostSlowStarts = 3

  /// The program and its arguments.
  public let command: [String]
  /// Time limits, precision and which cases.
  public let settings: Settings

  /// - Parameter command: the program and its arguments.
  public init(command: [String], settings: Settings = Settings()) {
    self.command = command
    self.settings = settings
  }

  /// Asks every case; `progress` is told how many more cases are settled.
  ///
  /// An implementation that cannot be talked to is described by `Validation.trouble`.
  public func run(
    _ library: FixtureLibrary, progress: @escaping @Sendable (Int) -> Void = { _ in }
  ) async -> Validation {
    var state = ValidationState(entries: library.entries, precision: settings.precision)
    var result = Validation(judgements: [])
    result.trouble = await converse(&state, &result.restarts, progress)
    result.greeting = state.greeting
    result.terms = state.terms
    result.checks = state.checks
    result.entries = state.entries
    result.judgements = state.judgements.map { $0 ?? Judgement(.notAsked) }
    return result
  }

  /// Starts processes until everything is answered or there is no hope; why it was given up.
  private func converse(
    _ state: inout ValidationState, _ restarts: inout Int,
    _ progress: @escaping @Sendable (Int) -> Void
  ) async -> String? {
    let process = OutsideProcess(command: command)
    var slowStarts = 0
    while true {
      let session = ValidationSession(state, settings: settings, progress: progress)
      typealias Talk = (session: ValidationSession, end: ValidationSession.End, errorText: [UInt8])
      let talk: (result: Talk, ending: OutsideProcess.Ending)
      do throws(OutsideProcess.StartFailure) {
        talk = try await process.run { pipes in
          var session = session
          let end = session.run(&pipes)
          pipes.collectErrorText()
          return ((session, end, pipes.errorText), end.grace)
        }
      } catch {
        return error.description
      }
      state = talk.result.session.state
      let said = Self.lastWords(talk.result.errorText)
      switch talk.result.end {
      case .complete:
        noteEnd(talk.ending, &state)
        return nil
      case .hopeless(let reason): return "\(reason) (\(talk.ending.description)\(said))"
      case .slowStart(let reason):
        restarts += 1
        slowStarts += 1
        // Once can be a busy machine; a program that is asked for the first time gets no second chance.
        if state.greeting == nil || slowStarts > Self.mostSlowStarts {
          return "\(reason) (\(talk.ending.description)\(said))"
        }
      case .broken(let items, let failure):
        slowStarts = 0
        state.blame(items, outcome(of: failure, talk.ending, said))
        restarts += 1
        if restarts > settings.maximumRestarts {
          return "given up after \(settings.maximumRestarts) restarts"
        }
      }
    }
  }

  private func outcome(
    of failure: ValidationSession.Failure, _ ending: OutsideProcess.Ending, _ said: String
  ) -> Outcome {
    switch failure {
    case .ended(let unfinished):
      let rest = unfinished.isEmpty ? "" : "; without a line feed came: \(unfinished)"
      return .crashed("the process ended: \(ending.description)\(rest)\(said)")
    case .silent(let hint, let waited):
      return .timedOut("no answer within \(waited)\(hint)\(said)")
    case .disorder(let text): return .protocolError(text)
    case .endless(let text): return .timedOut(text)
    }
  }

  /// Whether the process ended as it should: by itself, with exit code 0.
  private func noteEnd(_ ending: OutsideProcess.Ending, _ state: inout ValidationState) {
    guard !state.checks.contains(where: { $0.id == Self.endOfInput }) else { return }
    let outcome: Outcome =
      ending == .exited(0)
      ? .passed(0)
      : .crashed("after the end of its input the process ended with \(ending.description)")
    state.checks.append(.init(id: Self.endOfInput, outcome: outcome))
  }

  /// The last lines of the standard error.
  private static func lastWords(_ bytes: [UInt8]) -> String {
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    return lines.isEmpty ? "" : "; standard error ends: " + lines.suffix(3).joined(separator: " | ")
  }
}
