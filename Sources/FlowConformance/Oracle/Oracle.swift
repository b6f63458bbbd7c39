public import FlowFiles
import FlowIntegration
import FlowMatching

/// Answers requests of the wire protocol, one line each, with the engine.
///
/// A bad line is answered with an error and changes nothing; only `define` has a memory.
public struct Oracle {
  /// The version of the wire protocol.
  public static let protocolVersion = 1

  private var targets: TargetDecoder
  private var writer = JSONWriter()
  private let version: String

  private let limits: RequestLimits
  /// The conversation in which lines are answered, and the id of the one that is: for who asks back.
  private var exchange: LineExchange?
  private var id: ArraySlice<UInt8>?

  public init(
    version: String, allowsFiles: Bool = false, limits: RequestLimits = RequestLimits()
  ) {
    targets = TargetDecoder(allowsFiles: allowsFiles)
    self.version = version
    self.limits = limits
  }

  /// Answers every line of `input` on `output` until the end of the input.
  /// - Throws: when a descriptor fails.
  public mutating func run(input: Int32 = 0, output: Int32 = 1) throws(FileError) {
    var oracle = self
    try LineConversation.run(input: input, output: output) { line, exchange, answers in
      oracle.exchange = exchange
      switch line {
      case .text(let bytes): oracle.answer(bytes, into: &answers)
      case .tooLong:
        oracle.write(
          WireError(.tooLarge, nil, "the line is longer than \(JSONDocument.maximumLength) bytes"),
          id: nil, into: &answers)
      }
    }
    oracle.exchange = nil
    self = oracle
  }

  /// The answer to one request line, without its line feed.
  public mutating func answer(_ line: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    answer(line, into: &bytes)
    return Array(bytes.dropLast())
  }

  /// The same with a line feed, at the end of other answers.
  package mutating func answer(_ line: [UInt8], into answers: inout [UInt8]) {
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(parsing: line)
    } catch {
      let code: WireError.Code = error.code == "too_large" ? .tooLarge : .malformedJSON
      return write(WireError(code, nil, error.description), id: nil, into: &answers)
    }
    let id = document.text(ofMember: "id")
    self.id = id
    do throws(WireError) {
      let value = try checkedAnswer(document.value)
      writer.writeObject { writer in
        writer.writeID(id)
        writer.writeName("ok")
        writer.write(true)
        writer.writeName("value")
        writer.write(value)
      }
      finish(&answers)
    } catch {
      write(error, id: id, into: &answers)
    }
  }

  /// The answer, within the limits. A number in the request that is none takes precedence over whatever the
  /// engine would say of its value, and a result that is none is never an answer.
  private mutating func checkedAnswer(_ request: JSONValue) throws(WireError) -> JSONValue {
    var found: Result<JSONValue, WireError> = .failure(WireError(.noConvergence, nil, "no answer"))
    Budget.$current.withValue(Budget(memory: limits.memory, seconds: limits.seconds)) {
      found = Result { () throws(WireError) in try answer(request) }
    }
    if case .object(let object) = request {
      for member in object.members where !member.value.isFinite && member.name != "id" {
        guard let name = member.value.firstNonFinite(member.name) else { continue }
        if case .failure(let error) = found, error.code < .nonFinite { throw error }
        throw WireError(.nonFinite, name, "\(name) is beyond the largest double")
      }
    }
    let value = try found.get()
    if value.holdsNaN {
      throw WireError(
        .outOfDomain, nil,
        "the result is not a number: the inputs leave the range of double precision")
    }
    return value
  }

  private mutating func answer(_ request: JSONValue) throws(WireError) -> JSONValue {
    guard case .object(let object) = request else {
      throw WireError(.invalidField, nil, "a request is an object, not \(request.kind)")
    }
    guard let operation = object["op"] else {
      throw WireError(.missingField, "op", "the field op is missing")
    }
    guard case .string(let name) = operation else {
      throw WireError(.invalidField, "op", "op must be a string, found \(operation.kind)")
    }
    switch name {
    case "hello":
      _ = try RequestFields(object, required: ["op"], optional: ["id"])
      return greeting
    case "define":
      let fields = try RequestFields(object, required: ["op", "name", "target"], optional: ["id"])
      try limits.admit(
        RequestCost(bytes: RequestShape(object, targets).target.bytes, field: "target"))
      let target = try targets.target(fields)
      targets.define(try fields.string("name"), target)
      return .integer(target.dimension)
    default:
      guard let operation = Operation.all[name] else {
        throw Operation.missing.contains(name)
          ? WireError(.unsupported, "op", "the operation \(name) is not available")
          : WireError(.unknownOperation, "op", "there is no operation \"\(name)\"")
      }
      let fields: RequestFields
      do throws(WireError) {
        fields = try RequestFields(
          object, required: operation.members.required, optional: operation.members.optional)
      } catch {
        throw error.code == .missingField ? unknownMember(inside: object) ?? error : error
      }
      try limits.admit(operation.cost(RequestShape(object, targets)))
      if let exchange, let asking = operation.asking {
        let id = self.id
        return try asking(fields) { AskedField(exchange, id: id, dimension: $0) }
      }
      return try operation.answer(fields, targets)
    }
  }

  /// A member that is unknown inside the path, the target or another object of a request: it comes before a
  /// field that is missing.
  private func unknownMember(inside object: JSONObject) -> WireError? {
    let fields = try? RequestFields(object, required: object.members.map(\.name))
    guard let fields else { return nil }
    var findings = Findings()
    for name in ["path", "to_path"] where fields.has(name) {
      _ = findings.attempt { () throws(WireError) in try fields.path(name) }
    }
    for name in ["target", "source"] where fields.has(name) {
      _ = findings.attempt { () throws(WireError) in try targets.target(fields, name) }
    }
    _ = findings.attempt { () throws(WireError) in try TargetDecoder.tube(fields) }
    if fields.has("field") {
      _ = findings.attempt { () throws(WireError) in try fields.linearField() }
    }
    if fields.has("divergence") {
      _ = findings.attempt { () throws(WireError) in try fields.divergence() }
    }
    do throws(WireError) { try findings.settle() } catch {
      return error.code == .unknownField ? error : nil
    }
    return nil
  }

  private var greeting: JSONValue {
    func names(_ list: [String]) -> JSONValue { .array(list.map(JSONValue.string)) }
    // Who cannot be asked back is not told of what asks.
    let offered = Operation.all.values.filter { exchange != nil || $0.asking == nil }
    let operations = ["hello", "define"] + offered.map(\.name).sorted()
    return jsonObject([
      "protocol": .integer(Self.protocolVersion), "name": .string("flowref"),
      "version": .string(version), "precision": .string("float64"), "ops": names(operations),
      "paths": names(PathKind.allCases.map(\.rawValue)),
      "targets": names(TargetKind.allCases.map(\.rawValue)),
      "solvers": .object(
        JSONObject(members: Solver.all.map { .init(name: $0.name, value: .string($0.name)) })),
      "integrators": Operation.integrators,
    ])
  }

  private mutating func write(
    _ error: WireError, id: ArraySlice<UInt8>?, into answers: inout [UInt8]
  ) {
    writer.writeObject { writer in
      writer.writeID(id)
      writer.writeName("ok")
      writer.write(false)
      writer.writeName("error")
      writer.writeObject { writer in
        writer.writeName("code")
        writer.write(error.code.rawValue)
        if let field = error.field {
          writer.writeName("field")
          writer.write(field)
        }
        writer.writeName("message")
        writer.write(error.message)
      }
    }
    finish(&answers)
  }

  private mutating func finish(_ answers: inout [UInt8]) {
    writer.endLine()
    answers += writer.bytes
    writer.removeAll()
  }
}

extension JSONWriter {
  /// The request's id, byte for byte; null where there was none.
  fileprivate mutating func writeID(_ id: ArraySlice<UInt8>?) {
    writeName("id")
    if let id { writeText(id) } else { writeNull() }
  }
}

extension JSONValue {
  /// The place of the first number that is infinite, which is how one beyond the largest double is read.
  fileprivate func firstNonFinite(_ name: String) -> String? {
    switch self {
    case .number(let number): number.isFinite ? nil : name
    case .numbers(let numbers): numbers.firstIndex { !$0.isFinite }.map { "\(name)[\($0)]" }
    case .array(let elements):
      elements.enumerated().lazy.compactMap { $1.firstNonFinite("\(name)[\($0)]") }.first
    case .object(let object):
      object.members.lazy.compactMap { $0.value.firstNonFinite("\(name).\($0.name)") }.first
    case .null, .bool, .string, .integer: nil
    }
  }

  /// Whether all numbers in it are finite.
  fileprivate var isFinite: Bool {
    switch self {
    case .number(let number): number.isFinite
    case .numbers(let numbers): numbers.allSatisfy(\.isFinite)
    case .array(let elements): elements.allSatisfy(\.isFinite)
    case .object(let object): object.members.allSatisfy(\.value.isFinite)
    case .null, .bool, .string, .integer: true
    }
  }

  fileprivate var holdsNaN: Bool {
    switch self {
    case .number(let number): number.isNaN
    case .numbers(let numbers): numbers.contains { $0.isNaN }
    case .array(let elements): elements.contains { $0.holdsNaN }
    case .object(let object): object.members.contains { $0.value.holdsNaN }
    case .null, .bool, .string, .integer: false
    }
  }
}
