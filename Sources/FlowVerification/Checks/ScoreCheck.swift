import FlowMatching

/// The score is the gradient of the log density.
enum ScoreCheck: IdentityCheck {
  static let name = "score = grad log p"
  static let statement = "s(x) = d log p/dx, the right side by dual numbers"
  static func allowance(_ draw: Draw) -> Double { Roundings.engine }

  static func errors(
    _ draw: Draw, _ magnitudes: [ComponentMagnitudes]
  ) throws(FlowError) -> [Double?] {
    let d = draw.dimension
    let score = try draw.values(of: .score)
    let gradient = try draw.field.automaticJacobians(
      of: .logDensity, at: draw.times, of: draw.points)
    return magnitudes.indices.map { i in
      Roundings.error(
        score[i * d..<(i + 1) * d], gradient[i * d..<(i + 1) * d],
        scales: magnitudes[i].g.map { 2 * $0 })
    }
  }
}
