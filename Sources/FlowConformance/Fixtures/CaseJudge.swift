public import FlowFiles

extension FixtureCase {
  /// Whether the case can be judged in a precision. An error is certified for the exact request, so
  /// it is asked where the request's numbers are exact.
  public func applies(to precision: Precision) -> Bool {
    if let formats { return formats.contains(precision.rawValue) }
    return precision == .float64 || precision.contains(.object(request))
  }

  /// Judges one answer line by itself.
  public func judge(_ line: [UInt8], _ rule: PassRule = .float64) -> Outcome {
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(parsing: line)
    } catch {
      return .protocolError(Self.explanation(of: error, line))
    }
    return judge(document.value, rule)
  }

  /// Judges an answer.
  public func judge(_ answer: JSONValue, _ rule: PassRule = .float64) -> Outcome {
    guard case .object(let answer) = answer else {
      return .protocolError("an answer is an object, not \(answer.kind)")
    }
    guard case .bool(let isValue)? = answer["ok"] else {
      return .protocolError("the answer has no \"ok\" that is true or false")
    }
    return isValue ? judge(value: answer, rule) : judge(error: answer)
  }

  private func judge(error answer: JSONObject) -> Outcome {
    guard case .object(let error)? = answer["error"], case .string(let code)? = error["code"]
    else { return .protocolError("the answer is not ok and has no error with a code") }
    if case .error(code) = expected { return .passed(0) }
    if code == "unsupported" { return .unsupported }
    var text = "answered \(code)"
    if case .string(let message)? = error["message"], !message.isEmpty { text += ": \(message)" }
    switch expected {
    case .answer: return .refused("\(text); a value is certified")
    case .error(let certified): return .refused("\(text); \(certified) is certified")
    }
  }

  private func judge(value answer: JSONObject, _ rule: PassRule) -> Outcome {
    guard let value = answer["value"] else {
      return .protocolError("the answer is ok and has no value")
    }
    guard case .answer(let expectation) = expected else {
      guard case .error(let certified) = expected else { return .notAsked }
      return .wrong(
        .infinity, "answered \(Self.short(value)); the error \(certified) is certified")
    }
    let ratio = rule.ratio(value, expectation)
    let budget = PassRule.budget(of: operation)
    guard ratio > budget else { return .passed(ratio) }
    return .wrong(ratio, rule.explanation(of: value, expectation, budget: budget))
  }

  /// Why a line is no JSON, with a hint at the usual mistake.
  static func explanation(of error: JSONError, _ line: [UInt8]) -> String {
    let text = String(decoding: line.prefix(120), as: UTF8.self)
    let all = String(decoding: line, as: UTF8.self)
    let hint =
      ["NaN", "nan", "Infinity", "inf"].contains { all.contains($0) }
      ? #"; JSON has no NaN and no infinities: write "nan", "inf", "-inf" as strings"# : ""
    return "the answer is not JSON (\(error)): \(text)\(line.count > 120 ? "..." : "")\(hint)"
  }

  /// A value's text, cut where it is long.
  static func short(_ value: JSONValue) -> String {
    var writer = JSONWriter()
    writer.write(value)
    let text = String(decoding: writer.bytes.prefix(80), as: UTF8.self)
    return writer.bytes.count > 80 ? text + "..." : text
  }
}
