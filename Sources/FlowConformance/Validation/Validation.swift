/// What a validation found: the outcome of every case, and how the conversation went.
public struct Validation: Sendable {
  /// A rule of the conversation itself, judged like a case.
  public struct Check: Sendable {
    /// `protocol/hello`, `protocol/echo`, `protocol/end-of-input`.
    public let id: String
    /// How it ended.
    public let outcome: Outcome
  }

  /// What the program said of itself.
  public internal(set) var greeting: Greeting?
  /// What its answers were judged by.
  public internal(set) var terms = Terms()
  /// The checks of the protocol itself.
  public internal(set) var checks: [Check] = []
  /// What was asked: the entries of the library, those for integrators once for each of these.
  public internal(set) var entries: [FixtureLibrary.Entry] = []
  /// One for each entry.
  public internal(set) var judgements: [Judgement]
  /// How each entry of the library ended.
  public var outcomes: [Outcome] { judgements.map(\.outcome) }
  /// How often the program was started again.
  public internal(set) var restarts = 0
  /// Why the validation was given up before its end, if it was.
  public internal(set) var trouble: String?
}
