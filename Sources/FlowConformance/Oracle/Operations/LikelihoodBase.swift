package import FlowIntegration
package import FlowMatching

/// The bases of `log_likelihood` by name.
package enum LikelihoodBase: String, CaseIterable, Explained {
  case exact, normal, prior

  package var help: String {
    switch self {
    case .exact: "p_t0 itself"
    case .normal: "N(0, I), whatever p_t0 is"
    case .prior: "N(alpha E[x1], sigma^2 I), which p_t0 is where alpha is small beside sigma"
    }
  }

  package func density(_ field: MarginalField) -> BaseDensity {
    switch self {
    case .exact: .marginal(field)
    case .normal: .standardNormal
    case .prior: .prior(field)
    }
  }
}

extension BaseDensity {
  /// What to say of a base that is far from p_t0 where the trajectory ended; `nil` for nothing.
  func warning(
    _ result: LikelihoodSolution, _ field: MarginalField, at start: Double
  ) -> String? {
    guard result.logDensity != nil, let time = try? Time(start),
      let gap = gap(to: field, of: result.solution.x, at: time), abs(gap) > Self.noticeableGap
    else { return nil }
    return "the base is \(gap) nats off the density p_t0 at x0, and so is log_density; "
      + "the bases exact and prior are there"
  }
}
