/// The paths that have a name in files and in the wire protocol, and how each is made.
public enum PathKind: String, CaseIterable, Sendable {
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

  /// The parameters, and the value of each when it is left out; without one it is required.
  public var parameters: [(name: String, standard: Double?)] {
    switch self {
    case .ot: [("sigma_min", 0)]
    case .vp: [("beta_min", 0.1), ("beta_max", 20)]
    case .ve, .veGeometric: [("sigma_min", 0.01), ("sigma_max", 50)]
    case .cosine, .linearVP: []
    case .polynomial: [("exponent", nil)]
    case .shiftedOT: [("sigma_min", 1e-4)]
    case .icfm, .schrodingerBridge: [("sigma", nil)]
    }
  }

  /// The path with the parameters in the order of ``parameters``.
  /// - Throws: `outOfDomain`, `nonFinite`.
  public func path(_ values: [Double]) throws(FlowError) -> any ProbabilityPath {
    switch self {
    case .ot: try OptimalTransportPath(sigmaMin: values[0])
    case .vp: try VariancePreservingPath(betaMin: values[0], betaMax: values[1])
    case .ve: try VarianceExplodingPath(sigmaMin: values[0], sigmaMax: values[1])
    case .veGeometric: try GeometricVarianceExplodingPath(sigmaMin: values[0], sigmaMax: values[1])
    case .cosine: CosinePath()
    case .linearVP: LinearVariancePreservingPath()
    case .polynomial: try PolynomialPath(exponent: values[0])
    case .shiftedOT: try ShiftedOptimalTransportPath(sigmaMin: values[0])
    case .icfm: try IndependentCouplingPath(sigma: values[0])
    case .schrodingerBridge: try SchrodingerBridgePath(sigma: values[0])
    }
  }
}
