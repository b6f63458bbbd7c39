import RealModule

/// One component of a Gaussian mixture on the line, with its tails as logarithms.
struct NormalLaw: Sendable {
  let logShare: Double
  let mean: Double
  let std: Double

  static func components(of mixture: GaussianMixture) -> [NormalLaw] {
    mixture.components.logWeights.indices.map { k in
      let component = mixture.component(k)
      return NormalLaw(
        logShare: mixture.components.logWeights[k], mean: component.mean[0],
        std: component.variances[0].squareRoot())
    }
  }

  /// `log P(Z > z)` for a standard normal Z.
  ///
  /// *Accuracy*: a few u of `1 + z^2`; -infinity beyond 1e154.
  static func logTail(_ z: Double) -> Double {
    if z < 30 { return Double.log(Double.erfc(z * (0.5).squareRoot()) / 2) }
    // Mills' ratio by its continued fraction, 1/(z + 1/(z + 2/(z + ...))).
    var fraction = z
    for k in (1...20).reversed() { fraction = z + Double(k) / fraction }
    return -z * z / 2 - Double.log(fraction) - Double.log(2 * Double.pi) / 2
  }

  /// The logarithm of the mass beyond x: above it for `side` 1, below it for -1.
  static func logTail(of laws: [NormalLaw], _ x: Double, side: Double) -> Double {
    let logs = laws.map { law in
      let away = side * (x - law.mean)
      if law.std == 0 { return away < 0 ? law.logShare : -.infinity }
      return law.logShare + logTail(away / law.std)
    }
    guard let top = logs.max(), top > -.infinity else { return -.infinity }
    return top + Double.log(blockedSum(logs.count) { Double.exp(logs[$0] - top) })
  }

  /// The density at x; atoms have none.
  static func density(of laws: [NormalLaw], _ x: Double) -> Double {
    blockedSum(laws.count) { k in
      let law = laws[k]
      guard law.std > 0 else { return 0 }
      let z = (x - law.mean) / law.std
      return Double.exp(law.logShare - z * z / 2) / (law.std * (2 * Double.pi).squareRoot())
    }
  }
}
