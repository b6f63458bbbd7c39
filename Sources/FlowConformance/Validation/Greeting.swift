import FlowFiles
import FlowIntegration

/// What an implementation says of itself: its answer to `hello`.
public struct Greeting: Equatable, Sendable {
  /// The implementation that speaks.
  public let name: String
  /// Its version.
  public let version: String
  /// As declared; nil if it is not said.
  public let precision: Precision?
  /// Which method of the protocol each of its names for solvers stands for; these are claimed exactly.
  public let solvers: [String: String]
  /// Its integrators by their own names.
  public let integrators: [String: Integrator]
  /// Whether its times are named as t alone.
  public let namesOnlyT: Bool
  /// The operations that it answers; nil if it does not say.
  let operations: Set<String>?

  /// Reads the value of an answer to `hello`.
  /// - Throws: a sentence, if it is none of this protocol.
  init(_ value: JSONValue) throws(Refusal) {
    guard case .object(let object) = value else {
      throw Refusal("the value of hello is an object, not \(value.kind)")
    }
    guard case .number(let version)? = object["protocol"],
      version == Double(Oracle.protocolVersion)
    else {
      throw Refusal("hello must say \"protocol\":\(Oracle.protocolVersion)")
    }
    name = Self.text(object["name"]) ?? "(no name)"
    self.version = Self.text(object["version"]) ?? ""
    switch object["precision"] {
    case nil, .null?: precision = nil
    case .string(let text)?:
      guard let known = Precision(rawValue: text) else {
        let all = Precision.allCases.map(\.rawValue).joined(separator: ", ")
        throw Refusal("the precision \"\(text)\" of hello is none of \(all)")
      }
      precision = known
    case .some: throw Refusal("the precision of hello must be a string")
    }
    solvers = try Self.solvers(object["solvers"])
    integrators = try Self.integrators(object["integrators"])
    switch object["time"] {
    case nil, .null?, .string("t_and_one_minus_t")?: namesOnlyT = false
    case .string("t_only")?: namesOnlyT = true
    case .some(let other):
      throw Refusal(
        "the time of hello is \"t_only\" or \"t_and_one_minus_t\", not \(other.lineText)")
    }
    operations = object["ops"]?.elements.map { elements in
      Set(elements.compactMap(Self.text))
    }
  }

  private static func text(_ value: JSONValue?) -> String? {
    switch value {
    case .string(let text)?: text
    case .number(let number)?: JSONValue.number(number).lineText
    default: nil
    }
  }

  /// `{"rk4": "rk4_three_eighths"}`: names of the implementation, each with the method that it stands for.
  private static func solvers(_ value: JSONValue?) throws(Refusal) -> [String: String] {
    guard let value, value != .null else { return [:] }
    guard case .object(let object) = value else {
      throw Refusal("the solvers of hello are an object from names to methods, not \(value.kind)")
    }
    var result: [String: String] = [:]
    for member in object.members {
      guard case .string(let method) = member.value, Solver.named(method) != nil else {
        let known = Solver.all.map(\.name).joined(separator: ", ")
        throw Refusal(
          "the method \(member.value.lineText) of hello's solver \"\(member.name)\" is none of \(known)"
        )
      }
      result[member.name] = method
    }
    return result
  }

  /// `{"RK45": {"order": 5, "adaptive": true}}`.
  private static func integrators(
    _ value: JSONValue?
  ) throws(Refusal) -> [String: Integrator] {
    guard let value, value != .null else { return [:] }
    guard case .object(let object) = value else {
      throw Refusal("the integrators of hello are an object, not \(value.kind)")
    }
    var result: [String: Integrator] = [:]
    for member in object.members {
      guard let integrator = Integrator(member.value) else {
        throw Refusal(
          "the integrator \"\(member.name)\" of hello is {\"order\", \"adaptive\", \"steps\", \"dense\"}, of "
            + "which adaptive or steps is true, not \(member.value.lineText)")
      }
      result[member.name] = integrator
    }
    return result
  }

  /// Whether an operation may be asked.
  func offers(_ operation: String) -> Bool { operations?.contains(operation) ?? true }

  /// Why a greeting is not accepted.
  struct Refusal: Error {
    let message: String
    init(_ message: String) { self.message = message }
  }
}

extension JSONValue {
  /// The value as one line of JSON.
  var lineText: String {
    var writer = JSONWriter()
    writer.write(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
