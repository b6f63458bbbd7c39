import FlowFiles
public import FlowMatching

/// How serious a failure is, the most serious first.
///
/// The first two fail a validation; the others are counted and listed apart, and fail it only when it is strict:
/// they are of counts, of the ends of time, where quantities are limits or do not exist, and of how requests are refused,
/// about which libraries differ.
public enum Tier: String, Sendable, CaseIterable, Comparable, Explained {
  case wrongValue = "wrong_value"
  case noAnswer = "no_answer"
  case count
  case endOfTime = "end_of_time"
  case refusal
  case otherCode = "other_code"
  case convention

  package var help: String {
    switch self {
    case .wrongValue: "a value beyond what is allowed"
    case .noAnswer:
      "no answer of the protocol: a crash, a time-out, a broken line, an exception for a request that has a value"
    case .count: "a count of evaluations other than the evaluations that were made"
    case .endOfTime: "wrong at t = 0 or t = 1, where a quantity may be a limit or not exist"
    case .refusal: "refused where a value is certified, or a value where a refusal is"
    case .otherCode: "refused as is certified, but with another code"
    case .convention:
      "a request of the wrong form: empty vectors, sizes that do not agree, unknown or missing fields"
    }
  }

  /// Whether one such failure fails a validation that is not strict.
  public var alwaysFails: Bool { self <= .noAnswer }

  /// The name in text.
  var title: String { rawValue.replacing("_", with: " ") }

  private var rank: Int { Self.allCases.firstIndex(of: self)! }
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}

extension FixtureCase {
  /// What a program under test answers where its library raised something that has no code.
  static let internalError = "internal"

  /// Where a failure of this case belongs.
  /// - Parameter code: of the error that was answered; nil for a value.
  func tier(ofAnswering code: String?) -> Tier {
    if let certified = certifiedError {
      if WireCode(rawValue: certified)?.isAboutTheForm ?? false { return .convention }
      if code != nil { return .otherCode }
    }
    if isAtAnEndOfTime { return .endOfTime }
    if code == Self.internalError { return .noAnswer }
    return code == nil && certifiedError == nil ? .wrongValue : .refusal
  }

  /// Whether the request names t = 0 or t = 1, or a method that looks back is to step from alpha = 0 or onto sigma = 0: how it
  /// does so is not part of what is published.
  private var isAtAnEndOfTime: Bool {
    flags.contains("few_step_ends")
      || ["t", "one_minus_t"].contains { request[$0] == .number(0) || request[$0] == .number(1) }
  }
}
