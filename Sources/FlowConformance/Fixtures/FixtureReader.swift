import FlowFiles

/// Reads cases strictly: what a validation would take for a mistake of the implementation, or what would
/// let wrong answers pass, is damage of the file.
struct FixtureReader {
  let path: String

  func damaged(_ reason: String) -> FileError { FileError(path: path, .damaged(reason: reason)) }

  func document(_ bytes: [UInt8]) throws(FileError) -> JSONObject {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONDocument(parsing: bytes).value
    } catch {
      throw damaged("it is no JSON: \(error)")
    }
    guard case .object(let file) = value else { throw damaged("it is no JSON object") }
    return file
  }

  /// - Throws: `damaged` for a member with another name.
  func allow(_ names: [String], in object: JSONObject, _ place: String) throws(FileError) {
    if let other = object.members.first(where: { !names.contains($0.name) }) {
      throw damaged("\(place) has an unknown member \(other.name)")
    }
  }

  /// A case of a file of one operation.
  func fixture(
    _ entry: JSONValue, number: Int, of operation: String
  ) throws(FileError) -> FixtureCase {
    guard case .object(let entry) = entry, case .string(let id)? = entry["id"], !id.isEmpty else {
      throw damaged("case \(number) has no id")
    }
    try allow(
      ["id", "flags", "comment", "formats", "request", "field", "order", "expected"], in: entry,
      "case \(id)")
    guard case .object(let request)? = entry["request"], case .string(let asked)? = request["op"]
    else { throw damaged("case \(id) has no request with an op") }
    guard asked == operation else {
      throw damaged("case \(id) asks for \(asked), but the file is about \(operation)")
    }
    guard isFinite(.object(request)) else {
      throw damaged("case \(id) has a request with a number beyond the largest double")
    }
    guard case .object(let expected)? = entry["expected"] else {
      throw damaged("case \(id) expects nothing")
    }
    let fixture = FixtureCase(
      id: id, operation: operation, request: request, expected: try self.expected(expected, id),
      flags: try strings(entry["flags"], "flags", id) ?? [],
      formats: try strings(entry["formats"], "formats", id),
      field: try supplied(entry, id))
    if let field = fixture.field {
      do throws(WireError) {
        _ = try Interrogation(fixture, field)
      } catch {
        throw damaged("case \(id) has a field that cannot be supplied: \(error.message)")
      }
    }
    return fixture
  }

  private func supplied(_ entry: JSONObject, _ id: String) throws(FileError) -> SuppliedField? {
    guard let field = entry["field"] else { return nil }
    guard case .object(let object) = field, case .object(let path)? = object["path"],
      case .object(let target)? = object["target"], object.members.count == 2
    else { throw damaged("case \(id) has a field that is not of a path and a target") }
    var order: Int?
    if let value = entry["order"] {
      guard case .number(let number) = value, let whole = Int(exactly: number), whole > 0 else {
        throw damaged("case \(id) has an order that is no positive whole number")
      }
      order = whole
    }
    return SuppliedField(path: path, target: target, order: order)
  }

  private func strings(
    _ value: JSONValue?, _ name: String, _ id: String
  ) throws(FileError) -> [String]? {
    guard let value else { return nil }
    var strings: [String] = []
    for element in value.elements ?? [.null] {
      guard case .string(let text) = element else {
        throw damaged("case \(id) has \(name) that are no array of strings")
      }
      strings.append(text)
    }
    return strings
  }

  private func expected(
    _ expected: JSONObject, _ id: String
  ) throws(FileError) -> FixtureCase.Expected {
    if let error = expected["error"] {
      try allow(["error"], in: expected, "case \(id): what is expected")
      guard case .string(let code) = error, WireCode(rawValue: code) != nil else {
        throw damaged("case \(id) certifies an error that the protocol has not")
      }
      return .error(code)
    }
    try allow(
      ["value", "tail", "sensitivity", "radius"], in: expected, "case \(id): what is expected")
    guard let value = expected["value"], let tail = expected["tail"],
      let sensitivity = expected["sensitivity"], let radius = expected["radius"]
    else { throw damaged("case \(id) lacks a value, tail, sensitivity or radius") }
    let answer = Expectation(value: value, tail: tail, sensitivity: sensitivity, radius: radius)
    if let reason = fault(of: answer) { throw damaged("case \(id) \(reason)") }
    return .answer(answer)
  }

  /// The sensitivity from which on every double would pass.
  private static let largestSensitivity = 1e300

  /// What is wrong with an answer; `nil` for nothing.
  private func fault(of answer: Expectation) -> String? {
    let differ = "has a value, tail, sensitivity and radius of different shapes"
    if case .object(let values) = answer.value {
      let parts = [answer.tail, answer.sensitivity, answer.radius]
      for part in parts {
        guard case .object(let object) = part, object.members.count == values.members.count else {
          return differ
        }
      }
      for member in values.members {
        guard let part = answer.member(member.name) else { return differ }
        if let fault = fault(of: part) { return fault }
      }
      return nil
    }
    if let values = answer.value.elements {
      for part in [answer.tail, answer.sensitivity, answer.radius] {
        guard part.elements?.count == values.count else { return differ }
      }
      for index in values.indices {
        guard let part = answer.element(index) else { return differ }
        if let fault = fault(of: part) { return fault }
      }
      return nil
    }
    guard case .number(let value) = answer.value else { return nil }
    guard case .number(let tail) = answer.tail, case .number(let radius) = answer.radius,
      case .number(let sensitivity) = answer.sensitivity
    else { return differ }
    guard value.isFinite, abs(tail) <= value.ulp else {
      return "has the value \(value) with the tail \(tail), which is no correctly rounded one"
    }
    guard sensitivity >= 0, sensitivity <= Self.largestSensitivity else {
      return "has a sensitivity of \(sensitivity), outside [0, \(Self.largestSensitivity)]"
    }
    let size = abs(value) + sensitivity
    guard radius >= 0, radius <= size else {
      return "has a radius of \(radius), outside [0, \(size)], its value and sensitivity"
    }
    return nil
  }

  private func isFinite(_ value: JSONValue) -> Bool {
    switch value {
    case .number(let number): number.isFinite
    case .numbers(let numbers): numbers.allSatisfy(\.isFinite)
    case .array(let elements): elements.allSatisfy { isFinite($0) }
    case .object(let object): object.members.allSatisfy { isFinite($0.value) }
    case .null, .bool, .string, .integer: true
    }
  }
}
