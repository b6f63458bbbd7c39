import FlowFiles

/// What the engine expects of a request, as text: the certified part of a fixture, made up on the spot.
public enum ExpectationText {
  /// `{"value", "tail", "sensitivity", "radius"}`, `{"error": code}`, or `null` where the engine has no answer
  /// to compare with: see `EngineExpectation`.
  /// - Throws: `JSONError`, and `WireError` for what is no object.
  public static func expected(
    of request: [UInt8], precision: Precision
  ) throws -> [UInt8] {
    guard case .object(let object) = try JSONDocument(parsing: request).value else {
      throw WireError(.invalidField, nil, "a request is an object")
    }
    var engine = EngineExpectation(precision: precision)
    var writer = JSONWriter()
    switch engine.expected(object) {
    case .answer(let answer):
      writer.write(
        jsonObject([
          "value": answer.value, "tail": answer.tail, "sensitivity": answer.sensitivity,
          "radius": answer.radius,
        ]))
    case .error(let code): writer.write(jsonObject(["error": .string(code)]))
    case nil: writer.writeNull()
    }
    return writer.bytes
  }
}
