/// What became of one case.
public enum Outcome: Equatable, Sendable {
  /// Right. The number is error over allowance (for a budget of 1), at most the budget.
  case passed(Double)
  /// A value that the pass rule does not admit, with its error over allowance; infinite where shapes,
  /// infinities or counts differ, and where an error is certified instead of a value.
  case wrong(Double, String)
  /// An error where a value, or another error, is certified.
  case refused(String)
  /// The process ended on it.
  case crashed(String)
  /// No answer within the time.
  case timedOut(String)
  /// An answer that is none of the protocol.
  case protocolError(String)
  /// The implementation says that it does not offer this; never a failure.
  case unsupported
  /// The case cannot be judged in the precision under test, or with the methods of the implementation.
  case notApplicable
  /// The request names a time as the implementation's interface cannot.
  case unnamedTime
  /// Not asked, because the validation was given up before.
  case notAsked

  /// Whether this is a fault of the implementation.
  public var isFailure: Bool {
    switch self {
    case .wrong, .refused, .crashed, .timedOut, .protocolError: true
    case .passed, .unsupported, .notApplicable, .unnamedTime, .notAsked: false
    }
  }

  /// Error over allowance for a budget of 1, where a value was judged.
  public var ratio: Double? {
    switch self {
    case .passed(let ratio), .wrong(let ratio, _): ratio
    default: nil
    }
  }

  /// What happened, in words; empty where the kind says it all.
  public var detail: String {
    switch self {
    case .wrong(_, let text), .refused(let text), .crashed(let text), .timedOut(let text),
      .protocolError(let text):
      text
    case .passed, .unsupported, .notApplicable, .unnamedTime, .notAsked: ""
    }
  }

  /// The kinds of outcomes, in the order in which reports show them.
  public enum Kind: String, CaseIterable, Sendable {
    case passed, wrong, refused, crashed
    case timedOut = "timed out"
    case protocolError = "protocol error"
    case unsupported
    case notApplicable = "not applicable"
    case unnamedTime = "time not named"
    case notAsked = "not asked"
  }

  /// How the case ended.
  public var kind: Kind {
    switch self {
    case .passed: .passed
    case .wrong: .wrong
    case .refused: .refused
    case .crashed: .crashed
    case .timedOut: .timedOut
    case .protocolError: .protocolError
    case .unsupported: .unsupported
    case .notApplicable: .notApplicable
    case .unnamedTime: .unnamedTime
    case .notAsked: .notAsked
    }
  }
}
