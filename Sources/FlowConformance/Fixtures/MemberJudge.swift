import FlowFiles

/// Judges the members of an answer apart, each by what it is.
struct MemberJudge {
  let fixture: FixtureCase
  let terms: Terms
  /// Whether the method is claimed, so that all its members are judged.
  private let isClaimed: Bool
  private let budget: Double

  init(_ fixture: FixtureCase, _ terms: Terms) {
    self.fixture = fixture
    self.terms = terms
    isClaimed = terms.claims(fixture)
    budget = PassRule.budget(of: fixture.operation)
  }

  /// One member: its error over allowance, what is wrong with it, and what is only noted.
  private struct Finding {
    var ratio = 0.0
    var fault: String?
    var note: Judgement.Note?
  }

  /// What is wrong with a member, and how serious that is.
  struct Fault {
    let text: String
    let member: String?
    let tier: Tier
    let ratio: Double
  }

  func judgement(of got: JSONValue, _ expected: Expectation) -> Judgement {
    let found = findings(got, expected, "")
    let notes = found.compactMap(\.finding.note)
    let worst = found.map(\.finding.ratio).max() ?? 0
    let faults = found.compactMap(fault)
    guard let first = Self.worst(of: faults) else { return Judgement(.passed(worst), notes: notes) }
    let others = faults.map(\.text).filter { $0 != first.text }
    return Judgement(
      .wrong(worst, ([first.text] + others).joined(separator: "; also ")), tier: first.tier,
      member: first.member, notes: notes)
  }

  /// The most serious fault of some members; nil if they are right.
  func fault(
    of got: JSONObject, _ expected: Expectation, among names: Set<String>
  ) -> Fault? {
    Self.worst(
      of: findings(.object(got), expected, "")
        .filter { $0.member.map(names.contains) ?? false }.compactMap(fault))
  }

  private func fault(_ member: String?, _ finding: Finding) -> Fault? {
    guard let text = finding.fault else { return nil }
    let kind = member.flatMap { AnswerMember.named($0, of: fixture.operation)?.kind }
    return Fault(
      text: text, member: member,
      tier: kind == .questions ? .count : fixture.tier(ofAnswering: nil), ratio: finding.ratio)
  }

  /// The first of the most serious, of these with the largest error.
  private static func worst(of faults: [Fault]) -> Fault? {
    faults.reduce(nil) { worst, fault in
      guard let worst else { return fault }
      return (fault.tier, -fault.ratio) < (worst.tier, -worst.ratio) ? fault : worst
    }
  }

  /// Objects by their members, also where there is one for each of several points.
  private func findings(
    _ got: JSONValue, _ expected: Expectation, _ place: String
  ) -> [(member: String?, finding: Finding)] {
    if case .object(let values) = expected.value {
      guard case .object(let object) = got else { return [(nil, judged(got, expected, place))] }
      return values.members.map { part in
        (part.name, finding(part.name, object[part.name], expected.member(part.name)!, place))
      }
    }
    if let values = expected.value.elements, case .object? = values.first {
      guard let elements = got.elements, elements.count == values.count else {
        return [(nil, judged(got, expected, place))]
      }
      return values.indices.flatMap {
        findings(elements[$0], expected.element($0)!, "\(place)[\($0)]")
      }
    }
    return [(nil, judged(got, expected, place))]
  }

  private func finding(
    _ name: String, _ got: JSONValue?, _ expected: Expectation, _ place: String
  ) -> Finding {
    let kind = AnswerMember.named(name, of: fixture.operation)?.kind ?? .value
    let place = "\(place).\(name)"
    let isThere = got != nil && got != .null
    switch kind {
    case .value, .index: break
    case .count, .estimate:
      let isCertified = kind == .count || expected.value != .null
      if !isClaimed || !isThere || !isCertified {
        return information(name, got, expected, kind)
      }
    case .offered:
      if !isClaimed, !isThere || expected.value == .null {
        return information(name, got, expected, kind)
      }
    case .askedTime:
      guard isThere else { return information(name, got, expected, kind) }
      if !isClaimed, let interval { return inside(interval, got!, place) }
    case .questions:
      guard isThere else { return information(name, got, expected, kind) }
    case .remainingTime:
      if terms.namesOnlyT { return information(name, got, expected, kind) }
    }
    // A quantity that is not there may be null or missing.
    guard let got = got ?? (expected.value == .null ? .null : nil) else {
      return Finding(ratio: .infinity, fault: "\(place) is missing")
    }
    return kind.isCounted ? counted(got, expected, place) : judged(got, expected, place)
  }

  private func judged(
    _ got: JSONValue, _ expected: Expectation, _ place: String
  ) -> Finding {
    let rule = terms.precision.rule
    let ratio = rule.ratio(got, expected)
    guard ratio > budget else { return Finding(ratio: ratio) }
    return Finding(
      ratio: ratio, fault: rule.explanation(of: got, expected, at: place, budget: budget))
  }

  /// Counts differ by counts.
  private func counted(
    _ got: JSONValue, _ expected: Expectation, _ place: String
  ) -> Finding {
    guard PassRule.float64.ratio(got, expected) > 0 else { return Finding() }
    let name = place == "nfe" || place.hasSuffix(".nfe") ? " evaluations" : ""
    return Finding(
      ratio: .infinity,
      fault: "\(place): \(Self.count(got))\(name), \(Self.count(expected.value)) expected")
  }

  private static func count(_ value: JSONValue) -> String {
    if case .number(let number) = value, let whole = Int(exactly: number) { return "\(whole)" }
    return FixtureCase.short(value)
  }

  private var interval: ClosedRange<Double>? {
    guard case .number(let t0)? = fixture.request["t0"],
      case .number(let t1)? = fixture.request["t1"]
    else { return nil }
    return min(t0, t1)...max(t0, t1)
  }

  /// A time at which the field was asked: within rounding of the interval.
  private func inside(
    _ interval: ClosedRange<Double>, _ got: JSONValue, _ place: String
  ) -> Finding {
    let zero = JSONValue.number(0)
    guard case .number(let t) = got else {
      return Finding(
        ratio: .infinity, fault: "\(place): answered \(FixtureCase.short(got)), which is no time")
    }
    let nearest = min(max(t, interval.lowerBound), interval.upperBound)
    let finding = judged(
      got, Expectation(value: .number(nearest), tail: zero, sensitivity: .number(1), radius: zero),
      place)
    guard finding.fault != nil else { return Finding() }
    return Finding(
      ratio: .infinity,
      fault: "\(place): the field was asked at t = \(t), outside "
        + "[\(PassRule.text(interval.lowerBound)), \(PassRule.text(interval.upperBound))]")
  }

  /// What is not judged, noted where it is not as certified.
  private func information(
    _ name: String, _ got: JSONValue?, _ expected: Expectation, _ kind: MemberKind
  ) -> Finding {
    guard let got, got != .null else {
      guard expected.value != .null else { return Finding() }
      return Finding(
        note: .init(member: name, isOffered: false, detail: "\(name) is not offered"))
    }
    let same = kind.isCounted ? counted(got, expected, name) : judged(got, expected, name)
    return Finding(
      note: same.fault.map { .init(member: name, isOffered: true, detail: $0) })
  }
}
