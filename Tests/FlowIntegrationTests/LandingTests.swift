import FlowMatching
import Testing

@testable import FlowIntegration

struct LandingTests {
  static let tolerance = StepControl.adaptive(
    try! Tolerance(relative: 1e-8, absolute: 1e-8), .integral)

  /// On the line trajectories keep their order, so that the data points receive the noise in theirs: from x they end on
  /// the point whose share of the normal law holds x.
  @Test(arguments: ["ot", "vp", "cosine", "linear_vp"]) func ownersTakeTheirShareOfTheNoise(
    name: String
  ) throws {
    let kind = try #require(PathKind(rawValue: name))
    let path = try kind.value(kind.parameters.map { $0.standard ?? 0 })
    let points = [-1.5, -0.2, 0.1, 2]
    let field = MarginalField(
      path: path, target: try PointCloud.target(dimension: 1, points: points))
    // vp begins with a little of the data in its noise: the borders are not exactly the quartiles there.
    let x = [-2, -0.9, -0.5, -0.1, 0.1, 0.5, 0.9, 2].filter { name != "vp" || abs($0) > 0.2 }
    let solutions = try Flow(of: field, solver: .dop853, steps: Self.tolerance).solutions(
      from: 0, to: 1, at: x)
    for (start, solution) in zip(x, solutions) {
      let owner = start < -0.6745 ? 0 : start < 0 ? 1 : start < 0.6745 ? 2 : 3
      #expect(solution.status == .landed && solution.x == [points[owner]], "\(name) from \(start)")
    }
  }

  /// Between two points at the same distance it is rounding that decides, and the growth of errors says so.
  @Test func onTheBorderRoundingDecides() throws {
    let field = MarginalField(
      path: try OptimalTransportPath(),
      target: try PointCloud.target(dimension: 1, points: [-1, 1]))
    let solution = try Flow(of: field, solver: .dop853, steps: Self.tolerance).solution(
      from: 0, to: 1, at: [0])
    #expect(solution.status == .singular || abs(solution.x[0]) == 1)
    #expect(try ErrorGrowth(of: field).log10(from: 0, to: 1, at: [0])[0] > 16)
    #expect(try ErrorGrowth(of: field).log10(from: 0, to: 1, at: [0.5])[0] < 1)
  }

  /// A component with a spread is no atom, and a source of Gaussians has no part in where the data's atoms are.
  @Test func onlyAtomsAreLandedOn() throws {
    let data = try GaussianMixture(dimension: 1, means: [-3, 3], stds: [0, 0.5])
    let field = MarginalField(path: try OptimalTransportPath(), target: data)
    let flow = try Flow(of: field, solver: .dopri5, steps: Self.tolerance)
    let solutions = try flow.solutions(from: 0, to: 1, at: [-1, 1])
    #expect(solutions[0].status == .landed && solutions[0].x == [-3])
    #expect(solutions[1].status != .landed)
    let sourced = try SourcedMixture(
      data: try PointCloud.target(dimension: 1, points: [-3, 3]),
      source: try GaussianMixture(dimension: 1, means: [-1, 1], stds: [0.25]))
    let ends = try Flow(
      of: MarginalField(path: try OptimalTransportPath(), target: sourced), solver: .dopri5,
      steps: Self.tolerance
    ).solutions(from: 0, to: 1, at: [-1.1, 0.9])
    #expect(ends.map(\.status) == [.landed, .landed] && ends.flatMap(\.x) == [-3, 3])
  }
}
