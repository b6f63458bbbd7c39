extension CurveTarget {
  /// The same law as a mixture with a component at every node, for what needs components: a source of its own.
  ///
  /// *Accuracy*: that of the quadrature, double precision, for points within `reach` of the curve at every time: noise
  /// only widens what the nodes have to resolve at the end, where the width is `std`.
  /// - Throws: `singular` where the std is 0, `noConvergence` where it is too small for the finest nodes.
  public func mixture(reach: Double) throws(FlowError) -> GaussianMixture {
    guard std > 0 else {
      throw FlowError.singular("std", "a curve without noise is no mixture of finitely many components")
    }
    let curvature = curve.pieces.reduce(0.0) { max($0, $1.curvature) }
    let fineness = nodes.fineness(
      rate: (1 + curvature * reach).squareRoot() / std, endRate: reach / (std * std))
    guard fineness.level <= CurveNodes.finest else {
      throw FlowError(
        .noConvergence, "std", "std = \(std) is too narrow for the finest nodes of the curve")
    }
    return nodes.table(fineness)
  }
}
