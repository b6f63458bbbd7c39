public import FlowMatching

/// How a solver is set in a benchmark: a number of equal steps, or a tolerance, relative and absolute.
public enum BenchmarkSetting: Sendable, Hashable {
  case steps(Int)
  case tolerance(Double)

  /// 1e-1, 1e-2, ..., 1e-12.
  public static let decades = [
    1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12,
  ]

  /// As it stands in tables: the number itself.
  public var text: String {
    switch self {
    case .steps(let count): "\(count)"
    case .tolerance(let value): "\(value)"
    }
  }

  /// What a flow takes.
  /// - Throws: `outOfDomain`, `nonFinite`.
  public func control() throws(FlowError) -> StepControl {
    switch self {
    case .steps(let count): .fixed(steps: count)
    case .tolerance(let value):
      .adaptive(try Tolerance(relative: value, absolute: value))
    }
  }
}

/// The solution that errors are measured against: `dop853` at a tolerance of 1e-13.
enum ReferenceFlow {
  static let tolerance = 1e-13

  /// The ends of all trajectories.
  /// - Throws: `noConvergence` where one does not arrive, and what the field throws.
  static func ends(
    of field: any VelocityField, from start: Double, to end: Double, at points: [Double],
    tolerance: Double = tolerance
  ) throws(FlowError) -> [Double] {
    let flow = try Flow(
      of: field, solver: .dop853, steps: try BenchmarkSetting.tolerance(tolerance).control())
    var ends: [Double] = []
    ends.reserveCapacity(points.count)
    for solution in try flow.solutions(from: start, to: end, at: points) {
      guard solution.status.arrives else {
        throw FlowError(
          .noConvergence, "reference",
          "\(solution.status.rawValue) at t = \(solution.t): \(solution.status.advice)")
      }
      ends += solution.x
    }
    return ends
  }
}

/// The distances between rows.
func distances(_ a: [Double], _ b: [Double], dimension d: Int) -> [Double] {
  (0..<a.count / d).map { row in
    var square = 0.0
    for i in row * d..<(row + 1) * d { square += (a[i] - b[i]) * (a[i] - b[i]) }
    return square.squareRoot()
  }
}

/// The root of the mean of the squares.
func rootMeanSquare(_ values: [Double]) -> Double {
  (values.reduce(0) { $0 + $1 * $1 } / Double(values.count)).squareRoot()
}
