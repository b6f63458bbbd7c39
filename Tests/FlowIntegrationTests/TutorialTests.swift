import FlowIntegration
import FlowMatching
import RealModule
import Testing

/// The statements of `TenMinutes.md`, and what they are said to print.
struct TutorialTests {
  @Test func itPrintsWhatItSays() throws {
    let path = try OptimalTransportPath()
    let schedule = path.schedule(at: try Time(0.25))
    #expect(schedule.alpha == 0.25 && schedule.sigma == 0.75)

    let target = try GaussianMixture(dimension: 2, means: [1, -2], stds: [0.5])
    let field = MarginalField(path: path, target: target)
    let half = try Time(0.5)
    #expect(try field.value(of: .velocity, at: half, of: [0.5, -1]) == [1, -2])
    let logDensity = try field.value(of: .logDensity, at: half, of: [0.5, -1])[0]
    #expect(abs(logDensity + Double.log(2 * .pi * 0.3125)) < 1e-15)

    let tolerance = try Tolerance(relative: 1e-10, absolute: 1e-10)
    let flow = try Flow(of: field, solver: .dop853, steps: .adaptive(tolerance))
    let end = try flow.solution(from: 0, to: 1, at: [1, 1])
    #expect(zip(end.x, [1.5, -1.5]).allSatisfy { abs($0 - $1) < 1e-9 } && end.status == .success)

    let likelihood = try Likelihood(
      of: field, base: .marginal(field), steps: .adaptive(tolerance))
    let found = try likelihood.logDensities(of: [1.5, -1.5], at: 1, base: 0)[0]
    let exact = try field.value(of: .logDensity, at: .end, of: [1.5, -1.5])[0]
    #expect(abs((found.logDensity ?? .nan) - exact) < 1e-8)
    #expect(abs(exact + Double.log(2 * .pi * 0.25) + 1) < 1e-14)
  }
}
