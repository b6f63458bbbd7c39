public import FlowFiles

/// A certified answer: the correctly rounded value, what it lacks, the absolute condition and a
/// proven bound on what is still missing; all of the same shape.
public struct Expectation: Sendable {
  /// The certified value.
  public let value: JSONValue
  /// What the value is more than its nearest double.
  public let tail: JSONValue
  /// By how much the value moves when the numbers of the request move by their own size.
  public let sensitivity: JSONValue
  /// Half the width of the proven enclosure.
  public let radius: JSONValue
}

/// One case: a request of the wire protocol and what must come back.
public struct FixtureCase: Sendable {
  /// What an answer should be.
  public enum Expected: Sendable {
    case answer(Expectation)
    /// The code of an error.
    case error(String)
  }

  public let id: String
  /// The operation that is asked for.
  public let operation: String
  public let request: JSONObject
  /// What the answer should be.
  public internal(set) var expected: Expected
  /// The mistakes that the case hunts.
  public let flags: [String]
  /// The precisions in which a value may be judged; nil for an error.
  public let formats: [String]?
  /// The field whose slopes the harness supplies; nil where the request says all.
  public var field: SuppliedField?
  /// The integrator of the implementation that is asked, where the file leaves it open.
  public internal(set) var askedOf: String?
}

/// What the questions of an integrator are answered with, and which integrators are asked.
public struct SuppliedField: Sendable {
  /// The path, as requests spell it.
  public let path: JSONObject
  /// The target, as requests spell it.
  public let target: JSONObject
  /// With equal steps the order that an integrator must have, with a tolerance the least; nil for any.
  public let order: Int?
}

/// A file of cases for one operation.
public struct FixtureFile: Sendable {
  /// Targets that the cases refer to by name.
  public let definitions: JSONObject
  /// The cases, in the order of the file.
  public let cases: [FixtureCase]
  /// For each flag the mistake that it stands for.
  public let mistakes: [String: String]

  /// - Throws: when the file cannot be read, and `damaged` when it has not the form of a fixture file or
  ///   certifies what would let wrong answers pass.
  public init(path: String) throws(FileError) {
    try self.init(decoding: try FileBytes.read(path), path: path)
  }

  init(decoding bytes: [UInt8], path: String) throws(FileError) {
    let reader = FixtureReader(path: path)
    let file = try reader.document(bytes)
    guard case .number(1)? = file["format"] else {
      throw reader.damaged("it is no fixture file of format 1")
    }
    try reader.allow(
      [
        "format", "operation", "title", "reference", "generator", "flags", "definitions", "cases",
      ], in: file, "the file")
    guard case .string(let operation)? = file["operation"] else {
      throw reader.damaged("it names no operation")
    }
    guard let entries = file["cases"]?.elements, !entries.isEmpty else {
      throw reader.damaged("it has no cases")
    }
    if case .object(let definitions)? = file["definitions"] {
      self.definitions = definitions
    } else {
      definitions = JSONObject()
    }
    var cases: [FixtureCase] = []
    var ids: Set<String> = []
    for (index, entry) in entries.enumerated() {
      let fixture = try reader.fixture(entry, number: index + 1, of: operation)
      guard ids.insert(fixture.id).inserted else {
        throw reader.damaged("the id \(fixture.id) is given twice")
      }
      cases.append(fixture)
    }
    self.cases = cases
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
}
