import FlowMatching
import Foundation
import Testing

@testable import FlowIntegration

/// Steps and evaluations of scipy on twenty fields, as `Reference/scipy_parity.py` wrote them.
private struct Reference: Decodable {
  struct Target: Decodable {
    let means: [[Double]]
    let stds: [Double]
    let weights: [Double]
  }
  struct Case: Decodable {
    let field: Int
    let path: String
    let target: String
    let x: [Double]
    let t0: Double
    let t1: Double
    let rtol: Double
    let atol: Double
    let method: String
    let nfev: Int
    let accepted: Int
    let rejected: Int
    let state: [Double]
  }
  let targets: [String: Target]
  let cases: [Case]
}

@Suite struct ParityTests {
  static let paths: [String: any ProbabilityPath] = [
    "ot": try! OptimalTransportPath(), "vp": try! VariancePreservingPath(),
    "ve": try! VarianceExplodingPath(), "ve_geometric": try! GeometricVarianceExplodingPath(),
    "cosine": CosinePath(), "linear_vp": LinearVariancePreservingPath(),
    "polynomial": try! PolynomialPath(exponent: 2),
    "shifted_ot": try! ShiftedOptimalTransportPath(),
    "icfm": try! IndependentCouplingPath(sigma: 0.1),
    "schrodinger_bridge": try! SchrodingerBridgePath(sigma: 0.5),
  ]

  @Test(arguments: [("RK45", Solver.dopri5), ("DOP853", .dop853)])
  func stepsAndEvaluationsAreThoseOfScipy(method: String, solver: Solver) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Reference/scipy_parity.json")
    let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    let cases = reference.cases.filter { $0.method == method }
    #expect(Set(cases.map(\.field)).count == 20)
    for item in cases {
      let target = try #require(reference.targets[item.target])
      let mixture = try GaussianMixture(
        dimension: target.means[0].count, means: target.means.flatMap { $0 }, stds: target.stds,
        weights: target.weights)
      let field = MarginalField(path: try #require(Self.paths[item.path]), target: mixture)
      let flow = try Flow(
        of: field, solver: solver,
        steps: .adaptive(Tolerance(relative: item.rtol, absolute: item.atol), .scipy))
      let solution = try flow.solution(from: item.t0, to: item.t1, at: item.x)
      #expect(solution.accepted == item.accepted, "field \(item.field)")
      #expect(solution.rejected == item.rejected, "field \(item.field)")
      #expect(solution.evaluations.total == item.nfev, "field \(item.field)")
      let size = max(1, item.state.map(abs).max()!)
      #expect(distance(solution.x, item.state) < 1e-10 * size, "field \(item.field)")
    }
  }
}
