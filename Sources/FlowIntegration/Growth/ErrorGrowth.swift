public import FlowMatching
import RealModule

/// How much an error of the starting point grows along a trajectory.
///
///     log10 max over s in [t0, t1] of (E |J_s z|^2)^(1/2),    J_s = dx(s)/dx(t0),    z of length 1, any direction
///
/// About as many decimal digits of the end as are lost to the rounding of the start and, times its tolerance, to the
/// first steps of the solver: 0 where errors only shrink; at an unstable equilibrium without bound.
///
/// *Accuracy*: by all directions up to ``dimensions`` axes, to 0.01 in the logarithm or better; by one random direction
/// beyond, a factor of about the square root of 2 in the growth.
///
/// *Reference*: Hairer, Norsett and Wanner (1993), section I.14 (the variational equation).
public struct ErrorGrowth: Sendable {
  /// Up to how many axes every direction is followed.
  public static let dimensions = 8

  /// From how many lost digits on a trajectory is called unstable: ordinary ones lose fewer than three.
  public static let noticeable = 4.0

  private let flow: Flow
  private let system: GrowthSystem

  public init(of field: any DifferentiableField) throws(FlowError) {
    let isSmall = field.dimension <= Self.dimensions
    system = GrowthSystem(field: field, count: isSmall ? field.dimension : 1)
    flow = try Flow(
      system, isDifferentiable: false, solver: .dopri5,
      steps: .adaptive(try Tolerance(relative: 1e-4, absolute: 1e-4)), stepLimit: 100_000,
      keepsTrajectory: true)
  }

  /// One number per row of `points`. Of a trajectory that does not arrive it is the growth as far as it came.
  /// - Throws: as ``Flow/solutions(from:to:at:)``.
  public func log10(
    from start: Double, to end: Double, at points: [Double], firstTrajectory: UInt64 = 0
  ) throws(FlowError) -> [Double] {
    let d = system.field.dimension
    let count = try FlowError.rowCount(of: points, dimension: d, "x")
    var rows: [Double] = []
    for row in 0..<count {
      rows += points[row * d..<(row + 1) * d]
      for direction in 0..<system.count {
        rows += self.direction(direction, of: firstTrajectory + UInt64(row)) + [0]
      }
    }
    return try flow.solutions(from: start, to: end, at: rows).map { solution in
      (solution.trajectory?.states ?? []).map(growth).max() ?? 0
    }
  }

  private func direction(_ index: Int, of trajectory: UInt64) -> [Double] {
    let d = system.field.dimension
    guard system.count < d else { return (0..<d).map { $0 == index ? 1 : 0 } }
    let z = RandomStream(seed: 0, stream: 0x6772_6f77 &+ trajectory &<< 32).normals(d, at: 0)
    let size = z.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return z.map { $0 / size }
  }

  /// Of a state: `log10` of the root mean square of `exp(l)`.
  private func growth(_ state: [Double]) -> Double {
    let d = system.field.dimension
    let logs = (0..<system.count).map { state[d + $0 * (d + 1) + d] }
    let largest = logs.max() ?? 0
    let square = logs.reduce(0.0) { $0 + Double.exp(2 * ($1 - largest)) } / Double(logs.count)
    return (largest + 0.5 * Double.log(square)) / Double.log(10)
  }
}
