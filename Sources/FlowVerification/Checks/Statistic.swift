import FlowMatching

/// A mean over samples whose expectation is zero, measured in standard errors.
struct Statistic: Sendable {
  let name: String
  let time: Time<Double>
  /// `|mean|`, less what rounding can explain, over its standard error.
  let deviation: Double

  /// A statistic that has been turned into a normal deviate.
  init(_ name: String, at time: Time<Double>, deviation: Double) {
    self.name = name
    self.time = time
    self.deviation = deviation
  }

  /// The mean of `terms`, each known within `noise` of the same place.
  init(_ name: String, at time: Time<Double>, terms: [Double], noise: [Double]) {
    self.name = name
    self.time = time
    let count = Double(terms.count)
    let mean = terms.reduce(0, +) / count
    let variance = terms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let excess = abs(mean) - noise.reduce(0, +) / count
    // Not `max`: a NaN must stay one.
    deviation = excess <= 0 ? 0 : excess / (variance / count).squareRoot()
  }
}

/// Statistics over samples at a few times each.
protocol StatisticCheck: Check {
  /// Every statistic of samples that share one time, given their velocities.
  static func statistics(_ draw: Draw, velocity: [Double]) throws(FlowError) -> [Statistic]
  /// How many statistics one draw gives.
  static var count: Int { get }
}
