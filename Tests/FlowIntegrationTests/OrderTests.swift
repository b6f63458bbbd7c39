import FlowMatching
import RealModule
import Testing

@testable import FlowIntegration

@Suite struct OrderTests {
  static let fixed = Solver.all.filter { $0.takesFixedSteps && $0.order != nil }.map(\.name)

  /// A flow on which a method's error is in its asymptotic range well above rounding.
  struct Setting {
    let path: any ProbabilityPath
    let std: Double
    let (start, end): (Double, Double)
    let steps: Int
    /// How often the step is halved between the two errors.
    let halvings: Int

    init(
      _ path: any ProbabilityPath, std: Double, from start: Double, steps: Int, halvings: Int = 1
    ) {
      self.path = path
      self.std = std
      (self.start, end) = (start, 1 - start)
      self.steps = steps
      self.halvings = halvings
    }
  }

  /// Backwards on the geometric variance-exploding path a Gaussian of std 0.03 grows to one of std
  /// 50: as long an exponential as there is on [0, 1]. The pairs of order 5 have their second term as
  /// large as the first there; for them the optimal-transport path. The error of `gsl_rk8pd` meets
  /// rounding before its first term is alone: its slope is taken over two halvings.
  static func setting(_ name: String, _ order: Int) throws -> Setting {
    let long = try GeometricVarianceExplodingPath(sigmaMin: 0.01, sigmaMax: 50)
    let straight = try OptimalTransportPath()
    switch (name, order) {
    case ("dopri5", _), ("dopri5_shampine", _):
      return Setting(straight, std: 0.2, from: 1, steps: 64)
    case ("tsit5", _): return Setting(straight, std: 0.4, from: 1, steps: 32)
    case ("verner65", _): return Setting(CosinePath(), std: 0.5, from: 1, steps: 8)
    case ("gsl_rk8pd", _):
      return Setting(CosinePath(), std: 0.2, from: 0, steps: 8, halvings: 2)
    case (_, 5): return Setting(straight, std: 0.2, from: 0, steps: 64)
    case (_, 1): return Setting(long, std: 0.03, from: 1, steps: 2048)
    case (_, 2): return Setting(long, std: 0.03, from: 1, steps: 512)
    case (_, 3): return Setting(long, std: 0.03, from: 1, steps: 256)
    case (_, 4): return Setting(long, std: 0.03, from: 1, steps: 128)
    default: return Setting(long, std: 0.03, from: 1, steps: 16)
    }
  }

  static func error(_ solver: Solver, _ setting: Setting, steps: Int) throws -> Double {
    let flow = try GaussianFlow(setting.path, mean: [0.7, -0.4], std: setting.std)
    let x = [1.3, -0.6]
    let solution = try Flow(of: flow.field, solver: solver, steps: .fixed(steps: steps))
      .solution(from: setting.start, to: setting.end, at: x)
    #expect(solution.status == .success, "\(solution.failure?.message ?? "")")
    return distance(
      solution.x, try flow.state(from: x, at: setting.start, to: setting.end))
  }

  @Test(arguments: fixed) func theErrorFallsWithTheStatedOrder(name: String) throws {
    let solver = try #require(Solver.named(name))
    let order = try #require(solver.order)
    let setting = try Self.setting(name, order)
    let (coarse, fine) = (
      try Self.error(solver, setting, steps: setting.steps),
      try Self.error(solver, setting, steps: setting.steps << setting.halvings)
    )
    let slope = Double.log2(coarse / fine) / Double(setting.halvings)
    #expect(abs(slope - Double(order)) < 0.05, "\(slope)")
  }

  /// Methods that choose their order have none to measure: their error follows the tolerance.
  @Test(arguments: ["gsl_bsimp", "gsl_msadams", "gsl_msbdf"])
  func theErrorFollowsTheTolerance(name: String) throws {
    let flow = try GaussianFlow(CosinePath(), mean: [0.7, -0.4], std: 0.2)
    let x = [1.3, -0.6]
    let truth = try flow.state(from: x, at: 0, to: 1)
    for tolerance in [1e-5, 1e-7, 1e-9] {
      let solution = try Flow(
        of: flow.field, solver: try #require(Solver.named(name)),
        steps: .adaptive(Tolerance(relative: tolerance, absolute: tolerance))
      ).solution(from: 0, to: 1, at: x)
      #expect(solution.status == .success)
      #expect(distance(solution.x, truth) < 300 * tolerance)
    }
  }
}
