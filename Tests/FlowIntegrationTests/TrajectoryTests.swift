import FlowMatching
import RealModule
import Testing

@testable import FlowIntegration

@Suite struct TrajectoryTests {
  /// The largest error between the steps of `count` equal steps.
  private func error(_ solver: Solver, _ count: Int, backward: Bool = false) throws -> Double {
    let gaussian = try GaussianFlow(CosinePath(), mean: [0.7, -0.4], std: 0.5)
    let (start, end) = backward ? (1.0, 0.0) : (0.0, 1.0)
    let x = [1.3, -0.6]
    let solution = try Flow(
      of: gaussian.field, solver: solver, steps: .fixed(steps: count), keepsTrajectory: true
    ).solution(from: start, to: end, at: x)
    let trajectory = try #require(solution.trajectory)
    #expect(trajectory.times.count == count + 1)
    #expect(trajectory.states.last == solution.x)
    return try (0...400).map { place in
      let t = Double(place) / 400
      return distance(
        try trajectory.state(at: t), try gaussian.state(from: x, at: start, to: t))
    }.max()!
  }

  @Test(arguments: [false, true]) func denseOutputConvergesAtItsOrder(backward: Bool) throws {
    // The cubic has an error of order 4 in the step, the extension of dopri5 one of order 5.
    for (name, order) in [("dopri5", 5.0), ("tsit5", 4), ("dop853", 4), ("gsl_rk8pd", 4)] {
      let solver = try #require(Solver.named(name))
      let coarse = try error(solver, 16, backward: backward)
      let fine = try error(solver, 32, backward: backward)
      let slope = Double.log2(coarse / fine)
      #expect(abs(slope - order) < 0.35, "\(name): \(slope)")
    }
  }

  @Test func statesAtTheStepsAreTheSteps() throws {
    let field = MarginalField(path: CosinePath(), target: try Preset.eightGaussians())
    for solver in Solver.all where solver.isAdaptive && solver.order != 1 {
      let solution = try Flow(
        of: field, solver: solver,
        steps: .adaptive(Tolerance(relative: 1e-5, absolute: 1e-5)), keepsTrajectory: true
      ).solution(from: 0.9, to: 0.2, at: [2, 1])
      let trajectory = try #require(solution.trajectory)
      #expect(trajectory.times.count == solution.accepted + 1)
      #expect(trajectory.times.first == 0.9 && trajectory.times.last == 0.2)
      for (t, state) in zip(trajectory.times, trajectory.states) {
        #expect(distance(try trajectory.state(at: t), state) < 1e-14)
      }
      #expect(throws: FlowError.self) { try trajectory.state(at: 0.95) }
    }
  }

  @Test func keepingTheTrajectoryMovesNothing() throws {
    let field = MarginalField(path: CosinePath(), target: try Preset.eightGaussians())
    let control = StepControl.adaptive(try Tolerance(relative: 1e-7, absolute: 1e-7))
    for solver in [Solver.dopri5, .dop853, .tsit5] {
      let kept = try Flow(of: field, solver: solver, steps: control, keepsTrajectory: true)
        .solution(from: 0, to: 1, at: [0.2, 0.9])
      let plain = try Flow(of: field, solver: solver, steps: control)
        .solution(from: 0, to: 1, at: [0.2, 0.9])
      #expect(kept.x == plain.x && kept.accepted == plain.accepted)
    }
  }
}
