import FlowMatching

/// Tweedie's formula: the denoiser follows from the score, if the source is normal.
enum TweedieCheck: IdentityCheck {
  static let name = "Tweedie"
  static let statement = "D = (x + v s)/alpha"
  /// The promise, and a product-and-sum and a division.
  static func allowance(_ draw: Draw) -> Double { Roundings.engine + 2 }

  static func errors(
    _ draw: Draw, _ magnitudes: [ComponentMagnitudes]
  ) throws(FlowError) -> [Double?] {
    let d = draw.dimension
    let score = try draw.values(of: .score)
    let denoiser = try draw.values(of: .denoiser)
    return magnitudes.indices.map { i in
      let (magnitude, schedule) = (magnitudes[i], draw.schedules[i])
      guard schedule.alpha > 0, !(draw.target is any SourcedTarget) else { return nil }
      let right = (i * d..<(i + 1) * d).map {
        draw.points[$0].addingProduct(schedule.variance, score[$0]) / schedule.alpha
      }
      return Roundings.error(
        denoiser[i * d..<(i + 1) * d], right,
        scales: (0..<d).map { axis in
          let noise = abs(draw.points[i * d + axis]) + schedule.variance * magnitude.g[axis]
          return magnitude.denoiser[axis] + noise / schedule.alpha
        })
    }
  }
}
