import FlowMatching
import Testing

@testable import FlowIntegration
@testable import FlowVerification

/// Wrong velocities, divergences and solvers, and the checks along trajectories that see them.
struct FlowPowerTests {
  /// An exact field with a mistake in its velocity and one in its divergence.
  final class Mistaken: DifferentiableField {
    let exact: MarginalField
    let factor: Double
    /// What is added to the divergences that are asked for together.
    let excess: @Sendable (_ times: [Time<Double>]) -> Double

    init(
      _ exact: MarginalField, factor: Double = 1,
      excess: @escaping @Sendable (_ times: [Time<Double>]) -> Double = { _ in 0 }
    ) {
      self.exact = exact
      self.factor = factor
      self.excess = excess
    }

    var dimension: Int { exact.dimension }

    func velocities(at times: [Time<Double>], of points: [Double]) throws(FlowError) -> [Double] {
      try exact.velocities(at: times, of: points).map { factor * $0 }
    }
    func jacobianProducts(
      at times: [Time<Double>], of points: [Double], along directions: [Double]
    ) throws(FlowError) -> (velocities: [Double], products: [Double]) {
      let found = try exact.jacobianProducts(at: times, of: points, along: directions)
      return (found.velocities.map { factor * $0 }, found.products.map { factor * $0 })
    }
    func divergences(
      at times: [Time<Double>], of points: [Double]
    ) throws(FlowError) -> (velocities: [Double], divergences: [Double]) {
      let found = try exact.divergences(at: times, of: points)
      let excess = excess(times)
      return (
        found.velocities.map { factor * $0 }, found.divergences.map { factor * $0 + excess }
      )
    }
    func timeDerivatives(
      at times: [Time<Double>], of points: [Double]
    ) throws(FlowError) -> [Double] {
      try exact.timeDerivatives(at: times, of: points).map { factor * $0 }
    }
  }

  static let count = 16

  /// The names of the checks that fail.
  static func failures(
    solver: Solver = .dop853, _ field: (MarginalField) -> any DifferentiableField = { $0 }
  ) throws -> Set<String> {
    let draw = FlowChecks.draw(
      try Preset.eightGaussians(), CosinePath(), count, from: RandomStream(seed: 6))
    let results = FlowChecks.results(
      draw, along: field(draw.field), solver: solver, target: "target", path: "path")
    for result in results { #expect(result.failure == nil && !result.skipped) }
    return Set(results.filter { !$0.passed }.map(\.check))
  }

  @Test func theExactFieldPasses() throws {
    #expect(try Self.failures().isEmpty)
    #expect(try Self.failures(solver: .dopri5).isEmpty)
  }

  /// A wrong field has a flow of its own, there and back; its densities are those of another path.
  @Test(arguments: [-1, 1 + 1e-5]) func aWrongVelocityIsSeen(_ factor: Double) throws {
    let found = try Self.failures { Mistaken($0, factor: factor) }
    #expect(found == [FlowChecks.changeOfVariables])
  }

  @Test func aWrongDivergenceIsSeen() throws {
    let found = try Self.failures { Mistaken($0, excess: { _ in 1e-5 }) }
    #expect(found == [FlowChecks.changeOfVariables])
  }

  /// A divergence that is right on the way to the noise and wrong on the way back.
  @Test func aLikelihoodThatDiffersBetweenTheWaysIsSeen() throws {
    let way = Way()
    let found = try Self.failures { Mistaken($0, excess: { way.isBack($0) ? 1e-5 : 0 }) }
    #expect(found == [FlowChecks.bothWays])
  }

  /// A method that takes its embedded result for exact makes steps as large as it may.
  @Test func aSolverThatTrustsItselfIsSeen() throws {
    let good = try #require(Solver.heun.tableau)
    let trusting = Tableau(
      nodes: good.nodes, coefficients: good.coefficients, weights: good.weights, order: 2,
      embedded: good.weights, embeddedOrder: 1, reference: "none")
    let found = try Self.failures(solver: Solver("trusting", trusting))
    #expect(found == Set(FlowChecks.statements.map(\.0)))
  }

  /// Whether trajectories have turned: all of them are asked for at once where the way back begins.
  private final class Way: @unchecked Sendable {
    // A batch of rows is asked for on one thread.
    private var hasTurned = false

    func isBack(_ times: [Time<Double>]) -> Bool {
      if times.count == FlowPowerTests.count, times.allSatisfy({ $0.t == 0.0625 }) {
        hasTurned = true
      }
      return hasTurned
    }
  }
}
