public import FlowFiles

extension FixtureCase {
  /// Whether the case can be judged in a precision. An error is certified for the exact request, so
  /// it is asked where the request's numbers are exact.
  public func applies(to precision: Precision) -> Bool {
    if let formats { return formats.contains(precision.rawValue) }
    return precision == .float64 || precision.contains(.object(request))
  }

  /// Judges one answer line by itself.
  public func judge(_ line: [UInt8], _ terms: Terms = Terms()) -> Judgement {
    let document: JSONDocument
    do throws(JSONError) {
      document = try JSONDocument(parsing: line)
    } catch {
      return Judgement(.protocolError(Self.explanation(of: error, line)))
    }
    return judge(document.value, terms)
  }

  /// Judges an answer.
  public func judge(_ answer: JSONValue, _ terms: Terms = Terms()) -> Judgement {
    guard case .object(let answer) = answer else {
      return Judgement(.protocolError("an answer is an object, not \(answer.kind)"))
    }
    guard case .bool(let isValue)? = answer["ok"] else {
      return Judgement(.protocolError("the answer has no \"ok\" that is true or false"))
    }
    return isValue ? judge(value: answer, terms) : judge(error: answer)
  }

  private func judge(error answer: JSONObject) -> Judgement {
    guard case .object(let error)? = answer["error"], case .string(let code)? = error["code"]
    else { return Judgement(.protocolError("the answer is not ok and has no error with a code")) }
    if case .error(code) = expected { return Judgement(.passed(0)) }
    if code == "unsupported" { return Judgement(.unsupported) }
    var text = "answered \(code)"
    if case .string(let message)? = error["message"], !message.isEmpty { text += ": \(message)" }
    text += "; \(certifiedError ?? "a value") is certified"
    return Judgement(.refused(text), tier: tier(ofAnswering: code))
  }

  private func judge(value answer: JSONObject, _ terms: Terms) -> Judgement {
    guard let value = answer["value"] else {
      return Judgement(.protocolError("the answer is ok and has no value"))
    }
    switch expected {
    case .error(let certified):
      let text = "answered \(Self.short(value)); the error \(certified) is certified"
      return Judgement(.wrong(.infinity, text), tier: tier(ofAnswering: nil))
    case .answer(let expectation):
      return MemberJudge(self, terms).judgement(of: value, expectation)
    }
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
