public import FlowFiles

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
  /// The mistakes that the case hunts.
  public let flags: [String]
  /// The precisions in which a value may be judged; nil for an error.
  public let formats: [String]?
}

/// A file of cases for one operation.
public struct FixtureFile: Sendable {
  /// Targets that the cases refer to by name.
  public let definitions: JSONObject
  public let cases: [FixtureCase]
  /// For each flag the mistake that it stands for.
  public let mistakes: [String: String]

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
      guard let fixture = FixtureCase(entry) else {
        throw Malformed(path: path, what: "a case has not the form of one")
      }
      return fixture
    }
    var mistakes: [String: String] = [:]
    if case .object(let flags)? = file["flags"] {
      for flag in flags.members {
        if case .object(let about) = flag.value, case .string(let mistake)? = about["mistake"] {
          mistakes[flag.name] = mistake
        }
      }
    }
    self.mistakes = mistakes
  }

  /// A file that is not a fixture file.
  public struct Malformed: Error, CustomStringConvertible {
    public let path: String
    public let what: String
    public var description: String { "\(path): \(what)" }
  }
}

extension FixtureCase {
  /// A case from its entry in a file; nil if that has not the form of one.
  fileprivate init?(_ entry: JSONValue) {
    guard case .object(let entry) = entry, case .string(let id)? = entry["id"],
      case .object(let request)? = entry["request"], case .string(let operation)? = request["op"],
      case .object(let expected)? = entry["expected"]
    else { return nil }
    self.id = id
    self.operation = operation
    self.request = request
    flags = Self.strings(entry["flags"]) ?? []
    formats = Self.strings(entry["formats"])
    if case .string(let code)? = expected["error"] {
      self.expected = .error(code)
    } else {
      guard let value = expected["value"], let tail = expected["tail"],
        let sensitivity = expected["sensitivity"], let radius = expected["radius"]
      else { return nil }
      self.expected = .answer(
        Expectation(value: value, tail: tail, sensitivity: sensitivity, radius: radius))
    }
  }

  private static func strings(_ value: JSONValue?) -> [String]? {
    value?.elements?.compactMap { element in
      if case .string(let text) = element { text } else { nil }
    }
  }
}
