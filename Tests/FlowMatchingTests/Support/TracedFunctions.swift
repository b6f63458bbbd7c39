import RealModule
import Testing

@testable import FlowMatching

/// A function whose operation tree the proofs are about.
struct TracedFunction: Sendable, CustomTestStringConvertible {
  /// The stem of its file in `Proofs/traces`.
  let name: String
  /// What it is, in the words of the library.
  let function: String
  /// Evaluates it, at one of two samples: the tree must not depend on which.
  let outputs: @Sendable (Trace, Int) throws -> [(name: String, value: Traced)]

  var testDescription: String { name }

  func tree(sample: Int) throws -> OperationTree {
    try OperationTree { try outputs($0, sample) }
  }

  static let all = paths.flatMap { [$0.schedule, $0.velocity] } + [mixture]
}

/// A path for the tracer: how it is made from its parameters, and what else it keeps of them.
struct TracedPath: Sendable {
  let name: String
  let type: String
  let path: @Sendable (Trace, Int) throws -> any AffinePath

  static let ot = TracedPath(name: "ot", type: "OptimalTransportPath") { trace, sample in
    try OptimalTransportPath(sigmaMin: trace.parameter("sigma_min", [0.012, 0.34][sample]))
  }
  static let ve = TracedPath(name: "ve", type: "VarianceExplodingPath") { trace, sample in
    let path = try VarianceExplodingPath(
      sigmaMin: [0.012, 0.034][sample], sigmaMax: [51, 7][sample])
    _ = trace.parameter("twice_log_ratio", 2 * path.logRatio)
    _ = trace.parameter("sigma_min_squared", path.sigmaMin * path.sigmaMin)
    _ = trace.parameter("sigma_max_squared", path.sigmaMax * path.sigmaMax)
    return path
  }
}

extension TracedFunction {
  static let paths: [TracedPath] = [.ot, .ve]

  /// Two components with one std on the line, seen from the first.
  static let mixture = TracedFunction(
    name: "two_components",
    function: "MarginalField, two components N(m, s^2) on the line, the first the heavier"
  ) { trace, sample in
    let means = [
      trace.parameter("m0", [0.31, -1.7][sample]), trace.parameter("m1", [-2.3, 0.9][sample]),
    ]
    let std = trace.parameter("std", [0.21, 0.47][sample])
    let weights = [
      trace.parameter("w0", [0.7, 3.1][sample]), trace.parameter("w1", [0.3, 2.2][sample]),
    ]
    let logWeights = [
      trace.parameter("log_w0", Double.log(weights[0] / (weights[0] + weights[1]))),
      trace.parameter("log_w1", Double.log(weights[1] / (weights[0] + weights[1]))),
    ]
    let schedule = Schedule(
      alpha: trace.input("alpha", 0.6), sigma: trace.input("sigma", 0.8),
      variance: trace.input("variance", 0.64), alphaDot: trace.input("alpha_dot", 1.1),
      sigmaDot: trace.input("sigma_dot", -0.7), varianceDot: trace.input("variance_dot", -1.3))
    let x = trace.input("x", [0.1, -1.1][sample])
    let family = EqualSpreadFamily(
      base: IsotropicFamily(dimension: 1, means: means, stds: [std, std]))
    let posterior = mixturePosterior(
      family, weights: weights, logWeights: logWeights, [x], schedule, [.means])
    return [
      ("log_density", posterior.logDensity), ("denoiser", posterior.denoiser[0]),
      ("negative_score", posterior.negativeScore[0]),
      ("velocity", MarginalQuantity.velocity.lanes(posterior, at: schedule, x: [x])[0]),
    ]
  }
}

extension TracedPath {
  private func moment(_ trace: Trace, _ sample: Int) throws -> Schedule<Traced> {
    let time = Time<Traced>(rounding: trace.input("t", [0.27, 0.81][sample]))
    return try path(trace, sample).derivedSchedule(at: time)
  }

  var schedule: TracedFunction {
    TracedFunction(name: "schedule_\(name)", function: "\(type).schedule(at: Time(t))") {
      trace, sample in
      let schedule = try moment(trace, sample)
      return [
        ("alpha", schedule.alpha), ("sigma", schedule.sigma), ("variance", schedule.variance),
        ("alpha_dot", schedule.alphaDot), ("sigma_dot", schedule.sigmaDot),
        ("variance_dot", schedule.varianceDot), ("alpha_tail", schedule.alphaTail),
      ]
    }
  }

  var velocity: TracedFunction {
    TracedFunction(
      name: "velocity_\(name)",
      function: "ConditionalField.velocity(at: Time(t), of: x, given: x1), \(type)"
    ) { trace, sample in
      let schedule = try moment(trace, sample).resolving(1.3, std: 0)
      let (x, x1) = (trace.input("x", 0.4), trace.input("x1", -1.3))
      return [("velocity", schedule.conditionalVelocity(x, given: x1, rate: schedule.rate))]
    }
  }
}
