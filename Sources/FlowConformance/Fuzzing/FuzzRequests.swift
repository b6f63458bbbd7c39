import FlowFiles
import FlowIntegration
import FlowMatching

/// Random requests over the legal domain of each operation. Every parameter is written out, so that
/// all the numbers that an answer depends on stand in the request.
struct FuzzRequests {
  var draw: FuzzDraw

  init(_ draw: FuzzDraw) { self.draw = draw }

  typealias Member = JSONObject.Member
  private typealias Maker = @Sendable (inout FuzzRequests) -> [Member]

  /// The operations that can be drawn.
  static let operations: [String] = makers.map(\.key)

  mutating func request(_ operation: String) -> JSONObject {
    let maker = Self.makers.first { $0.key == operation }?.value
    return JSONObject(
      members: [Member(name: "op", value: .string(operation))] + (maker?(&self) ?? []))
  }

  private static let makers: KeyValuePairs<String, Maker> = [
    "schedule": { [$0.path(), $0.time()] },
    "time_at_log_snr": { [$0.path(), $0.number("log_snr", 10 * $0.draw.normal())] },
    "conditional_flow": { $0.conditional("x0") },
    "conditional_velocity": { $0.conditional("x") },
    "conditional_score": { $0.conditional("x") },
    "conditional_log_density": { $0.conditional("x") },
    "pair_velocity": {
      let d = $0.draw.integer(1...3)
      let kind = $0.draw.pick(["icfm", "schrodinger_bridge", "vp_trigonometric"])
      return [
        $0.text("kind", kind), $0.number("sigma", $0.draw.scale(0.01, 2)), $0.time(),
        $0.vector("x", d), $0.vector("x0", d), $0.vector("x1", d),
      ]
    },
    "convert": {
      let d = $0.draw.integer(1...2)
      let names = ["velocity", "x1", "noise", "score", "v"]
      return [
        $0.path(), $0.time(allowingEnds: false), $0.text("from", $0.draw.pick(names)),
        $0.text("to", $0.draw.pick(names)), $0.vector("x", d), $0.vector("value", d),
      ]
    },
    "convert_convention": {
      let d = $0.draw.integer(1...2)
      let names = ["noise0_data1", "data0_noise1", "data0_noise1_reversed"]
      return [
        $0.text("from", $0.draw.pick(names)), $0.text("to", $0.draw.pick(names)), $0.time(),
        $0.vector("x", d), $0.vector("velocity", d),
      ]
    },
    "guided_velocity": {
      let data = $0.mixture(labelled: true)
      return [
        $0.path(), data.member, $0.time(),
        $0.number("label", Double($0.draw.integer(0...min(1, data.means.count - 1)))),
        $0.number("weight", $0.draw.pick([-1, 0, 0.5, 1, 2, 7.5])), $0.point(near: data),
      ]
    },
    "schedule_transform": { [$0.path(), $0.path("to_path")] + $0.dataAndPoint() + [$0.time()] },
    "ddpm_posterior": {
      let d = $0.draw.integer(1...2)
      let count = $0.draw.integer(1...8)
      var betas: [Double] = []
      for _ in 0..<count { betas.append($0.draw.scale(1e-6, 0.999)) }
      return [
        Member(name: "betas", value: .numbers(betas)),
        $0.number("step", Double($0.draw.integer(1...count))), $0.vector("x", d),
        $0.vector("z", d),
      ]
    },
    "bits_per_dim": {
      [
        $0.number("log_density", $0.draw.coordinate() * 100),
        $0.number("dimension", Double($0.draw.integer(1...3072))),
      ]
    },
    "trace_estimate": { $0.trace() },
    "sigma_grid": {
      [
        $0.number("steps", Double($0.draw.integer(2...40))),
        $0.draw.chance(50)
          ? $0.number("shift", $0.draw.scale(0.1, 10)) : $0.number("mu", $0.draw.normal()),
      ]
    },
    "assignment": {
      let (d, count) = ($0.draw.integer(1...3), $0.draw.integer(1...5))
      return [$0.rows("x0", count, d), $0.rows("x1", count, d)]
    },
    "sinkhorn": {
      let d = $0.draw.integer(1...3)
      return [
        $0.rows("x0", $0.draw.integer(1...5), d), $0.rows("x1", $0.draw.integer(1...5), d),
        $0.number("epsilon", $0.draw.scale(1, 100)),
      ]
    },
    "gaussian_ot_map": {
      let d = $0.draw.integer(1...3)
      return [
        $0.vector("mean0", d), Member(name: "covariance0", value: $0.covariance(d)),
        $0.vector("mean1", d), Member(name: "covariance1", value: $0.covariance(d)),
        $0.vector("x", d),
      ]
    },
    "solver_step": { $0.solverStep() },
    "flow_map": { $0.trajectory() },
    "log_likelihood": { $0.trajectory() + [$0.text("divergence", "exact")] },
    "few_step_map": {
      let (count, first) = ($0.draw.integer(2...5), $0.draw.integer(1...6))
      let times = (0..<count).map { Double(first + 2 * $0) / 16 }
      return [
        $0.path(), $0.text("method", $0.draw.pick(FewStepMethod.allCases).rawValue),
        Member(name: "times", value: .numbers(times)),
      ] + $0.dataAndPoint()
    },
    "average_velocity": { $0.levels() },
    "flow_jacobian": { $0.levels() },
    "flow_log_determinant": { $0.levels() },
    "marginal_log_density": { $0.marginal() },
    "marginal_log_density_dt": { $0.marginal() },
    "marginal_velocity": { $0.marginal() },
    "marginal_score": { $0.marginal() },
    "denoiser": { $0.marginal() },
    "noise_prediction": { $0.marginal() },
    "marginal_divergence": { $0.marginal() },
    "marginal_jacobian": { $0.marginal() },
    "posterior_covariance": { $0.marginal() },
    "posterior_weights": { $0.marginal() },
  ]

  // MARK: Kinds of requests

  private mutating func conditional(_ first: String) -> [Member] {
    let d = draw.integer(1...3)
    return [path(), time(), vector(first, d), vector("x1", d)]
  }

  /// A field at a point, sometimes with a source and noise around the interpolant.
  private mutating func marginal() -> [Member] {
    if draw.chance(85) { return [path()] + dataAndPoint() + [time()] }
    let data = mixture()
    let source = mixture(named: "source", dimension: data.means[0].count)
    let members = [path(), data.member, source.member, point(near: data), time()]
    return draw.chance(50) ? members : members + [tube()]
  }

  private mutating func trajectory() -> [Member] {
    let solvers = Solver.all.filter { !$0.isAdaptive && !$0.isFromGSL }
    let data = mixture()
    return [path(), data.member, point(near: data)] + interval()
      + [
        text("solver", draw.pick(solvers).name), number("steps", Double(draw.integer(1...4))),
      ]
  }

  /// A flow that is known by levels: of a target on a line, or of one Gaussian.
  private mutating func levels() -> [Member] {
    if draw.chance(40) {
      return [path(), Member(name: "target", value: line()), vector("x", 1)] + interval()
    }
    let data = draw.chance(50) ? mixture(dimension: 1) : mixture(count: 1)
    return [path(), data.member, point(near: data)] + interval()
  }

  private mutating func interval() -> [Member] {
    [
      number("t0", Double(draw.integer(1...4)) / 16),
      number("t1", Double(draw.integer(6...12)) / 16),
    ]
  }

  private mutating func solverStep() -> [Member] {
    let d = draw.integer(1...3)
    let solvers = Solver.all.filter { !$0.isAdaptive && !$0.isFromGSL }
    func quarters(_ draw: inout FuzzDraw) -> JSONValue {
      .numbers((0..<d).map { _ in Double(draw.integer(-8...8)) / 4 })
    }
    let matrix = JSONValue.array((0..<d).map { _ in quarters(&draw) })
    let field = [
      text("kind", "linear"), Member(name: "matrix", value: matrix),
      Member(name: "offset", value: quarters(&draw)),
    ]
    return [
      text("solver", draw.pick(solvers).name),
      Member(name: "field", value: .object(JSONObject(members: field))),
      number("t", Double(draw.integer(0...3)) / 8), number("h", Double(draw.integer(1...8)) / 16),
      vector("x", d),
    ]
  }

  // MARK: Parts

  func number(_ name: String, _ value: Double) -> Member {
    Member(name: name, value: .number(value))
  }

  func text(_ name: String, _ value: String) -> Member {
    Member(name: name, value: .string(value))
  }

  mutating func vector(_ name: String, _ dimension: Int) -> Member {
    Member(name: name, value: .numbers(draw.vector(dimension)))
  }

  private mutating func rows(_ name: String, _ count: Int, _ dimension: Int) -> Member {
    Member(
      name: name, value: .array((0..<count).map { _ in .numbers(draw.vector(dimension)) }))
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
