import FlowMatching
import RealModule

/// In one and two dimensions p_t integrates to one: by the trapezoidal rule, which for a density
/// convolved with a Gaussian of std s and the step h errs by `2 exp(-2 pi^2 s^2/h^2)` per axis: less
/// than u for `h = s/2`.
enum NormalisationCheck: Check {
  static let name = "normalisation"
  static let statement = "integral of p_t = 1 (one and two dimensions, trapezoidal rule)"
  /// The engine's promise, one for the exponential, two for the sum, one for the quadrature with its
  /// tails.
  static let allowance = Roundings.engine + 4
  /// The number of times, by dimension.
  static func times(dimension: Int) -> Int { dimension == 1 ? 41 : dimension == 2 ? 17 : 0 }

  /// The error of one time: every addend p h counts with `1 + |log p| + |x . d log p/dx|`, since an
  /// error of the logarithm is an error of p relative to p; for a density in the plane, which promises no
  /// more than its own estimate of that error, also with the estimate.
  static func error(
    _ target: any Target, _ path: any ProbabilityPath, at time: Time<Double>
  ) throws(FlowError) -> Double? {
    let d = target.dimension
    guard let extent = MarginalExtent(of: target, at: path.schedule(at: time)) else { return nil }
    let grid = extent.grid(reach: 9, parts: 2)
    // Next to the data the grid would have to be too fine.
    guard grid.count <= (d == 1 ? 100_000 : 128) else { return nil }
    let places = (0..<grid.count).map { grid.first + Double($0) * grid.step }
    let points = d == 1 ? places : places.flatMap { x in places.flatMap { [x, $0] } }
    let field = MarginalField(path: path, target: target)
    let logs = try field.values(of: .logDensity, at: [time], of: points)
    let scores = try field.values(of: .score, at: [time], of: points)
    let estimates = try estimates(field, at: time, of: points)
    let cell = d == 1 ? grid.step : grid.step * grid.step
    var sum = 0.0
    var lost = 0.0
    var scale = 0.0
    for i in logs.indices {
      let term = Double.exp(logs[i]) * cell
      let next = sum + term
      lost += sum > term ? (sum - next) + term : (term - next) + sum
      sum = next
      let slope = (0..<d).reduce(0.0) { $0 + abs(points[i * d + $1] * scores[i * d + $1]) }
      let estimate = estimates.isEmpty ? 0 : estimates[i] / (Roundings.engine * Roundings.unit)
      scale += term * (1 + abs(logs[i]) + slope + estimate)
    }
    return Roundings.error((sum - 1) + lost, scale: scale)
  }

  private static func estimates(
    _ field: MarginalField, at time: Time<Double>, of points: [Double]
  ) throws(FlowError) -> [Double] {
    guard let target = field.target as? PlaneTarget else { return [] }
    let schedule = field.path.schedule(at: time)
    var errors: [Double] = []
    for row in 0..<points.count / 2 {
      let x = [points[2 * row], points[2 * row + 1]]
      errors.append(try target.estimate(of: x, at: schedule, []).error.logDensity)
    }
    return errors
  }
}
