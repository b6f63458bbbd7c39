import FlowFiles
import FlowMatching

/// Random targets and sources, and points beside them.
extension FuzzRequests {
  /// A mixture or a cloud as a member of a request, and its means.
  struct Mixture {
    let member: Member
    let means: [[Double]]
  }

  /// A target of any kind and a point.
  mutating func dataAndPoint() -> [Member] {
    if draw.chance(70) {
      let data = mixture()
      return [data.member, point(near: data)]
    }
    let (target, dimension) = continuous()
    return [Member(name: "target", value: target), vector("x", dimension)]
  }

  /// Mostly of one to four components on one to three axes, sometimes far from the origin.
  mutating func mixture(
    named name: String = "target", dimension: Int? = nil, count: Int? = nil, labelled: Bool = false
  ) -> Mixture {
    let d = dimension ?? draw.integer(1...3)
    let count = count ?? draw.integer((labelled ? 2 : 1)...4)
    let offset = draw.chance(15) ? draw.scale(10, 1000) : 0
    let means = (0..<count).map { _ in draw.vector(d).map { draw.nearest($0 + offset) } }
    let isCloud = draw.chance(25)
    var members = [text("kind", isCloud ? "point_cloud" : "gaussian_mixture")]
    members.append(
      Member(
        name: isCloud ? "points" : "means", value: .array(means.map(JSONValue.numbers))))
    if !isCloud { members.append(spread(d, count)) }
    if draw.chance(50) {
      members.append(
        Member(name: "weights", value: .numbers((0..<count).map { _ in draw.scale(0.01, 10) })))
    }
    if labelled {
      members.append(
        Member(name: "labels", value: .numbers((0..<count).map { Double($0 % 2) })))
    }
    return Mixture(
      member: Member(name: name, value: .object(JSONObject(members: members))), means: means)
  }

  /// Between the origin and a component, and beyond.
  mutating func point(near data: Mixture) -> Member {
    let around = draw.pick(data.means)
    let reach = draw.pick([0.0, 0.01, 1, 1, 3, 30])
    return Member(
      name: "x",
      value: .numbers(
        around.map { draw.nearest($0 * draw.uniform() + reach * draw.normal()) }))
  }

  /// What is no mixture, and the number of its axes.
  private mutating func continuous() -> (target: JSONValue, dimension: Int) {
    switch draw.integer(0...4) {
    case 0: return (line(), 1)
    case 1:
      let d = draw.integer(1...2)
      return (boxes(d), d)
    case 2:
      let ring = [
        text("kind", TargetKind.ring.rawValue), number("radius", draw.scale(0.25, 4)),
        number("std", draw.scale(0.02, 1)), vector("center", 2),
      ]
      return (.object(JSONObject(members: ring)), 2)
    case 3:
      let kind = draw.pick(CurveKind.allCases)
      return (named(.curve, kind.rawValue, kind.parameters), 2)
    default:
      let factors = [line(), draw.chance(50) ? line() : boxes(1)]
      let product = [
        text("kind", TargetKind.product.rawValue), Member(name: "factors", value: .array(factors)),
      ]
      return (.object(JSONObject(members: product)), 2)
    }
  }

  /// A density on the line.
  mutating func line() -> JSONValue {
    let kind = draw.pick(DensityKind.allCases)
    return named(.density, kind.rawValue, kind.parameters)
  }

  // Curves without noise, next to the data, take as many nodes as there is memory for.
  private mutating func named(
    _ kind: TargetKind, _ name: String, _ parameters: [Parameter]
  ) -> JSONValue {
    .object(
      JSONObject(
        members: [text("kind", kind.rawValue), text("name", name)]
          + parameters.map { number($0.name, draw.value(of: $0, isInside: true)) }))
  }

  private mutating func boxes(_ d: Int) -> JSONValue {
    let count = draw.integer(1...3)
    let lower = (0..<count).map { _ in draw.vector(d) }
    let upper = lower.map { $0.map { draw.nearest($0 + draw.scale(0.1, 4)) } }
    return .object(
      JSONObject(members: [
        text("kind", TargetKind.uniformBoxes.rawValue),
        Member(name: "lower", value: .array(lower.map(JSONValue.numbers))),
        Member(name: "upper", value: .array(upper.map(JSONValue.numbers))),
        Member(name: "weights", value: .numbers((0..<count).map { _ in draw.scale(0.01, 10) })),
      ]))
  }

  /// Noise around the interpolant of a pair.
  mutating func tube() -> Member {
    let tube = [
      text("kind", draw.pick(TubeKind.allCases).rawValue), number("sigma", draw.scale(0.01, 2)),
    ]
    return Member(name: "tube", value: .object(JSONObject(members: tube)))
  }

  /// One standard deviation, one for each component, or full covariances.
  mutating func spread(_ d: Int, _ count: Int) -> Member {
    switch draw.integer(0...2) {
    case 0: return number("std", draw.scale(1e-4, 10))
    case 1:
      return Member(
        name: "std", value: .numbers((0..<count).map { _ in draw.scale(1e-4, 10) }))
    default:
      return Member(
        name: "covariances", value: .array((0..<count).map { _ in covariance(d) }))
    }
  }

  /// `L L^T` with few bits, so that it is exact and positive definite.
  mutating func covariance(_ d: Int) -> JSONValue {
    let factor = (0..<d).map { i in
      (0..<d).map { j in
        j > i ? 0 : i == j ? Double(draw.integer(1...8)) / 4 : Double(draw.integer(-6...6)) / 4
      }
    }
    return .array(
      (0..<d).map { i in
        .numbers((0..<d).map { j in (0..<d).reduce(0.0) { $0 + factor[i][$1] * factor[j][$1] } })
      })
  }
}
