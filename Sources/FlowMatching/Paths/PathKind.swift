/// The paths that have a name.
public enum PathKind: String, Catalogued {
  case ot
  case vp
  case ve
  case veGeometric = "ve_geometric"
  case cosine
  case linearVP = "linear_vp"
  case polynomial
  case shiftedOT = "shifted_ot"
  case icfm
  case schrodingerBridge = "schrodinger_bridge"
  case sigmoid

  public var entry: Entry<any ProbabilityPath> {
    switch self {
    case .ot:
      Entry(
        "alpha = t, sigma = 1 - (1 - sigma_min) t",
        [Parameter("sigma_min", .closed(0...1), default: 0, drawn: 1e-6...0.5)]
      ) { numbers throws(FlowError) in try OptimalTransportPath(sigmaMin: numbers[0]) }
    case .vp:
      Entry(
        "alpha = exp(-B/2), sigma^2 = 1 - exp(-B), B the integral of beta from 1 - t",
        [
          Parameter("beta_min", .notNegative, default: 0.1, drawn: 0.01...1),
          Parameter("beta_max", .notNegative, default: 20, drawn: 1...30),
        ]
      ) { numbers throws(FlowError) in
        try VariancePreservingPath(betaMin: numbers[0], betaMax: numbers[1])
      }
    case .ve:
      Entry(
        "alpha = 1, sigma^2 = sigma_min^2 ((sigma_max/sigma_min)^(2(1 - t)) - 1)",
        Self.exploding
      ) { numbers throws(FlowError) in
        try VarianceExplodingPath(sigmaMin: numbers[0], sigmaMax: numbers[1])
      }
    case .veGeometric:
      Entry("alpha = 1, sigma = sigma_min (sigma_max/sigma_min)^(1 - t)", Self.exploding) {
        numbers throws(FlowError) in
        try GeometricVarianceExplodingPath(sigmaMin: numbers[0], sigmaMax: numbers[1])
      }
    case .cosine:
      Entry("alpha = sin(pi t/2), sigma = cos(pi t/2)") { _ in CosinePath() }
    case .linearVP:
      Entry("alpha = t, sigma = sqrt(1 - t^2)") { _ in LinearVariancePreservingPath() }
    case .polynomial:
      Entry(
        "alpha = t^exponent, sigma = 1 - t^exponent",
        [Parameter("exponent", .positive, example: 2, drawn: 0.25...4)]
      ) { numbers throws(FlowError) in try PolynomialPath(exponent: numbers[0]) }
    case .shiftedOT:
      Entry(
        "alpha = t, sigma = 1 - t + sigma_min",
        [Parameter("sigma_min", .notNegative, default: 1e-4, drawn: 1e-6...0.5)]
      ) { numbers throws(FlowError) in try ShiftedOptimalTransportPath(sigmaMin: numbers[0]) }
    case .icfm:
      Entry(
        "alpha = t, sigma^2 = (1 - t)^2 + sigma^2",
        [Parameter("sigma", .notNegative, example: 0.1, drawn: 0.01...2)]
      ) { numbers throws(FlowError) in try IndependentCouplingPath(sigma: numbers[0]) }
    case .schrodingerBridge:
      Entry(
        "alpha = t, sigma^2 = (1 - t)^2 + sigma^2 t (1 - t)",
        [Parameter("sigma", .positive, example: 0.5, drawn: 0.01...2)]
      ) { numbers throws(FlowError) in try SchrodingerBridgePath(sigma: numbers[0]) }
    case .sigmoid:
      Entry(
        "alpha = sinh(k t/2)/(sinh(k t/2) + sinh(k (1 - t)/2)), sigma = 1 - alpha, k the steepness",
        [Parameter("steepness", .positive, default: 10, drawn: 0.25...30)]
      ) { numbers throws(FlowError) in try SigmoidPath(steepness: numbers[0]) }
    }
  }

  private static var exploding: [Parameter] {
    [
      Parameter("sigma_min", .positive, default: 0.01, drawn: 1e-3...0.1),
      Parameter("sigma_max", .positive, default: 50, drawn: 1...100),
    ]
  }
}
