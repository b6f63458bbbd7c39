import FlowMatching
import RealModule
import Testing

@testable import FlowIntegration

@Suite struct ControllerTests {
  /// `h_next/h = 0.9 e_n^(-b1/k) e_(n-1)^(-b2/k) e_(n-2)^(-b3/k)`: the exponents as published, the errors
  /// of Heun's method (k = 2) found again from the states of a trajectory. Only a step after a rejected
  /// one may differ.
  @Test(arguments: [
    (Controller.integral, [1, 0, 0]), (.proportionalIntegral, [0.7, -0.4, 0]),
    (.proportionalIntegralDerivative, [0.58, -0.21, 0.1]),
  ])
  func stepsFollowTheErrorsOfTheLastThree(controller: Controller, exponents: [Double]) throws {
    let tolerance = 1e-5
    let gaussian = try GaussianFlow(CosinePath(), mean: [2], std: 0.5)
    let solution = try Flow(
      of: gaussian.field, solver: .heun,
      steps: .adaptive(Tolerance(relative: tolerance, absolute: tolerance), controller),
      keepsTrajectory: true
    ).solution(from: 0, to: 1, at: [1.3])
    let trajectory = try #require(solution.trajectory)
    let (times, states) = (trajectory.times, trajectory.states.map { $0[0] })
    func slope(_ t: Double, _ x: Double) throws -> Double {
      try gaussian.field.velocities(at: [Time(t)], of: [x])[0]
    }
    var errors = [1.0, 1, 1]
    var differing = 0
    // The last step ends where the interval does, not where the controller wants it.
    for n in 0..<times.count - 3 {
      let h = times[n + 1] - times[n]
      let first = try slope(times[n], states[n])
      let second = try slope(times[n + 1], states[n] + h * first)
      let scale = tolerance * (1 + max(abs(states[n]), abs(states[n + 1])))
      errors = [abs(h / 2 * (second - first)) / scale, errors[0], errors[1]]
      let factor = zip(errors, exponents).reduce(0.9) { $0 * Double.pow($1.0, -$1.1 / 2) }
      let next = h * min(10, max(0.2, factor))
      if abs((times[n + 2] - times[n + 1]) / next - 1) > 1e-6 { differing += 1 }
    }
    #expect(times.count > 100, "\(times.count)")
    #expect(differing <= 2 * solution.rejected, "\(differing), \(solution.rejected) rejected")
    #expect(solution.rejected < 10, "\(solution.rejected)")
  }
}
