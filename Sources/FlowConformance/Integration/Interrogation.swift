import FlowFiles
import FlowMatching

/// One integration under way: the questions of the implementation, their answers, and what was noted of them.
///
/// There is no field outside the interval of the request: the slope at its nearer end is the answer there, so that the
/// implementation can go on, and the verdict stands.
struct Interrogation: Sendable {
  /// How many slopes one integration may take.
  static let mostQuestions = 100_000
  /// How long one integration may take, in waits for one answer.
  static let mostWaits = 12

  private let fixture: FixtureCase
  private let field: MarginalField
  private let interval: ClosedRange<Double>
  /// Every point that was asked about counts once.
  private(set) var questions = 0
  private var asked: ClosedRange<Double>?
  /// The first question that was none.
  private var fault: String?

  /// - Throws: what is wrong with the field of the case.
  init(_ fixture: FixtureCase, _ supplied: SuppliedField) throws(WireError) {
    self.fixture = fixture
    let fields = try RequestFields(
      JSONObject(members: [
        .init(name: "path", value: .object(supplied.path)),
        .init(name: "target", value: .object(supplied.target)),
        .init(name: "t0", value: fixture.request["t0"] ?? .null),
        .init(name: "t1", value: fixture.request["t1"] ?? .null),
      ]), required: ["path", "target", "t0", "t1"])
    var findings = Findings()
    let field = fields.exactField(TargetDecoder(allowsFiles: false), &findings)
    try findings.settle()
    self.field = field!
    let (t0, t1) = (try fields.boundary("t0"), try fields.boundary("t1"))
    interval = min(t0, t1)...max(t0, t1)
  }

  // MARK: Questions

  /// The reply to a question line.
  mutating func reply(to question: JSONObject, id: Int) -> [UInt8] {
    var writer = JSONWriter()
    writer.writeObject { writer in
      writer.writeName("id")
      writer.write(id)
      do throws(WireError) {
        let places: [Place]
        do throws(WireError) {
          places = try self.places(question)
        } catch {
          if fault == nil { fault = error.message }
          throw error
        }
        var slopes: [JSONValue] = []
        for place in places { slopes.append(try slope(place)) }
        writer.writeName("velocity")
        writer.write(question.isOfOnePoint ? slopes[0] : .array(slopes))
      } catch {
        writer.writeName("error")
        writer.writeObject { writer in
          writer.writeName("code")
          writer.write(error.code.rawValue)
          writer.writeName("message")
          writer.write(error.message)
        }
      }
    }
    return writer.bytes
  }

  private typealias Place = (t: Double, x: [Double])

  /// Where slopes are asked for: at one point, or at every row of several.
  /// - Throws: where the question is none.
  private func places(_ question: JSONObject) throws(WireError) -> [Place] {
    let fields = try RequestFields(question, required: ["id", "ask", "t", "x"])
    guard try fields.string("ask") == "velocity" else {
      throw fields.invalid("ask", "\"velocity\"")
    }
    let rows = question.isOfOnePoint ? [try fields.vector("x")] : try self.rows(fields)
    for row in rows {
      guard row.count == field.dimension else {
        throw WireError(FlowError.dimensionMismatch("x", row.count, expected: field.dimension))
      }
      guard row.allSatisfy(\.isFinite) else {
        throw WireError(.nonFinite, "x", "x is not finite")
      }
    }
    let times: [Double]
    if case .numbers(let several)? = question["t"] {
      guard several.count == rows.count else {
        throw WireError(FlowError.dimensionMismatch("t", several.count, expected: rows.count))
      }
      times = several
    } else {
      times = Array(repeating: try fields.number("t"), count: rows.count)
    }
    guard times.allSatisfy(\.isFinite) else {
      throw WireError(.nonFinite, "t", "t is not finite")
    }
    return zip(times, rows).map { ($0, $1) }
  }

  private mutating func slope(_ place: Place) throws(WireError) -> JSONValue {
    let (t, x) = place
    questions += 1
    asked = asked.map { min($0.lowerBound, t)...max($0.upperBound, t) } ?? t...t
    let inside = min(max(t, interval.lowerBound), interval.upperBound)
    return .numbers(
      try onWire { () throws(FlowError) in try field.velocities(at: [Time(inside)], of: x) })
  }

  private func rows(_ fields: RequestFields) throws(WireError) -> [[Double]] {
    let (dimension, values) = try fields.rows("x")
    return stride(from: 0, to: values.count, by: dimension).map {
      Array(values[$0..<$0 + dimension])
    }
  }

  // MARK: The verdict

  /// Judges the answer, with what was noted of the questions.
  func judge(_ answer: JSONValue, _ terms: Terms) -> Judgement {
    if let fault { return Judgement(.protocolError("a question was none: \(fault)")) }
    guard case .answer(let expected) = fixture.expected, case .object(let object) = answer else {
      return fixture.judge(answer, terms)
    }
    var judged = fixture
    judged.expected = .answer(completed(expected))
    if object["ok"] == .bool(true), case .object(let value)? = object["value"] {
      var found = judged.judge(
        .object(object.setting("value", .object(noted(in: value)))), terms)
      found.notes += Self.largeErrors(value, expected)
      return found
    }
    let found = judged.judge(answer, terms)
    guard found.tier != nil,
      case .answer(let expectation) = judged.expected,
      let outside = MemberJudge(judged, terms)
        .fault(of: noted(in: JSONObject()), expectation, among: ["t_min", "t_max"])
    else { return found }
    let rest = found.outcome.detail
    return Judgement(
      .wrong(.infinity, rest.isEmpty ? outside.text : "\(outside.text); then \(rest)"),
      tier: .wrongValue, member: outside.member)
  }

  /// The value with the times that were asked, whatever it says of them itself.
  private func noted(in value: JSONObject) -> JSONObject {
    value
      .setting("t_min", asked.map { .number($0.lowerBound) } ?? .null)
      .setting("t_max", asked.map { .number($0.upperBound) } ?? .null)
  }

  /// More than this part of what is allowed is worth a note.
  private static let notedPart = 1.0 / 16

  /// A note for each member whose error is allowed and large.
  private static func largeErrors(
    _ value: JSONObject, _ expected: Expectation
  ) -> [Judgement.Note] {
    guard case .object(let certified) = expected.value else { return [] }
    return certified.members.compactMap { member in
      guard member.value.elements != nil, let got = value[member.name]?.flat,
        let wanted = member.value.flat, let radius = expected.member(member.name)?.radius.flat,
        got.count == wanted.count, radius.count == wanted.count
      else { return nil }
      let part = wanted.indices.map { abs(got[$0] - wanted[$0]) / radius[$0] }.max() ?? 0
      guard part > notedPart, part <= 1 else { return nil }
      return Judgement.Note(
        member: member.name, isOffered: true,
        detail: "\(member.name): its error is \(DecimalText.short(part)) of what is allowed")
    }
  }

  /// What is certified, with what the questions themselves decide.
  private func completed(_ expected: Expectation) -> Expectation {
    let counts: [(String, Double)] = [
      ("t_min", interval.lowerBound), ("t_max", interval.upperBound), ("nfe", Double(questions)),
    ]
    func with(_ part: JSONValue, _ number: (Double) -> Double) -> JSONValue {
      guard case .object(var object) = part else { return part }
      for (name, value) in counts { object = object.setting(name, .number(number(value))) }
      return .object(object)
    }
    return Expectation(
      value: with(expected.value) { $0 }, tail: with(expected.tail) { _ in 0 },
      sensitivity: with(expected.sensitivity) { _ in 0 }, radius: with(expected.radius) { _ in 0 })
  }
}

extension JSONValue {
  /// The numbers in order; nil where something else is among them.
  fileprivate var flat: [Double]? {
    switch self {
    case .number(let number): return [number]
    case .numbers(let numbers): return numbers
    case .array(let elements):
      let parts = elements.compactMap(\.flat)
      return parts.count == elements.count ? Array(parts.joined()) : nil
    default: return nil
    }
  }
}

extension JSONObject {
  /// Whether `x` is one point, not rows of several.
  fileprivate var isOfOnePoint: Bool { if case .numbers? = self["x"] { true } else { false } }

  /// The object with a member of this name, in the place of another of the same name or at its end.
  fileprivate func setting(_ name: String, _ value: JSONValue) -> JSONObject {
    JSONObject(members: members.filter { $0.name != name } + [.init(name: name, value: value)])
  }
}
