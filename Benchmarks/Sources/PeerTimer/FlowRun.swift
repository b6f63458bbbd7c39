import FlowIntegration
import FlowMatching

/// Trajectories of an exact field from noise to data.
struct FlowRun {
  private let work: Work
  private let flow: Flow

  init(_ words: [String]) throws {
    work = try Work(words)
    guard let solver = Solver.named(work.name) else {
      throw Trouble.usage("there is no solver \(work.name)")
    }
    let field = MarginalField(
      path: try OptimalTransportPath(),
      target: try GaussianMixture(
        dimension: work.dimension, means: work.means, stds: [work.std]))
    flow = try Flow(
      of: field, solver: solver,
      steps: .adaptive(try Tolerance(relative: work.number, absolute: work.number)))
  }

  /// The seconds of every run; evaluations and attempted steps per trajectory.
  func report() throws -> String {
    var solutions: [Solution] = []
    let seconds = try work.seconds {
      solutions = try flow.solutions(from: 0, to: 1, at: work.points)
    }
    guard solutions.allSatisfy({ $0.status == .success }) else {
      throw Trouble.failed("a trajectory did not reach the end")
    }
    try work.write(solutions.flatMap(\.x))
    let count = Double(solutions.count)
    let evaluations = solutions.reduce(0) { $0 + $1.evaluations.total }
    let steps = solutions.reduce(0) { $0 + $1.accepted + $1.rejected }
    return "{\"seconds\": \(seconds.wall), \"core_seconds\": \(seconds.cores), "
      + "\"evaluations\": \(Double(evaluations) / count), \"steps\": \(Double(steps) / count)}"
  }
}
