import Testing

@testable import FlowMatching

/// A path for the tracer: how it is made, and which constants its formulas hold.
struct TracedPath: Sendable, CustomTestStringConvertible {
  let name: String
  let type: String
  /// Its parameters at two samples; the tree must not depend on which.
  let samples: [[Double]]
  /// Where each parameter is drawn from for the comparison with the library.
  let ranges: [ClosedRange<Double>]
  private let made: @Sendable ([Double]) throws -> any AffinePath
  private let held: @Sendable (any AffinePath) -> [(name: String, value: Double)]

  var testDescription: String { name }

  /// - Parameter constants: the plain numbers in its formulas; no two alike, none 0 at the samples.
  init<P: AffinePath>(
    _ name: String, samples: [[Double]], ranges: [ClosedRange<Double>],
    constants: @escaping @Sendable (P) -> [(name: String, value: Double)],
    make: @escaping @Sendable ([Double]) throws -> P
  ) {
    self.name = name
    type = "\(P.self)"
    self.samples = samples
    self.ranges = ranges
    made = make
    held = { constants($0 as! P) }
  }

  /// The path and its constants by name.
  func path(
    _ parameters: [Double]
  ) throws -> (path: any AffinePath, constants: [(name: String, value: Double)]) {
    let path = try made(parameters)
    return (path, held(path))
  }

  static let all = [
    TracedPath(
      "ot", samples: [[0.012], [0.34]], ranges: [0...1],
      constants: { [("sigma_min", $0.sigmaMin)] },
      make: { try OptimalTransportPath(sigmaMin: $0[0]) }),
    TracedPath(
      "vp", samples: [[0.1, 20], [0.3, 7.7]], ranges: [0.01...1, 1...30],
      constants: {
        [
          ("beta_min", $0.betaMin), ("beta_max", $0.betaMax), ("slope", $0.slope),
          ("slope_tail", $0.slopeTail), ("whole", $0.whole), ("whole_tail", $0.wholeTail),
        ]
      },
      make: { try VariancePreservingPath(betaMin: $0[0], betaMax: $0[1]) }),
    TracedPath(
      "ve", samples: [[0.012, 51], [0.034, 7]], ranges: [1e-4...0.1, 1...10],
      constants: {
        [
          ("twice_log_ratio", 2 * $0.logRatio), ("sigma_min_squared", $0.sigmaMin * $0.sigmaMin),
          ("sigma_max_squared", $0.sigmaMax * $0.sigmaMax),
        ]
      },
      make: { try VarianceExplodingPath(sigmaMin: $0[0], sigmaMax: $0[1]) }),
    TracedPath(
      "ve_geometric", samples: [[0.012, 51], [0.034, 7]], ranges: [1e-4...0.1, 1...10],
      constants: {
        [("log_ratio", $0.logRatio), ("sigma_min", $0.sigmaMin), ("sigma_max", $0.sigmaMax)]
      },
      make: { try GeometricVarianceExplodingPath(sigmaMin: $0[0], sigmaMax: $0[1]) }),
    TracedPath(
      "cosine", samples: [[], []], ranges: [], constants: { _ in [] },
      make: { _ in CosinePath() }),
    TracedPath(
      "linear_vp", samples: [[], []], ranges: [], constants: { _ in [] },
      make: { _ in LinearVariancePreservingPath() }),
    TracedPath(
      "polynomial", samples: [[2.3], [1.9]], ranges: [0.3...4],
      constants: { [("exponent", $0.exponent), ("exponent_less_one", $0.exponent - 1)] },
      make: { try PolynomialPath(exponent: $0[0]) }),
    TracedPath(
      "shifted_ot", samples: [[0.012], [0.34]], ranges: [0...1],
      constants: { [("sigma_min", $0.sigmaMin)] },
      make: { try ShiftedOptimalTransportPath(sigmaMin: $0[0]) }),
    TracedPath(
      "icfm", samples: [[0.12], [0.34]], ranges: [0.01...1],
      constants: {
        [("tube_sigma", $0.tubeSigma), ("tube_sigma_squared", $0.tubeSigma * $0.tubeSigma)]
      },
      make: { try IndependentCouplingPath(sigma: $0[0]) }),
    TracedPath(
      "schrodinger_bridge", samples: [[0.12], [0.34]], ranges: [0.01...1],
      constants: { [("bridge_sigma_squared", $0.bridgeSigma * $0.bridgeSigma)] },
      make: { try SchrodingerBridgePath(sigma: $0[0]) }),
    TracedPath(
      "sigmoid", samples: [[10], [3.7]], ranges: [0.01...30],
      constants: { [("steepness", $0.steepness), ("half_steepness", 0.5 * $0.steepness)] },
      make: { try SigmoidPath(steepness: $0[0]) }),
  ]
}

extension TracedPath {
  private func moment(_ trace: Trace, _ sample: Int) throws -> Schedule<Traced> {
    let time = Time<Traced>(rounding: trace.input("t", [0.27, 0.81][sample]))
    let (path, constants) = try path(samples[sample])
    for (name, value) in constants { _ = trace.parameter(name, value) }
    return path.derivedSchedule(at: time)
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
