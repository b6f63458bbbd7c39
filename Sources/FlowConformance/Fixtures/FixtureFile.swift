import FlowFiles

/// A certified answer: the correctly rounded value, what it lacks, the absolute condition and a
/// proven bound on what is still missing; all of the same shape.
public struct Expectation: Sendable {
  public let value: JSONValue
  public let tail: JSONValue
  public let sensitivity: JSONValue
  public let radius: JSONValue
}

/// One case: a request of the wire protocol and what must come back.
public struct FixtureCase: Sendable {
  public enum Expected: Sendable {
    case answer(Expectation)
    /// The code of an error.
    case error(String)
  }

  public let id: String
  public let operation: String
  public let request: JSONObject
  public let expected: Expected
}

/// A file of cases for one operation.
public struct FixtureFile: Sendable {
  /// Targets that the cases refer to by name.
  public let definitions: JSONObject
  public let cases: [FixtureCase]

  /// - Throws: when the file cannot be read or has not the form of a fixture file.
  public init(path: String) throws {
    guard
      case .object(let file) = try JSONDocument(parsing: try FileBytes.read(path)).value,
      case .number(1)? = file["format"], let cases = file["cases"]?.elements
    else { throw Malformed(path: path, what: "the file is no fixture file of format 1") }
    if case .object(let definitions)? = file["definitions"] {
      self.definitions = definitions
    } else {
      definitions = JSONObject()
    }
    self.cases = try cases.map { entry in
      guard case .object(let entry) = entry, case .string(let id)? = entry["id"],
        case .object(let request)? = entry["request"], case .string(let operation)? = request["op"],
        case .object(let expected)? = entry["expected"]
      else { throw Malformed(path: path, what: "a case has not the form of one") }
      if case .string(let code)? = expected["error"] {
        return FixtureCase(id: id, operation: operation, request: request, expected: .error(code))
      }
      guard let value = expected["value"], let tail = expected["tail"],
        let sensitivity = expected["sensitivity"], let radius = expected["radius"]
      else { throw Malformed(path: path, what: "\(id) has no certified answer") }
      return FixtureCase(
        id: id, operation: operation, request: request,
        expected: .answer(
          Expectation(value: value, tail: tail, sensitivity: sensitivity, radius: radius)))
    }
  }

  /// A file that is not a fixture file.
  public struct Malformed: Error, CustomStringConvertible {
    let path: String
    let what: String
    public var description: String { "\(path): \(what)" }
  }
}

/// How an answer compares with its case.
public enum Verdict: Equatable, Sendable {
  /// Error over allowance (for a budget of 1), at most the budget.
  case passed(Double)
  case wrong(Double)
  /// An error where another error, or a value, was expected; or a value instead of an error.
  case refused(String)
  case unsupported
}

extension FixtureCase {
  /// Judges one answer line.
  public func judge(_ line: [UInt8], _ rule: PassRule = .float64) -> Verdict {
    guard case .object(let answer)? = try? JSONDocument(parsing: line).value,
      case .bool(let isValue)? = answer["ok"]
    else { return .refused("no answer of the protocol") }
    guard isValue else {
      guard case .object(let error)? = answer["error"], case .string(let code)? = error["code"]
      else { return .refused("an error without a code") }
      if case .error(code) = expected { return .passed(0) }
      return code == "unsupported" ? .unsupported : .refused(code)
    }
    guard case .answer(let expectation) = expected, let value = answer["value"] else {
      return .refused("a value where an error is certified")
    }
    let ratio = rule.ratio(value, expectation)
    return ratio <= PassRule.budget(of: operation) ? .passed(ratio) : .wrong(ratio)
  }
}
