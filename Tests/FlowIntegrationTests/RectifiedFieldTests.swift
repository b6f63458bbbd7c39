import FlowMatching
import RealModule
import Testing

@testable import FlowIntegration

/// One rectification on a line is all there is to gain.
@Suite struct RectifiedFieldTests {
  static func targets() throws -> [(any Target, [Double])] {
    let box = try UniformBoxes(dimension: 1, lower: [-1], upper: [1])
    return [
      (try QuantileFlowTests.mixture(), [0.3]),
      (box, [0.7]),
      (try ProductTarget([try QuantileFlowTests.mixture(), box]), [-0.25, 0.5]),
      (try GaussianMixture(dimension: 3, means: [1, -0.5, 0], stds: [0.25]), [0.5, 0.25, -1]),
      (
        try GaussianMixture(dimension: 2, means: [1, 0], covariances: [[1, 0.5, 0.5, 0.5]]),
        [0.5, 1]
      ),
    ]
  }

  private static func flow(_ target: any Target, _ path: any ProbabilityPath) throws -> QuantileFlow
  {
    try QuantileFlow(of: MarginalField(path: path, target: target))
  }

  @Test(arguments: allPaths.indices) func oneStepOfEulersMethodIsExact(path: Int) throws {
    for (target, x) in try Self.targets() {
      let flow = try Self.flow(target, allPaths[path])
      let last = try flow.end(from: .start, to: .end, of: x)
      for steps in path < 2 ? [1, 3] : [1] {
        let straight = try Flow(
          of: RectifiedField(of: flow), solver: .euler, steps: .fixed(steps: steps))
        let found = try straight.solutions(from: 0, to: 1, at: x)[0]
        #expect(found.status == .success)
        #expect(found.evaluations.total == steps)
        for i in x.indices {
          #expect(abs(found.x[i] - last.x[i]) < 1e-13 * (1 + abs(last.x[i])))
        }
      }
    }
  }

  /// All along a line the velocity is that of its ends, the last time included.
  @Test func theFieldIsConstantOnEveryLine() throws {
    for path: any ProbabilityPath in [try OptimalTransportPath(), try VariancePreservingPath()] {
      for (target, x) in try Self.targets() {
        let flow = try Self.flow(target, path)
        let straight = RectifiedField(of: flow)
        let moved = try flow.end(from: .start, to: .end, of: x)
        let slope = try flow.jacobians(from: .start, to: .end, at: x)
        let d = x.count
        for t in [0, 0x1p-30, 0.25, 0.5, 0.9375, 1] {
          let there = (0..<d).map { x[$0] + t * moved.displacement[$0] }
          let found = try straight.velocities(at: [Time(t)], of: there)
          for i in 0..<d {
            // The line through a rounded place: du/dx = (phi' - 1)/(1 - t + t phi') at most.
            let size = (0..<d).reduce(0) { $0 + abs(slope[i * d + $1]) + 1 }
            let least = (0..<d).map { slope[$0 * d + $0] }.min()!
            let growth = size * (1 + size) / ((1 - t) + t * min(1, least))
            #expect(
              abs(found[i] - moved.displacement[i])
                < 1e-14 * (1 + abs(moved.displacement[i]) + growth * (1 + abs(there[i]))))
          }
        }
      }
    }
  }

  /// N(0, 1) to N(m, s^2): u(x, t) = m + (s - 1) (x - t m)/(1 - t + t s), whatever the path.
  @Test func ofOneGaussianItIsTheFieldOfTheStraightLines() throws {
    let (m, s) = (1.5, 0.25)
    let target = try GaussianMixture(dimension: 1, means: [m], stds: [s])
    for path: any ProbabilityPath in [
      try OptimalTransportPath(), CosinePath(), try VariancePreservingPath(),
    ] {
      let alpha = path.schedule(at: .start)
      let straight = RectifiedField(of: try Self.flow(target, path))
      // vp begins with a little of the data.
      let std = Double.hypot(alpha.alpha * s, alpha.sigma)
      let start = alpha.alpha * m
      for (t, x) in [(0.0, 0.5), (0.5, -1), (0.75, 2), (1, 1.25)] {
        let scale = (1 - t) + t * s / std
        let z = ((x - t * m) - (1 - t) * start) / scale
        let exact = (m - start) + (s / std - 1) * z
        let found = try straight.velocities(at: [Time(t)], of: [x])[0]
        #expect(abs(found - exact) < 1e-14 * (1 + abs(exact)))
      }
    }
  }

  /// What lies at x at the time t is the mass that the lines carry there: at t = 1/2 the mean of both quantiles.
  @Test func pointsWithoutALineAreRefused() throws {
    let points = try GaussianMixture(dimension: 1, means: [-1, 2], stds: [0])
    let straight = RectifiedField(of: try Self.flow(points, OptimalTransportPath()))
    // Left of the median lines lead to -1, right of it to 2: at t = 1/2 they leave (-1/2, 1) empty.
    #expect(try straight.velocities(at: [Time(0.5)], of: [-0.75])[0] == -1 - -0.5)
    #expect(try straight.velocities(at: [Time(0.5)], of: [1.5])[0] == 2 - 1)
    let error = #expect(throws: FlowError.self) {
      try straight.velocities(at: [Time(0.5)], of: [0.25])
    }
    #expect(error?.code == .singular)
  }
}
