public import FlowMatching

/// The protocol's codes, in the order of precedence: of several troubles the first is reported.
public enum WireCode: String, Sendable, CaseIterable, Comparable, Explained {
  case malformedJSON = "malformed_json"
  case tooLarge = "too_large"
  case unknownOperation = "unknown_op"
  case unknownField = "unknown_field"
  case missingField = "missing_field"
  case invalidField = "invalid_field"
  case dimensionMismatch = "dimension_mismatch"
  case nonFinite = "non_finite"
  case outOfDomain = "out_of_domain"
  case singular
  case unsupported
  case noConvergence = "no_convergence"

  package var help: String {
    switch self {
    case .malformedJSON: "a text that is no JSON"
    case .tooLarge: "more memory or time than is allowed"
    case .unknownOperation: "an operation that the protocol does not have"
    case .unknownField: "a field that does not belong there"
    case .missingField: "a field without which there is no answer"
    case .invalidField: "a field of the wrong type, or a name that does not exist"
    case .dimensionMismatch: "two sizes that must agree do not"
    case .nonFinite: "a number beyond the largest double"
    case .outOfDomain: "a number outside what is accepted, or a result beyond the range of doubles"
    case .singular: "the quantity does not exist there"
    case .unsupported: "the combination is not offered"
    case .noConvergence: "an iteration or a time limit ended before the answer"
    }
  }

  /// Whether the request is refused for its form, not for what it asks.
  package var isAboutTheForm: Bool { self <= .nonFinite }

  private var rank: Int { Self.allCases.firstIndex(of: self)! }
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}
