import FlowMatching
import RealModule
import Testing

@testable import FlowSpectral

/// Densities with kinks and jumps, for which no grid is fine enough: how the error falls with the step.
struct RoughDensityTests {
  /// A uniform source and uniform data, which the engine has no closed form for: p_t is a trapezium, the
  /// velocity on its flanks and plateau linear in x. The kinks let the error fall as the step.
  @Test func aUniformSourceAndUniformDataMakeATrapezium() throws {
    let (a, b) = (2.0, 1.0)
    let path = try SpectralPath(
      path: try OptimalTransportPath(),
      data: try SeparableLaw(
        dimension: 1, weights: [1], factors: [.uniform(lower: 0, upper: a)]),
      source: try SeparableLaw(
        dimension: 1, weights: [1], factors: [.uniform(lower: 0, upper: b)]))
    let t = 0.6
    // Supports [0, t a] and [0, (1 - t) b]: the plateau lies between the shorter and the longer.
    let (long, short) = (t * a, (1 - t) * b)
    func exact(_ x: Double) -> (p: Double, u: Double)? {
      guard x > 0, x < long + short else { return nil }
      // x1 t is uniform on the values that leave (1 - t) x0 = x - t x1 in its interval.
      let (low, high) = (max(0, x - short), min(long, x))
      let middle = (low + high) / 2
      return ((high - low) / (long * short), middle / t - (x - middle) / (1 - t))
    }
    func errors(_ count: Int) throws -> (density: Double, velocity: Double) {
      let grid = try PeriodicGrid([
        PeriodicGrid.Axis(origin: -0.53125, step: 4 / Double(count), count: count)
      ])
      let found = try path.marginal(at: try Time(t), on: grid)
      var (density, velocity) = (0.0, 0.0)
      for (i, x) in grid.points.enumerated() {
        let truth = exact(x)
        density = max(density, abs(found.density[i] - (truth?.p ?? 0)))
        guard let truth, let u = found.velocity(at: i, above: 0.3) else { continue }
        velocity = max(velocity, abs(u[0] - truth.u))
      }
      return (density, velocity)
    }
    let (coarse, fine) = (try errors(256), try errors(4096))
    #expect(coarse.density < 0.02 && coarse.velocity < 0.1, "\(coarse)")
    let order = Double.log2(coarse.density / fine.density) / 4
    #expect(order > 0.8 && order < 1.3, "\(coarse) to \(fine): order \(order)")
    let slope = Double.log2(coarse.velocity / fine.velocity) / 4
    #expect(slope > 0.8, "\(coarse) to \(fine): order \(slope)")
  }

  /// A jump: boxes without noise. At a distance from it the error still falls as the step.
  @Test func aDensityThatJumpsConvergesAwayFromItsJumps() throws {
    let path = try SpectralPath(
      path: CosinePath(),
      target: try UniformBoxes(dimension: 1, lower: [-1], upper: [1]))
    func error(_ count: Int) throws -> Double {
      let grid = try PeriodicGrid([
        PeriodicGrid.Axis(origin: -2, step: 4.4 / Double(count), count: count)
      ])
      let found = try path.marginal(at: .end, on: grid)
      var worst = 0.0
      for (x, p) in zip(grid.points, found.density) where abs(abs(x) - 1) > 0.3 {
        let exact = abs(x) < 1 ? 0.5 : 0
        worst = max(worst, abs(p - exact))
      }
      return worst
    }
    let (coarse, fine) = (try error(512), try error(8192))
    #expect(coarse < 0.01)
    #expect(abs(Double.log2(coarse / fine) / 4 - 1) < 0.25, "\(coarse) to \(fine)")
  }
}
