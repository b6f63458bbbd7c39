/// The protocol's codes, in the order of precedence: of several troubles the first is reported.
public enum WireCode: String, Sendable, CaseIterable, Comparable {
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

  private var rank: Int { Self.allCases.firstIndex(of: self)! }
  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }
}
