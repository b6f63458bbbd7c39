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

/// The solution that errors are measured against: `dop853`, at a tolerance of 1e-13 unless said otherwise.
package enum ReferenceFlow {
  package static let tolerance = 1e-13

  /// The ends of all trajectories.
  /// - Throws: `noConvergence` where one does not arrive, and what the field throws.
  package static func ends(
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
