import FlowMatching
import RealModule
import Testing

@testable import FlowIntegration

/// What implicit steppers are told of a field: fields of the engine have symmetric Jacobians, so that
/// only another one shows which index is the row.
@Suite struct StiffFieldTests {
  /// `u = A (x - c) + c'` with `A = [[-1000, 900], [0, -1]]` and `c = (sin 3t, cos 2t)`.
  private struct Driven: DifferentiableField {
    static let matrix: [Double] = [-1000, 900, 0, -1]
    let dimension = 2

    static func center(_ t: Double) -> [Double] { [Double.sin(3 * t), Double.cos(2 * t)] }
    static func rate(_ t: Double) -> [Double] { [3 * Double.cos(3 * t), -2 * Double.sin(2 * t)] }
    static func product(_ x: [Double]) -> [Double] {
      [matrix[0] * x[0] + matrix[1] * x[1], matrix[2] * x[0] + matrix[3] * x[1]]
    }
    /// `c + exp(A t) (x - c(0))`.
    static func state(from x: [Double], at t: Double) -> [Double] {
      let z = [x[0] - center(0)[0], x[1] - center(0)[1]]
      let (fast, slow) = (Double.exp(-1000 * t), Double.exp(-t))
      return [
        center(t)[0] + z[0] * fast + 900 * z[1] * (fast - slow) / -999, center(t)[1] + z[1] * slow,
      ]
    }

    func velocities(at times: [Time<Double>], of points: [Double]) throws(FlowError) -> [Double] {
      times.indices.flatMap { row in
        let (c, rate) = (Self.center(times[row].t), Self.rate(times[row].t))
        let u = Self.product([points[2 * row] - c[0], points[2 * row + 1] - c[1]])
        return [u[0] + rate[0], u[1] + rate[1]]
      }
    }

    func jacobianProducts(
      at times: [Time<Double>], of points: [Double], along directions: [Double]
    ) throws(FlowError) -> (velocities: [Double], products: [Double]) {
      (
        try velocities(at: times, of: points),
        times.indices.flatMap { Self.product([directions[2 * $0], directions[2 * $0 + 1]]) }
      )
    }

    func timeDerivatives(
      at times: [Time<Double>], of points: [Double]
    ) throws(FlowError) -> [Double] {
      times.flatMap { time in
        let pull = Self.product(Self.rate(time.t))
        return [
          -9 * Double.sin(3 * time.t) - pull[0], -4 * Double.cos(2 * time.t) - pull[1],
        ]
      }
    }
  }

  @Test(arguments: ["gsl_bsimp", "gsl_msbdf"])
  func implicitStepsAreLongOnAStiffField(name: String) throws {
    let x = [0.5, 2.0]
    let solution = try Flow(
      of: Driven(), solver: try #require(Solver.named(name)),
      steps: .adaptive(Tolerance(relative: 1e-6, absolute: 1e-6))
    ).solution(from: 0, to: 1, at: x)
    #expect(solution.status == .success)
    #expect(distance(solution.x, Driven.state(from: x, at: 1)) < 3e-5)
    // Stability alone would hold an explicit step below 3/1000.
    #expect(solution.accepted < 200)
    #expect(solution.evaluations.total < 1500)
  }
}
