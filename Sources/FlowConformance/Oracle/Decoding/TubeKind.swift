package import FlowMatching

/// The noise around pairs by its name.
package enum TubeKind: String, CaseIterable, Explained {
  case constant, bridge

  package var help: String {
    switch self {
    case .constant: "variance sigma^2"
    case .bridge: "variance sigma^2 alpha(t) sigma(t), nothing at both ends"
    }
  }

  package func tube(std: Double) -> Tube {
    switch self {
    case .constant: .constant(std: std)
    case .bridge: .bridge(std: std)
    }
  }
}
