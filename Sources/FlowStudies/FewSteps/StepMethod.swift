package import FlowIntegration
package import FlowMatching

/// A method of fixed steps that asks for the denoiser or for the velocity, which cost the same.
package enum StepMethod: Sendable {
  case denoiser(FewStepMethod)
  case velocity(Solver)

  /// The methods of few steps, then the solvers with fixed steps.
  package static let all: [StepMethod] =
    FewStepMethod.allCases.map { .denoiser($0) }
    + EvaluationBenchmark.fixedStepSolvers.map { .velocity($0) }

  package var name: String {
    switch self {
    case .denoiser(let method): method.rawValue
    case .velocity(let solver): solver.name
    }
  }

  /// The order that it has where the steps before the first are known and the times are as smooth as the step's variable.
  package var order: Int {
    switch self {
    case .denoiser(let method): method.order
    case .velocity(let solver): solver.order ?? 0
    }
  }

  /// How often a step asks the field.
  package var evaluationsPerStep: Int {
    switch self {
    case .denoiser(.heunSigma): 2
    case .denoiser: 1
    case .velocity(let solver): solver.tableau?.weights.count ?? 1
    }
  }

  /// Where the method brings the points, and how often it asked for each; `nil` in place of the points where one of them
  /// left the range of double precision.
  /// - Throws: what the field throws.
  package func ends(
    of field: MarginalField, at times: [Time<Double>], from points: [Double]
  ) throws(FlowError) -> (points: [Double]?, evaluations: Double) {
    switch self {
    case .denoiser(let method):
      let sampler = try FewStepSampler(of: field, method: method, times: times)
      let evaluations = Double(sampler.evaluations)
      do throws(FlowError) {
        return (try sampler.samples(at: points), evaluations)
      } catch {
        guard error.code == .outOfDomain || error.code == .nonFinite else { throw error }
        return (nil, evaluations)
      }
    case .velocity(let solver):
      return try Self.followed(field, solver, .times(times.map(\.t)), from: points)
    }
  }

  /// The same of a solver that is steered by itself or by given times.
  static func followed(
    _ field: MarginalField, _ solver: Solver, _ steps: StepControl,
    between ends: (start: Double, end: Double)? = nil, from points: [Double]
  ) throws(FlowError) -> (points: [Double]?, evaluations: Double) {
    var ends = ends ?? (0, 1)
    if case .times(let times) = steps { ends = (times[0], times[times.count - 1]) }
    let solutions = try Flow(of: field, solver: solver, steps: steps)
      .solutions(from: ends.start, to: ends.end, at: points)
    let asked = solutions.reduce(0) { $0 + Double($1.evaluations.total) }
    let arrives = solutions.allSatisfy { $0.status.arrives && $0.x.allSatisfy(\.isFinite) }
    return (arrives ? solutions.flatMap(\.x) : nil, asked / Double(solutions.count))
  }
}
