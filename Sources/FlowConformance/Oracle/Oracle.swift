public import FlowFiles
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

  public init(version: String, allowsFiles: Bool = false) {
    targets = TargetDecoder(allowsFiles: allowsFiles)
    self.version = version
  }

  /// Answers every line of `input` on `output` until the end of the input.
  /// - Throws: when a descriptor fails.
  public mutating func run(input: Int32 = 0, output: Int32 = 1) throws(FileError) {
    var oracle = self
    try LineConversation.run(input: input, output: output) { line, answers in
      switch line {
      case .text(let bytes): oracle.answer(bytes, into: &answers)
      case .tooLong:
        oracle.write(
          WireError(.tooLarge, nil, "the line is longer than \(JSONDocument.maximumLength) bytes"),
          id: nil, into: &answers)
      }
    }
    self = oracle
  }

  /// The answer to one request line, without its line feed.
  public mutating func answer(_ line: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    answer(line, into: &bytes)
    return Array(bytes.dropLast())
  }

  mutating func answer(_ line: [UInt8], into answers: inout [UInt8]) {
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(parsing: line)
    } catch {
      let code: WireError.Code = error.code == "too_large" ? .tooLarge : .malformedJSON
      return write(WireError(code, nil, error.description), id: nil, into: &answers)
    }
    let id = document.text(ofMember: "id")
    do throws(WireError) {
      let value = try answer(document.value)
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
      let target = try targets.target(fields)
      targets.define(try fields.string("name"), target)
      return .number(Double(target.dimension))
    default:
      guard let operation = Operation.all[name] else {
        throw Operation.missing.contains(name)
          ? WireError(.unsupported, "op", "the operation \(name) is not available")
          : WireError(.unknownOperation, "op", "there is no operation \"\(name)\"")
      }
      let fields = try RequestFields(
        object, required: ["op"] + operation.required, optional: ["id"] + operation.optional)
      return try operation.answer(fields, targets)
    }
  }

  private var greeting: JSONValue {
    func names(_ list: [String]) -> JSONValue { .array(list.map(JSONValue.string)) }
    let operations = ["hello", "define"] + Operation.all.keys.sorted()
    return jsonObject([
      "protocol": .number(Double(Self.protocolVersion)), "name": .string("flowref"),
      "version": .string(version), "precision": .string("float64"), "ops": names(operations),
      "paths": names(PathKind.allCases.map(\.rawValue)), "targets": names(TargetDecoder.kinds),
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
