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

  public var entry: Entry<any ProbabilityPath> {
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

  private static var exploding: [Parameter] {
    [
      Parameter("sigma_min", .positive, default: 0.01, drawn: 1e-3...0.1),
      Parameter("sigma_max", .positive, default: 50, drawn: 1...100),
    ]
  }
}
