import FlowFiles

/// What an implementation says of itself: its answer to `hello`.
public struct Greeting: Equatable, Sendable {
  /// The implementation that speaks.
  public let name: String
  /// Its version.
  public let version: String
  /// As declared; nil if it is not said.
  public let precision: Precision?
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
