import FlowFiles
import FlowIntegration
import FlowMatching
import Foundation
import Synchronization
import Testing

@testable import FlowConformance

/// Integrations on fields that the harness supplies: the questions, their answers, the verdicts.
struct IntegrationTests {
  static let entries: [FixtureLibrary.Entry] = {
    let all = try? FixtureLibrary(root: AdapterTests.fixtures)
    return all?.entries.filter { $0.fixture.field != nil } ?? []
  }()

  static let greeting: [String: Integrator] = {
    // As it is read from the wire.
    let text = Operation.integrators.lineText
    guard case .object(let object)? = try? JSONDocument(parsing: Array(text.utf8)).value else {
      return [:]
    }
    return Dictionary(
      uniqueKeysWithValues: object.members.map { ($0.name, Integrator($0.value)!) })
  }()

  private func entry(_ id: String) throws -> FixtureLibrary.Entry {
    try #require(Self.entries.first { $0.fixture.id == id }, "\(id)")
  }

  /// A field that asks the interrogation by lines, as a program does.
  final class Asking: VelocityField {
    let questions: Mutex<Interrogation>
    let dimension: Int
    /// What becomes of a time before it is asked about.
    let moved: @Sendable (Double) -> Double

    init(_ fixture: FixtureCase, moved: @escaping @Sendable (Double) -> Double = { $0 }) throws {
      questions = Mutex(try Interrogation(fixture, try #require(fixture.field)))
      dimension = fixture.request["x"]?.elements?.count ?? 0
      self.moved = moved
    }

    func reply(_ question: String) throws -> JSONObject {
      let asked = try JSONDocument(parsing: Array(question.utf8)).value
      guard case .object(let object) = asked else { throw CocoaError(.coderReadCorrupt) }
      let line = questions.withLock { $0.reply(to: object, id: 1) }
      guard case .object(let reply) = try JSONDocument(parsing: line).value else {
        throw CocoaError(.coderReadCorrupt)
      }
      return reply
    }

    func velocities(
      at times: [Time<Double>], of points: [Double]
    ) throws(FlowError) -> [Double] {
      let t = moved(times[0].t)
      guard let reply = try? reply(#"{"id":1,"ask":"velocity","t":\#(t),"x":\#(points)}"#),
        case .numbers(let slopes)? = reply["velocity"]
      else { throw FlowError(.unsupported, "velocity", "no reply") }
      return slopes
    }
  }

  /// The verdict on the engine's own integration, with its answer changed.
  private func verdict(
    _ entry: FixtureLibrary.Entry, moved: @escaping @Sendable (Double) -> Double = { $0 },
    stopsAt share: Double = 1, tolerance: Double? = nil,
    change: (inout [JSONObject.Member]) -> Void = { _ in }
  ) throws -> Judgement {
    let fixture = entry.fixture
    func number(_ name: String) throws -> Double {
      guard case .number(let number)? = fixture.request[name] else {
        throw CocoaError(.coderReadCorrupt)
      }
      return number
    }
    guard case .string(let name)? = fixture.request["solver"],
      case .numbers(let x)? = fixture.request["x"]
    else { throw CocoaError(.coderReadCorrupt) }
    let field = try Asking(fixture, moved: moved)
    let steps: StepControl =
      fixture.request["steps"] == nil
      ? .adaptive(
        try Tolerance(
          relative: try tolerance ?? number("rtol"), absolute: try tolerance ?? number("atol")))
      : .fixed(steps: Int(try number("steps")))
    let (t0, t1) = (try number("t0"), try number("t1"))
    let end = t0 + (t1 - t0) * share
    let solver = try #require(Solver.named(name))
    let solution = try Flow(of: field, solver: solver, steps: steps)
      .solution(from: t0, to: end, at: x)
    var members: [JSONObject.Member] = [
      .init(name: "x", value: .numbers(solution.x)), .init(name: "t", value: .number(end)),
      .init(name: "nfe", value: .number(Double(solution.evaluations.total))),
    ]
    change(&members)
    return field.questions.withLock {
      $0.judge(
        jsonObject(["ok": .bool(true), "value": .object(JSONObject(members: members))]), Terms())
    }
  }

  private func asked(_ id: String, of name: String) throws -> FixtureLibrary.Entry {
    let all = try entry(id).asked(of: Self.greeting)
    return try #require(all.first { $0.fixture.askedOf == name }, "\(id)@\(name)")
  }

  private static let forth = "integrate/tolerance/ot/two/1e-6/forth"
  private static let back = "integrate/tolerance/ve/two/1e-6/back"

  @Test func everySolverKeepsWhatItPromises() throws {
    var judged = 0
    for entry in Self.entries.flatMap({ $0.asked(of: Self.greeting) })
    where entry.fixture.askedOf != nil {
      let found = try verdict(entry)
      judged += 1
      #expect(found.outcome.kind == .passed, "\(entry.fixture.id): \(found.outcome.detail)")
    }
    #expect(judged > 900)
  }

  @Test func aCaseIsForTheIntegratorsThatTakeIt() throws {
    let names: [String: Integrator] = [
      "five": .init(.integrator(5, "adaptive"))!, "two": .init(.integrator(2, "adaptive"))!,
      "any": .init(.integrator(nil, "adaptive"))!, "fixed": .init(.integrator(4, "steps"))!,
      "dense": .init(.integrator(5, "adaptive", "dense"))!,
    ]
    func asked(_ id: String) throws -> [String?] {
      try entry(id).asked(of: names).map(\.fixture.askedOf)
    }
    #expect(try asked("integrate/tolerance/ot/two/1e-3/forth") == ["any", "dense", "five", "two"])
    #expect(try asked("integrate/tolerance/ot/two/1e-9/forth") == ["any", "dense", "five"])
    #expect(try asked("integrate/steps/ot/two/order-4/forth") == ["fixed"])
    #expect(try asked("integrate/steps/ot/two/order-3/forth") == [nil])
    #expect(try asked("integrate/times/ot/two/1e-3/forth") == ["dense"])
    let nobody = try entry("integrate/steps/ot/two/order-3/forth")
    #expect(Terms(integrators: names).reasonToSkip(nobody.fixture) == .notApplicable)
    #expect(try entry(Self.forth).asked(of: names)[0].fixture.id == "\(Self.forth)@any")
  }

  @Test(arguments: [
    #"{"order":5}"#, #"{"order":0,"adaptive":true}"#, #"{"order":2.5,"steps":true}"#, "5",
    #"{"adaptive":1}"#, #"{"adaptive":true,"more":true}"#,
  ])
  func whatIsNoIntegratorIsNotTaken(text: String) throws {
    #expect(Integrator(try JSONDocument(parsing: Array(text.utf8)).value) == nil)
  }

  @Test(arguments: [forth, back]) func theToleranceAndTheEndAreJudged(id: String) throws {
    let case5 = try asked(id, of: "dopri5")
    let loose = try verdict(case5, tolerance: 1e-1)
    #expect(loose.tier == .wrongValue && loose.member == "x")
    #expect(loose.outcome.detail.contains("allowed"))
    let short = try verdict(case5, stopsAt: 0.9)
    #expect(short.tier == .wrongValue)
    #expect(short.outcome.detail.contains(".t:") && short.outcome.detail.contains(".x[0]"))
    // Where it stands is no duty to say, that it stands there is.
    let silent = try verdict(case5, stopsAt: 0.9, change: { $0.removeAll { $0.name == "t" } })
    #expect(silent.tier == .wrongValue && silent.member == "x")
  }

  @Test(arguments: [(forth, 1.12), (back, -0.06)])
  func questionsOutsideAreAVerdictOfTheirOwn(id: String, t: Double) throws {
    let case5 = try asked(id, of: "dopri5")
    let lastOne = id == Self.forth ? 1.0 : 0.0
    let found = try verdict(case5, moved: { $0 == lastOne ? t : $0 })
    #expect(found.tier == .wrongValue && found.member == (t > 1 ? "t_max" : "t_min"))
    #expect(found.outcome.detail.contains("the field was asked at t = \(t), outside [0, 1]"))
    // Rounding is none.
    let nearly = try verdict(case5, moved: { $0 == lastOne ? $0 + 2e-16 * (t - 0.5) : $0 })
    #expect(nearly.outcome.kind == .passed)
  }

  @Test func whoAsksOutsideAndThenGivesUpIsTold() throws {
    let fixture = try asked(Self.forth, of: "dopri5").fixture
    let field = try Asking(fixture)
    _ = try field.reply(#"{"id":1,"ask":"velocity","t":[0.5,1.5],"x":[[1],[1]]}"#)
    let refusal = jsonObject([
      "ok": .bool(false), "error": jsonObject(["code": .string("internal")]),
    ])
    let found = field.questions.withLock { $0.judge(refusal, Terms()) }
    #expect(found.tier == .wrongValue && found.member == "t_max")
    #expect(found.outcome.detail.hasSuffix("then answered internal; a value is certified"))
  }

  @Test func countsAreComparedWithTheQuestions() throws {
    let case5 = try asked(Self.forth, of: "dopri5")
    let wrong = try verdict(
      case5,
      change: { members in
        members.removeAll { $0.name == "nfe" }
        members.append(.init(name: "nfe", value: .number(3)))
      })
    #expect(wrong.tier == .count && wrong.member == "nfe")
    #expect(wrong.outcome.detail.hasPrefix(".nfe: 3 evaluations, "))
    #expect(
      try verdict(case5, change: { $0.removeAll { $0.name == "nfe" } }).outcome.kind == .passed)
    // The most serious fault is blamed, the other told.
    let both = try verdict(
      case5, tolerance: 1e-1,
      change: { members in
        members.removeAll { $0.name == "nfe" }
        members.append(.init(name: "nfe", value: .number(3)))
      })
    #expect(both.tier == .wrongValue && both.member == "x")
    #expect(both.outcome.detail.contains("; also .nfe"))
  }

  @Test func anErrorThatIsAllowedAndLargeIsInformation() throws {
    let case5 = try asked("integrate/tolerance/ot/two/1e-6/forth", of: "dopri5")
    guard case .answer(let expected) = case5.fixture.expected,
      case .numbers(let x)? = expected.member("x")?.value,
      case .numbers(let radius)? = expected.member("x")?.radius
    else { return }
    for (share, noted) in [(0.05, false), (0.5, true)] {
      let found = try verdict(
        case5,
        change: { members in
          members.removeAll { $0.name == "x" }
          members.append(.init(name: "x", value: .numbers([x[0] + share * radius[0]])))
        })
      #expect(found.outcome.kind == .passed && found.notes.isEmpty != noted)
    }
  }

  private static let file = #"""
    {"format":1,"operation":"integrate","cases":[{"id":"integrate/a/b","flags":["basic"],
    "request":{"op":"integrate","solver":"any","x":[1],"t0":0,"t1":1,"steps":4},
    "field":{"path":{"kind":"ot"},"target":{"kind":"gaussian_mixture","means":[[0]],"std":1}},"order":4,
    "formats":["float64"],"expected":{"value":{"x":[1]},"tail":{"x":[0]},"sensitivity":{"x":[1]},
    "radius":{"x":[0]}}}]}
    """#

  @Test(arguments: [
    ("\"order\":4", "\"order\":0"), ("\"order\":4", "\"order\":1.5"),
    ("\"order\":4", "\"order\":\"4\""),
    (#""kind":"ot""#, #""kind":"no such path""#), (#""std":1"#, #""std":-1"#),
    (#""field":{"path""#, #""field":{"pfad""#), (#""field":{"path""#, #""field":{"more":1,"path""#),
    (#""t1":1"#, #""t1":2"#),
  ])
  func aFileWhoseFieldCannotBeSuppliedIsDamaged(part: String, damage: String) throws {
    let sound = try FixtureFile(decoding: Array(Self.file.utf8), path: "a.json")
    #expect(sound.cases[0].field?.order == 4 && sound.cases[0].pathKind == "ot")
    let text = Self.file.replacing(part, with: damage)
    #expect(text != Self.file)
    let error = #expect(throws: FileError.self) {
      try FixtureFile(decoding: Array(text.utf8), path: "a.json")
    }
    #expect(error?.description.contains("integrate/a/b") == true)
  }

  @Test func severalPointsAreAskedAtOnce() throws {
    let field = try Asking(
      asked("integrate/tolerance/cosine/product/1e-3/forth", of: "dopri5").fixture)
    let reply = try field.reply(
      #"{"id":1,"ask":"velocity","t":[0.25,0.5],"x":[[1,2],[3,4]]}"#)
    let first = try field.reply(#"{"id":1,"ask":"velocity","t":0.25,"x":[1,2]}"#)
    let second = try field.reply(#"{"id":1,"ask":"velocity","t":0.5,"x":[[3,4]]}"#)
    let rows = try #require(reply["velocity"]?.elements)
    #expect(rows.count == 2 && rows[0] == first["velocity"])
    #expect(rows[1] == second["velocity"]?.elements?[0])
    #expect(field.questions.withLock { $0.questions } == 4)
  }

  @Test(arguments: [
    #"{"id":1,"ask":"velocity","t":0.5}"#, #"{"id":1,"ask":"velocity","x":[1]}"#,
    #"{"id":1,"ask":"velocity","t":0.5,"x":[1,2]}"#, #"{"id":1,"ask":"velocity","t":0.5,"x":[]}"#,
    #"{"id":1,"ask":"velocity","t":0.5,"x":["nan"]}"#,
    #"{"id":1,"ask":"velocity","t":"nan","x":[1]}"#,
    #"{"id":1,"ask":"velocity","t":[0.5],"x":[[1],[2]]}"#,
    #"{"id":1,"ask":"velocity","t":0.5,"x":[[1],[2,3]]}"#,
    #"{"id":1,"ask":"score","t":0.5,"x":[1]}"#,
    #"{"id":1,"ask":"velocity","t":0.5,"x":[1],"more":1}"#, #"{"id":1,"ask":1,"t":0.5,"x":[1]}"#,
    #"{"id":1,"ask":"velocity","t":1e999,"x":[1]}"#,
    #"{"id":1,"ask":"velocity","t":0.5,"x":[1e999]}"#,
  ])
  func aQuestionThatIsNoneHasAReplyAndAVerdict(question: String) throws {
    let field = try Asking(asked(Self.forth, of: "dopri5").fixture)
    let reply = try field.reply(question)
    guard case .object(let error)? = reply["error"], case .string? = error["code"] else {
      Issue.record("no error: \(reply)")
      return
    }
    let right = jsonObject(["ok": .bool(true), "value": jsonObject(["x": .numbers([0])])])
    let found = field.questions.withLock { $0.judge(right, Terms()) }
    #expect(found.outcome.kind == .protocolError && found.tier == .noAnswer)
    #expect(found.outcome.detail.hasPrefix("a question was none: "))
  }
}

extension JSONValue {
  fileprivate static func integrator(_ order: Int?, _ flags: String...) -> JSONValue {
    .object(
      JSONObject(
        members: [.init(name: "order", value: order.map { .number(Double($0)) } ?? .null)]
          + flags.map { .init(name: $0, value: .bool(true)) }))
  }
}
