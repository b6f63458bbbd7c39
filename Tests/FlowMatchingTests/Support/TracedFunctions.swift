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

  static let all = TracedPath.all.flatMap { [$0.schedule, $0.velocity] } + [mixture]
}

extension TracedFunction {
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
