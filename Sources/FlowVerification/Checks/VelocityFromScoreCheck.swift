import FlowMatching

/// The velocity follows from the score.
enum VelocityFromScoreCheck: IdentityCheck {
  static let name = "velocity from score"
  static let statement = "u = (alpha' x + (alpha' v - alpha v'/2) s)/alpha"
  /// The promise of the fields, and 4 for the conversion.
  static func allowance(_ draw: Draw) -> Double { Roundings.engine + 4 }

  static func errors(
    _ draw: Draw, _ magnitudes: [ComponentMagnitudes]
  ) throws(FlowError) -> [Double?] {
    let d = draw.dimension
    let score = try draw.values(of: .score)
    let velocity = try draw.values(of: .velocity)
    var result: [Double?] = []
    for i in 0..<draw.count {
      let (magnitude, schedule) = (magnitudes[i], draw.schedules[i])
      // The score says nothing about the data where alpha is zero or the source is not normal.
      guard schedule.alpha > 0, !(draw.target is any SourcedTarget) else {
        result.append(nil)
        continue
      }
      let x = Array(draw.point(i))
      let converted = try Parameterisation.score.convert(
        Array(score[i * d..<(i + 1) * d]), to: .velocity, at: draw.times[i], x: x,
        path: draw.field.path)
      let rate = abs(schedule.alphaDot) / schedule.alpha
      let weight = rate * schedule.variance + abs(schedule.varianceDot) / 2
      result.append(
        Roundings.error(
          velocity[i * d..<(i + 1) * d], converted,
          scales: x.indices.map {
            magnitude.velocity($0, schedule) + rate * abs(x[$0]) + weight * magnitude.g[$0]
          }))
    }
    return result
  }
}
