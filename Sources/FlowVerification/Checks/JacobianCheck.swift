import FlowMatching

/// The trace of the Jacobian is the divergence.
enum TraceCheck: IdentityCheck {
  static let name = "trace of Jacobian"
  static let statement = "tr du/dx = div u"
  static func allowance(_ draw: Draw) -> Double {
    Roundings.engine + Roundings.sum(draw.dimension)
  }

  static func errors(
    _ draw: Draw, _ magnitudes: [ComponentMagnitudes]
  ) throws(FlowError) -> [Double?] {
    let d = draw.dimension
    let jacobian = try draw.values(of: .jacobian)
    let divergence = try draw.values(of: .divergence)
    return magnitudes.indices.map { i in
      let trace = (0..<d).reduce(0.0) { $0 + jacobian[i * d * d + $1 * (d + 1)] }
      return Roundings.error(
        trace - divergence[i], scale: 2 * magnitudes[i].divergence(draw.schedules[i]))
    }
  }
}

/// The Jacobian in closed form is that by dual numbers.
enum JacobianCheck: IdentityCheck {
  static let name = "Jacobian"
  static let statement = "du/dx in closed form = du/dx by dual numbers"
  static func allowance(_ draw: Draw) -> Double { Roundings.engine }

  static func errors(
    _ draw: Draw, _ magnitudes: [ComponentMagnitudes]
  ) throws(FlowError) -> [Double?] {
    let size = draw.dimension * draw.dimension
    let closed = try draw.values(of: .jacobian)
    let automatic = try draw.field.automaticJacobians(
      of: .velocity, at: draw.times, of: draw.points)
    return magnitudes.indices.map { i in
      // The largest entry of a sum of outer products stands on its diagonal.
      Roundings.error(
        closed[i * size..<(i + 1) * size], automatic[i * size..<(i + 1) * size],
        scales: (0..<draw.dimension).map { 2 * magnitudes[i].slope($0, draw.schedules[i]) })
    }
  }
}
