import RealModule

extension CurveTarget {
  /// The same law as a mixture with a component at every node, for what needs components: a source of its own.
  ///
  /// `noise` is the smallest std of the source's components, and `reach` how far from the origin the source lies, its
  /// tails included: a point x is seen from the curve at `r x0`, `r = sigma/alpha`, through a Gaussian of the variance
  /// `s^2 + r^2 noise^2`, and the nodes are as fine as the worst r needs.
  ///
  /// *Accuracy*: that of the quadrature, double precision, on trajectories and wherever `x - alpha c` is `sigma` times a
  /// point within the reach.
  /// - Throws: `singular` where a std is 0, `noConvergence` where it is too small for the finest nodes.
  public func mixture(noise: Double, reach: Double) throws(FlowError) -> GaussianMixture {
    guard std > 0, noise > 0 else {
      throw FlowError.singular(
        "std", "a curve from or to a point mass needs infinitely many components: give both a std")
    }
    let curvature = curve.pieces.reduce(0.0) { max($0, $1.curvature) }
    var (rate, endRate) = (0.0, 0.0)
    for k in 0...64 {
      // From far below to far above where the two variances are equal.
      let r = Double.exp2(Double(k - 32) / 4) * std / noise
      let variance = std * std + r * r * noise * noise
      rate = max(rate, ((1 + curvature * r * reach) / variance).squareRoot())
      endRate = max(endRate, r * reach / variance)
    }
    let fineness = nodes.fineness(rate: rate, endRate: endRate)
    guard fineness.level <= CurveNodes.finest else {
      throw FlowError(
        .noConvergence, "std", "std = \(std) is too narrow for the finest nodes of the curve")
    }
    return nodes.table(fineness)
  }
}
