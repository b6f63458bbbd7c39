/// What became of one case, and how serious it is.
public struct Judgement: Equatable, Sendable {
  /// A member that was not judged and is not what the fixture says.
  public struct Note: Equatable, Sendable {
    /// The member's name.
    public let member: String
    /// Whether the answer has the member at all.
    public let isOffered: Bool
    /// What was answered and what is certified.
    public let detail: String
  }

  /// How the case ended.
  public var outcome: Outcome
  /// How serious it is; nil for what is no failure.
  public var tier: Tier?
  /// The member of the answer that is to blame, if it is one alone.
  public var member: String?
  /// What is information only.
  public var notes: [Note] = []

  init(_ outcome: Outcome, tier: Tier? = nil, member: String? = nil, notes: [Note] = []) {
    self.outcome = outcome
    self.member = member
    self.notes = notes
    guard outcome.isFailure else { return }
    switch outcome {
    case .crashed, .timedOut, .protocolError: self.tier = .noAnswer
    default: self.tier = tier ?? .wrongValue
    }
  }
}
