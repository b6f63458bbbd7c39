/// How `d log p/dt + div u + u . grad log p`, which is zero for the true field, is evaluated.
public enum ResidualMethod: String, Sendable, CaseIterable {
  /// Closed forms, each term by its own formula.
  case analytic
  /// Automatic differentiation: log p and u evaluated on dual numbers in t and in every axis.
  case automatic
}

extension ResidualMethod: Explained {
  package var help: String {
    switch self {
    case .analytic: "closed forms, each term by its own formula"
    case .automatic: "automatic differentiation of log p and u in t and in every axis"
    }
  }
}

extension MarginalField {
  /// The residual of the continuity equation in logarithmic form,
  /// `d log p/dt + div u + u . grad log p`, and the sum of the magnitudes of its terms, per point.
  ///
  /// *Accuracy*: the residual is rounding noise; divided by `scale` it is a few u.
  /// *Proof*: `continuity_residual_vanishes`, `full_continuity_residual_vanishes`.
  /// *Reference*: Lipman et al. (2023), equation 26.
  public func continuityResiduals(
    at times: [Time<Double>], of points: [Double], method: ResidualMethod
  ) throws(FlowError) -> [(residual: Double, scale: Double)] {
    let field = self
    let pairs = try evaluate(width: 2, at: times, of: points) { group throws(FlowError) in
      try group.checkRates(isSourced: field.abilities.isSourced)
      switch method {
      case .analytic: return try field.analyticResidual(group)
      case .automatic: return try field.automaticResidual(group)
      }
    }
    return (0..<pairs.count / 2).map { (pairs[2 * $0], pairs[2 * $0 + 1]) }
  }

  private func analyticResidual(_ group: LaneGroup) throws(FlowError) -> [Lanes] {
    let posterior = try target.posterior(
      of: group.x, at: group.schedule, [.means, .traces, .rates])
    func part(_ quantity: MarginalQuantity) -> [Lanes] {
      quantity.lanes(posterior, at: group.schedule, x: group.x)
    }
    return residual(
      rate: part(.logDensityRate)[0], divergence: part(.divergence)[0],
      velocity: part(.velocity), gradient: part(.score))
  }

  private func automaticResidual(_ group: LaneGroup) throws(FlowError) -> [Lanes] {
    let moving = Schedule<Dual<Lanes>>(group.times.map { path.movingSchedule(at: $0) })
    let rate = try target.posterior(
      of: group.x.map { Dual(constant: $0) }, at: moving, []
    ).logDensity.derivative
    let still = Schedule<Dual<Lanes>>(constant: group.schedule)
    var velocity: [Lanes] = []
    var gradient: [Lanes] = []
    var divergence = Lanes(0.0)
    for axis in 0..<target.dimension {
      let x = group.x.enumerated().map { Dual($1, $0 == axis ? 1.0 : 0.0) }
      let posterior = try target.posterior(of: x, at: still, .means)
      let component = MarginalQuantity.velocity.lanes(posterior, at: still, x: x)[axis]
      velocity.append(component.value)
      divergence = divergence + component.derivative
      gradient.append(posterior.logDensity.derivative)
    }
    return residual(rate: rate, divergence: divergence, velocity: velocity, gradient: gradient)
  }

  private func residual(
    rate: Lanes, divergence: Lanes, velocity: [Lanes], gradient: [Lanes]
  ) -> [Lanes] {
    let transport = blockedSum(velocity.count) { velocity[$0] * gradient[$0] }
    let magnitudes = blockedSum(velocity.count) {
      Lanes.map(velocity[$0] * gradient[$0], Swift.abs)
    }
    let scale = Lanes.map(rate, Swift.abs) + Lanes.map(divergence, Swift.abs) + magnitudes
    return [rate + divergence + transport, scale]
  }

  /// The Jacobian of a quantity in x by dual numbers, rows first: an independent second route to
  /// ``MarginalQuantity/jacobian`` and to the derivative of any other quantity.
  /// - Throws: as ``values(of:at:of:)``.
  public func automaticJacobians(
    of quantity: MarginalQuantity, at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    let (target, isSourced) = (target, abilities.isSourced)
    let height = try width(of: quantity)
    let d = target.dimension
    return try evaluate(width: height * d, at: times, of: points) { group throws(FlowError) in
      if quantity.needsRates { try group.checkRates(isSourced: isSourced) }
      let still = Schedule<Dual<Lanes>>(constant: group.schedule)
      var result = [Lanes](repeating: Lanes(0.0), count: height * d)
      for axis in 0..<d {
        let x = group.x.enumerated().map { Dual($1, $0 == axis ? 1.0 : 0.0) }
        let posterior = try target.posterior(of: x, at: still, quantity.moments)
        for (row, value) in quantity.lanes(posterior, at: still, x: x).enumerated() {
          result[row * d + axis] = value.derivative
        }
      }
      return result
    }
  }
}
