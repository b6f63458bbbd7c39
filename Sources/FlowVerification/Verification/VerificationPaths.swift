public import FlowMatching

extension NamedPath {
  /// All ten kinds; optimal transport with and without a remaining sigma.
  public static func all() throws(FlowError) -> [NamedPath] {
    [
      NamedPath(name: "ot", path: try OptimalTransportPath()),
      NamedPath(name: "ot(1e-5)", path: try OptimalTransportPath(sigmaMin: 1e-5)),
      NamedPath(name: "vp", path: try VariancePreservingPath()),
      NamedPath(name: "ve", path: try VarianceExplodingPath()),
      NamedPath(name: "ve_geometric", path: try GeometricVarianceExplodingPath()),
      NamedPath(name: "cosine", path: CosinePath()),
      NamedPath(name: "linear_vp", path: LinearVariancePreservingPath()),
      NamedPath(name: "polynomial(2)", path: try PolynomialPath(exponent: 2)),
      NamedPath(name: "shifted_ot", path: try ShiftedOptimalTransportPath()),
      NamedPath(name: "icfm(0.1)", path: try IndependentCouplingPath(sigma: 0.1)),
      NamedPath(
        name: "schrodinger_bridge(0.5)", path: try SchrodingerBridgePath(sigma: 0.5)),
    ]
  }
}
