/// Why a line is no acceptable JSON text.
public enum JSONError: Error, Equatable, Sendable {
  /// Not RFC 8259, or a name occurs twice in one object.
  case malformed(offset: Int, reason: String)
  /// Beyond a limit on nesting or length.
  case tooLarge(reason: String)

  /// The protocol's error code.
  public var code: String {
    switch self {
    case .malformed: "malformed_json"
    case .tooLarge: "too_large"
    }
  }
}

extension JSONError: CustomStringConvertible {
  /// What is wrong, and at which byte.
  public var description: String {
    switch self {
    case .malformed(let offset, let reason): "\(reason) at byte \(offset)"
    case .tooLarge(let reason): reason
    }
  }
}
