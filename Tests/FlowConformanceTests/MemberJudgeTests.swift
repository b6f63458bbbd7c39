import FlowFiles
import Testing

@testable import FlowConformance

/// Members of answers are judged apart, each by what it is and what is claimed; failures have their tiers.
struct MemberJudgeTests {
  private static let library = Result { try FixtureLibrary(root: AdapterTests.fixtures) }

  private func entry(_ id: String) throws -> FixtureLibrary.Entry {
    try #require(try Self.library.get().entries.first { $0.fixture.id == id }, "\(id)")
  }

  private func fixture(_ id: String) throws -> FixtureCase { try entry(id).fixture }

  /// The certified value with some members put in the place of others; nil takes one away.
  private func judge(
    _ fixture: FixtureCase, _ changes: [String: JSONValue?], _ terms: Terms = Terms()
  ) throws -> Judgement {
    guard case .answer(let expected) = fixture.expected, case .object(let value) = expected.value
    else {
      Issue.record("\(fixture.id) has no members")
      return Judgement(.notAsked)
    }
    var members = value.members.filter { changes[$0.name] == nil }
    for (name, change) in changes {
      if let change { members.append(.init(name: name, value: change)) }
    }
    return fixture.judge(
      jsonObject(["ok": .bool(true), "value": .object(JSONObject(members: members))]), terms)
  }

  private func claiming(_ solver: String) -> Terms { Terms(solvers: [solver: solver]) }

  @Test func anEstimateThatIsNotOfferedIsNoFailure() throws {
    let case853 = try fixture("solver-step/linear/dop853/decay/h-0.25")
    for terms in [Terms(), claiming("dop853")] {
      let found = try judge(case853, ["error_estimate": nil], terms)
      #expect(found.outcome.kind == .passed && found.tier == nil)
      #expect(found.notes.map(\.isOffered) == [false])
    }
  }

  @Test func anEstimateThatTheFixtureDoesNotHaveIsNoFailure() throws {
    let midpoint = try fixture("solver-step/linear/midpoint/decay/h-0.25")
    for terms in [Terms(), claiming("midpoint")] {
      let found = try judge(midpoint, ["error_estimate": .numbers([0.09375])], terms)
      #expect(found.outcome == .passed(0) && found.notes.map(\.isOffered) == [true])
    }
  }

  @Test func anotherEstimateIsAFailureOfWhoClaimsTheMethod() throws {
    let entry = try entry("solver-step/linear/heun/decay/h-0.25")
    let other: [String: JSONValue?] = ["error_estimate": .numbers([1])]
    #expect(try judge(entry.fixture, other).outcome.kind == .passed)
    let claimed = try judge(entry.fixture, other, claiming("heun"))
    #expect(claimed.tier == .wrongValue && claimed.member == "error_estimate")
    // The mistakes that are shown are those of the estimate, not of the state.
    #expect(entry.mistakes(of: "error_estimate").contains { $0.contains("the error estimate") })
    #expect(!entry.mistakes(of: "x").contains { $0.contains("the error estimate") })
  }

  @Test func aStateThatIsWrongOrMissingIsAlwaysAFailure() throws {
    let heun = try fixture("solver-step/linear/heun/decay/h-0.25")
    #expect(try judge(heun, ["x": .numbers([1])]).tier == .wrongValue)
    let absent = try judge(heun, ["x": nil])
    #expect(absent.tier == .wrongValue && absent.outcome.detail == ".x is missing")
  }

  @Test func errorsOfCountsAreCounts() throws {
    let flow = try fixture("flow-map/fixed/dop853/ot-gaussian/inside")
    let more: [String: JSONValue?] = ["nfe": .number(13)]
    let free = try judge(flow, more)
    #expect(free.outcome.kind == .passed)
    #expect(free.notes.map(\.detail) == ["nfe: 13 evaluations, 12 expected"])
    let claimed = try judge(flow, more, claiming("dop853"))
    #expect(claimed.outcome == .wrong(.infinity, ".nfe: 13 evaluations, 12 expected"))
    #expect(claimed.member == "nfe")
  }

  @Test func aFieldThatIsAskedOutsideTheIntervalIsAFailureOfEverybody() throws {
    let flow = try fixture("flow-map/adaptive/dopri5/ot-gaussian/forward")
    #expect(try judge(flow, ["t_max": nil, "t_min": nil]).outcome == .passed(0))
    #expect(try judge(flow, ["t_max": .number(0.9)]).outcome == .passed(0))
    #expect(try judge(flow, ["t_max": .number(1 + 0x1p-52)]).outcome == .passed(0))
    let outside = try judge(flow, ["t_max": .number(1.125)])
    #expect(outside.tier == .wrongValue && outside.member == "t_max")
    #expect(outside.outcome.detail == ".t_max: the field was asked at t = 1.125, outside [0, 1]")
  }

  @Test func aPermutationIsComparedExactly() throws {
    let entry = try #require(
      try Self.library.get().entries.first {
        $0.fixture.operation == "assignment" && $0.fixture.certifiedError == nil
      })
    let found = try judge(entry.fixture, ["permutation": .numbers([7])])
    #expect(found.outcome.ratio == .infinity && found.member == "permutation")
  }

  @Test func whoKnowsOnlyTIsNotAskedForTheRest() throws {
    let inverse = try fixture("time-at-log-snr/ot/default/log-snr-minus-1")
    let rounded: [String: JSONValue?] = ["one_minus_t": .number(0.7)]
    #expect(try judge(inverse, rounded).tier == .wrongValue)
    #expect(try judge(inverse, rounded, Terms(namesOnlyT: true)).outcome.kind == .passed)
  }

  // MARK: Tiers

  private func tier(_ id: String, value: JSONValue) throws -> Tier? {
    try fixture(id).judge(jsonObject(["ok": .bool(true), "value": value])).tier
  }

  private func tier(_ id: String, code: String) throws -> Tier? {
    try fixture(id).judge(
      jsonObject(["ok": .bool(false), "error": jsonObject(["code": .string(code)])])
    ).tier
  }

  @Test func failuresHaveTheirTiers() throws {
    let inside = "conditional-velocity/ot/default/t-0.25/plane"
    #expect(try tier(inside, value: .numbers([0, 0])) == .wrongValue)
    #expect(try tier(inside, value: .string("x")) == .wrongValue)
    #expect(try tier(inside, code: "singular") == .refusal)
    #expect(try tier(inside, code: "unsupported") == nil)
    // Whatever a library raises where there is a value is no refusal.
    #expect(try tier(inside, code: "internal") == .noAnswer)
    let end = "conditional-velocity/ot/default/t-1/plane"
    #expect(try tier(end, value: .numbers([0, 0])) == .endOfTime)
    #expect(try tier(end, code: "singular") == nil)
    #expect(try tier(end, code: "out_of_domain") == .otherCode)
    #expect(try tier(end, code: "internal") == .otherCode)
    let start = "conditional-velocity/ot/default/t-0/plane"
    #expect(try tier(start, value: .numbers([0, 0])) == .endOfTime)
    #expect(try tier(start, code: "internal") == .endOfTime)
    // How a method that looks back steps from alpha = 0 is nowhere published; DDIM has one formula.
    let steps = "few-step-map/published"
    #expect(try tier("\(steps)/dpmpp-2m/whole", value: .numbers([0])) == .endOfTime)
    #expect(try tier("\(steps)/dpmpp-2m/two", value: .numbers([0])) == .wrongValue)
    #expect(try tier("\(steps)/ddim/whole", value: .numbers([0])) == .wrongValue)
    let outside = "conditional-velocity/ot/error/time"
    #expect(try tier(outside, value: .numbers([0, 0])) == .refusal)
    #expect(try tier(outside, code: "singular") == .otherCode)
    let form = "conditional-velocity/ot/error/length"
    #expect(try tier(form, value: .numbers([0, 0])) == .convention)
    #expect(try tier(form, code: "internal") == .convention)
  }

  @Test func onlyTheFirstTiersAlwaysFail() {
    #expect(Tier.allCases.filter(\.alwaysFails) == [.wrongValue, .noAnswer])
    #expect(Tier.allCases.min() == .wrongValue)
  }
}
