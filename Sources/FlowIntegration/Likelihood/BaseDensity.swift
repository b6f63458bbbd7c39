public import FlowMatching
import RealModule

/// The density that a trajectory starts from at the noise end.
public enum BaseDensity: Sendable {
  /// The exact marginal density `p_t`.
  case marginal(MarginalField)
  /// The path's own prior, `N(alpha(t) E[x1], sigma(t)^2 I)`: what the noise is where alpha is small beside
  /// sigma, as on `ve`, whose sigma(0) is 50.
  case prior(MarginalField)
  /// N(0, I), as papers take it.
  case standardNormal

  /// From which difference on, in nats, a base is far from the marginal density.
  public static let noticeableGap = 0.1

  /// `log b(x)`.
  /// - Throws: `singular` where there is no density: of the prior at sigma(t) = 0; `unsupported` for the
  ///   prior of a target without a mean or with a source of its own.
  public func logDensity(of x: [Double], at time: Time<Double>) throws(FlowError) -> Double {
    switch self {
    case .marginal(let field): return try field.value(of: .logDensity, at: time, of: x)[0]
    case .prior(let field):
      let schedule = field.path.schedule(at: time)
      guard !(field.target is any SourcedTarget),
        let mean = (field.target as? any LocatedTarget)?.rawMoments?.mean
      else {
        throw FlowError(
          .unsupported, "base", "the prior needs a Gaussian source and data with a mean")
      }
      guard schedule.sigma > 0 else {
        throw FlowError.singular("t", "sigma(t) = 0, so that the prior has no density")
      }
      let z = zip(x, mean).map { ($0 - schedule.alpha * $1) / schedule.sigma }
      return Self.normal(z) - Double(x.count) * Double.log(schedule.sigma)
    case .standardNormal: return Self.normal(x)
    }
  }

  /// `log b(x) - log p_t(x)`, the error of a log density with this base that ends at x; `nil` for the
  /// marginal density itself and where that does not exist.
  public func gap(to field: MarginalField, of x: [Double], at time: Time<Double>) -> Double? {
    if case .marginal = self { return nil }
    guard let exact = try? BaseDensity.marginal(field).logDensity(of: x, at: time),
      let own = try? logDensity(of: x, at: time)
    else { return nil }
    return own - exact
  }

  private static func normal(_ z: [Double]) -> Double {
    let square = z.reduce(0) { $0 + $1 * $1 }
    return -0.5 * (square + Double(z.count) * Double.log(2 * .pi))
  }
}
