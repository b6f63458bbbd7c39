import FlowMatching

/// The continuity equation, each term by its own closed formula.
enum AnalyticContinuityCheck: IdentityCheck {
  static let name = "continuity (closed forms)"
  static let statement = "d log p/dt + div u + u . grad log p = 0"
  static func allowance(_ draw: Draw) -> Double { continuityAllowance(draw) }

  static func errors(
    _ draw: Draw, _ magnitudes: [ComponentMagnitudes]
  ) throws(FlowError) -> [Double?] {
    try continuityErrors(draw, magnitudes, .analytic)
  }
}

/// The continuity equation with every derivative by dual numbers.
enum AutomaticContinuityCheck: IdentityCheck {
  static let name = "continuity (dual numbers)"
  static let statement = "d log p/dt + div u + u . grad log p = 0, log p and u on duals"
  static func allowance(_ draw: Draw) -> Double { continuityAllowance(draw) }

  static func errors(
    _ draw: Draw, _ magnitudes: [ComponentMagnitudes]
  ) throws(FlowError) -> [Double?] {
    try continuityErrors(draw, magnitudes, .automatic)
  }
}

/// Two promises in the product `u . grad log p`, and the roundings of its sum.
private func continuityAllowance(_ draw: Draw) -> Double {
  2 * Roundings.engine + Roundings.sum(draw.dimension)
}

private func continuityErrors(
  _ draw: Draw, _ magnitudes: [ComponentMagnitudes], _ method: ResidualMethod
) throws(FlowError) -> [Double?] {
  let residuals = try draw.field.continuityResiduals(
    at: draw.times, of: draw.points, method: method)
  return residuals.indices.map { i in
    let (magnitude, schedule) = (magnitudes[i], draw.schedules[i])
    let transport = magnitude.g.indices.reduce(0.0) {
      $0 + magnitude.velocity($1, schedule) * magnitude.g[$1]
    }
    return Roundings.error(
      residuals[i].residual, scale: 2 * magnitude.divergence(schedule) + transport)
  }
}
