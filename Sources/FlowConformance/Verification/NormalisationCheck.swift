import FlowMatching
import RealModule

/// In one dimension p_t integrates to one: by the trapezoidal rule, which for Gaussians of std s and
/// the step h errs by `2 exp(-2 pi^2 s^2/h^2)`: less than u for `h = s/2`.
enum NormalisationCheck {
  static let name = "normalisation"
  static let statement = "integral of p_t = 1 (one dimension, trapezoidal rule)"
  /// The engine's promise, one for the exponential, two for the sum, one for the quadrature with its
  /// tails.
  static let allowance = Roundings.engine + 4

  /// The error of one time: every addend p h counts with `1 + |log p| + |x d log p/dx|`, since an
  /// error of the logarithm is an error of p relative to p.
  static func error(
    _ target: any Target, _ path: any ProbabilityPath, at time: Time<Double>
  ) throws(FlowError) -> Double? {
    let schedule = path.schedule(at: time)
    guard let spread = target.extent else { return nil }
    let narrow =
      (schedule.variance + schedule.alpha * schedule.alpha * spread.smallestVariance)
      .squareRoot()
    let wide =
      (schedule.variance + schedule.alpha * schedule.alpha * spread.largestVariance)
      .squareRoot()
    let lower = schedule.alpha * spread.lower - 9 * wide
    let upper = schedule.alpha * spread.upper + 9 * wide
    // A cloud next to its data would need too fine a grid.
    guard narrow > 0, (upper - lower) / narrow < 50_000 else { return nil }
    let step = narrow / 2
    let points = (0...Int((upper - lower) / step)).map { lower + Double($0) * step }
    let field = MarginalField(path: path, target: target)
    let logs = try field.values(of: .logDensity, at: [time], of: points)
    let scores = try field.values(of: .score, at: [time], of: points)
    var sum = 0.0
    var lost = 0.0
    var scale = 0.0
    for i in points.indices {
      let term = Double.exp(logs[i]) * step
      let next = sum + term
      lost += sum > term ? (sum - next) + term : (term - next) + sum
      sum = next
      scale += term * (1 + abs(logs[i]) + abs(points[i] * scores[i]))
    }
    return Roundings.error((sum - 1) + lost, scale: scale)
  }
}
