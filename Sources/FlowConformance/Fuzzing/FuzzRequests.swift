import FlowFiles
import FlowMatching

/// Random requests over the legal domain of each operation. Every parameter is written out, so that
/// all the numbers that an answer depends on stand in the request.
struct FuzzRequests {
  var draw: FuzzDraw

  init(_ draw: FuzzDraw) { self.draw = draw }

  private typealias Member = JSONObject.Member

  /// The operations that can be drawn.
  static let operations: [String] =
    [
      "schedule", "time_at_log_snr", "conditional_flow", "conditional_velocity",
      "conditional_score",
      "conditional_log_density", "pair_velocity", "convert", "convert_convention",
      "guided_velocity",
      "schedule_transform", "ddpm_posterior", "bits_per_dim", "trace_estimate", "sigma_grid",
    ] + marginal

  private static let marginal = [
    "marginal_log_density", "marginal_log_density_dt", "marginal_velocity", "marginal_score",
    "denoiser", "noise_prediction", "marginal_divergence", "marginal_jacobian",
    "posterior_covariance", "posterior_weights",
  ]

  mutating func request(_ operation: String) -> JSONObject {
    JSONObject(members: [Member(name: "op", value: .string(operation))] + members(operation))
  }

  private mutating func members(_ operation: String) -> [Member] {
    switch operation {
    case "schedule": return [path(), time()]
    case "time_at_log_snr": return [path(), number("log_snr", 10 * draw.normal())]
    case "conditional_flow", "conditional_velocity", "conditional_score", "conditional_log_density":
      let d = draw.integer(1...3)
      let first = operation == "conditional_flow" ? "x0" : "x"
      return [path(), time(), vector(first, d), vector("x1", d)]
    case "pair_velocity":
      let d = draw.integer(1...3)
      let kind = draw.pick(["icfm", "schrodinger_bridge", "vp_trigonometric"])
      return [
        text("kind", kind), number("sigma", draw.scale(0.01, 2)), time(), vector("x", d),
        vector("x0", d), vector("x1", d),
      ]
    case "convert":
      let d = draw.integer(1...2)
      let names = ["velocity", "x1", "noise", "score", "v"]
      return [
        path(), time(allowingEnds: false), text("from", draw.pick(names)),
        text("to", draw.pick(names)), vector("x", d), vector("value", d),
      ]
    case "convert_convention":
      let d = draw.integer(1...2)
      let names = ["noise0_data1", "data0_noise1", "data0_noise1_reversed"]
      return [
        text("from", draw.pick(names)), text("to", draw.pick(names)), time(), vector("x", d),
        vector("velocity", d),
      ]
    case "guided_velocity":
      let (target, x, count) = targetAndPoint(labelled: true)
      return [
        path(), target, time(), number("label", Double(draw.integer(0...min(1, count - 1)))),
        number("weight", draw.pick([-1, 0, 0.5, 1, 2, 7.5])), x,
      ]
    case "schedule_transform":
      let (target, x, _) = targetAndPoint()
      return [path(), path("to_path"), target, time(), x]
    case "ddpm_posterior":
      let d = draw.integer(1...2)
      let count = draw.integer(1...8)
      let betas = (0..<count).map { _ in draw.scale(1e-6, 0.999) }
      return [
        Member(name: "betas", value: .numbers(betas)),
        number("step", Double(draw.integer(1...count))), vector("x", d), vector("z", d),
      ]
    case "bits_per_dim":
      return [
        number("log_density", draw.coordinate() * 100),
        number("dimension", Double(draw.integer(1...3072))),
      ]
    case "trace_estimate": return trace()
    case "sigma_grid":
      return [
        number("steps", Double(draw.integer(2...40))),
        draw.chance(50) ? number("shift", draw.scale(0.1, 10)) : number("mu", draw.normal()),
      ]
    default:
      let (target, x, _) = targetAndPoint()
      return [path(), target, time(), x]
    }
  }

  // MARK: Parts

  private func number(_ name: String, _ value: Double) -> Member {
    Member(name: name, value: .number(value))
  }

  private func text(_ name: String, _ value: String) -> Member {
    Member(name: name, value: .string(value))
  }

  private mutating func vector(_ name: String, _ dimension: Int) -> Member {
    Member(name: name, value: .numbers(draw.vector(dimension)))
  }

  private mutating func time(allowingEnds: Bool = true) -> Member {
    let (name, value) = draw.time(allowingEnds: allowingEnds)
    return number(name, value)
  }

  private mutating func path(_ name: String = "path") -> Member {
    let kind = draw.pick(PathKind.allCases)
    let parameters = kind.parameters.map { number($0.name, draw.value(of: $0)) }
    let members = [text("kind", kind.rawValue)] + parameters
    return Member(name: name, value: .object(JSONObject(members: members)))
  }

  /// A mixture or a cloud, a point in the regimes that matter, and how many components there are.
  private mutating func targetAndPoint(
    labelled: Bool = false
  ) -> (target: Member, x: Member, count: Int) {
    let d = draw.integer(1...3)
    let count = draw.integer((labelled ? 2 : 1)...4)
    let offset = draw.chance(15) ? draw.scale(10, 1000) : 0
    let means = (0..<count).map { _ in draw.vector(d).map { nearest($0 + offset) } }
    var members: [Member] = []
    let isCloud = draw.chance(25)
    let rows = JSONValue.array(means.map(JSONValue.numbers))
    members.append(text("kind", isCloud ? "point_cloud" : "gaussian_mixture"))
    members.append(Member(name: isCloud ? "points" : "means", value: rows))
    if !isCloud { members.append(spread(d, count)) }
    if draw.chance(50) {
      members.append(
        Member(name: "weights", value: .numbers((0..<count).map { _ in draw.scale(0.01, 10) })))
    }
    if labelled {
      members.append(
        Member(name: "labels", value: .numbers((0..<count).map { Double($0 % 2) })))
    }
    let around = draw.pick(means)
    let reach = draw.pick([0.0, 0.01, 1, 1, 3, 30])
    let x = around.map { nearest($0 * draw.uniform() + reach * draw.normal()) }
    return (
      Member(name: "target", value: .object(JSONObject(members: members))),
      Member(name: "x", value: .numbers(x)), count
    )
  }

  private func nearest(_ number: Double) -> Double { draw.nearest(number) }

  /// One standard deviation, one for each component, or full covariances.
  private mutating func spread(_ d: Int, _ count: Int) -> Member {
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
  private mutating func covariance(_ d: Int) -> JSONValue {
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

  private mutating func trace() -> [Member] {
    let d = draw.integer(1...3)
    let matrix = JSONValue.array((0..<d).map { _ in .numbers(draw.vector(d)) })
    let probes = JSONValue.array((0..<draw.integer(2...5)).map { _ in .numbers(draw.vector(d)) })
    return [
      Member(name: "matrix", value: matrix),
      draw.chance(50)
        ? Member(name: "probes", value: probes)
        : text("law", draw.pick(["rademacher", "gaussian"])),
    ]
  }
}
