package import FlowMatching

/// The noise around pairs by its name.
package enum TubeKind: String, CaseIterable {
  case constant, bridge

  package func tube(std: Double) -> SourcedMixture.Tube {
    switch self {
    case .constant: .constant(std: std)
    case .bridge: .bridge(std: std)
    }
  }
}
