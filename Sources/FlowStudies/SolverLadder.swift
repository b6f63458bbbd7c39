import Dispatch
package import FlowFigures
package import FlowIntegration
package import FlowMatching

/// Every solver of a list on one field, each at a ladder of steps or tolerances, against a reference.
package struct SolverLadder: Sendable {
  package let field: any VelocityField
  /// Rows of points at the start.
  package let start: [Double]
  package let interval: (start: Double, end: Double)
  /// The end states by `dop853` at a tolerance of 1e-13.
  package let reference: [Double]

  package static let fixed: [Solver] = [.euler, .midpoint, .heun, .rk4]
  /// This library's own methods that choose their steps.
  package static let adaptive = Solver.all.filter { solver in
    solver.isAdaptive && !solver.isFromGSL && !fixed.contains { $0.name == solver.name }
  }

  /// - Throws: what ``Flow`` throws.
  package init(field: any VelocityField, start: [Double]) throws(FlowError) {
    self.field = field
    self.start = start
    let interval = FlowSamples.interval(field, start)
    self.interval = interval
    let tolerance = try Tolerance(relative: 1e-13, absolute: 1e-13)
    reference = try Flow(of: field, solver: .dop853, steps: .adaptive(tolerance))
      .solutions(from: interval.start, to: interval.end, at: start).flatMap(\.x)
  }

  /// One run of a solver; the time is the best of three where it is short.
  package func run(
    _ solver: Solver, _ steps: StepControl
  ) throws(FlowError) -> WorkPrecisionFigure.Point? {
    let flow = try Flow(of: field, solver: solver, steps: steps)
    var seconds = Double.infinity
    var solutions: [Solution] = []
    // Once is enough for what takes long.
    for round in 0..<3 where round == 0 || seconds < 0.05 {
      let before = DispatchTime.now().uptimeNanoseconds
      solutions = try flow.solutions(from: interval.start, to: interval.end, at: start)
      seconds = min(seconds, Double(DispatchTime.now().uptimeNanoseconds - before) * 1e-9)
    }
    guard solutions.allSatisfy({ $0.status.arrives }) else { return nil }
    let error = zip(solutions.flatMap(\.x), reference).map { abs($0 - $1) }.max() ?? 0
    let evaluations = solutions.reduce(0) { $0 + $1.evaluations.total }
    return WorkPrecisionFigure.Point(
      evaluations: Double(evaluations) / Double(solutions.count), error: error, seconds: seconds)
  }

  /// All solvers over all steps and tolerances.
  package func series() throws(FlowError) -> [WorkPrecisionFigure.Series] {
    var result: [WorkPrecisionFigure.Series] = []
    for solver in Self.fixed + Self.adaptive {
      var points: [WorkPrecisionFigure.Point] = []
      for control in try Self.controls(solver) {
        if let point = try run(solver, control) { points.append(point) }
      }
      result.append(
        WorkPrecisionFigure.Series(
          solver: solver.name, family: SolverFamily.name(of: solver.name), points: points))
    }
    return result
  }

  static func controls(_ solver: Solver) throws(FlowError) -> [StepControl] {
    if !solver.isAdaptive {
      return (2...10).flatMap { k -> [StepControl] in
        let steps = 1 << k
        return k < 10
          ? [.fixed(steps: steps), .fixed(steps: steps * 3 / 2)] : [.fixed(steps: steps)]
      }
    }
    var result: [StepControl] = []
    for exponent in 2...((solver.order ?? 4) < 4 ? 8 : 11) {
      var tolerance = 1.0
      for _ in 0..<exponent { tolerance /= 10 }
      result.append(.adaptive(try Tolerance(relative: tolerance, absolute: tolerance)))
    }
    return result
  }

  /// The fewest evaluations of a series that reach an error; NaN where none does.
  package static func evaluations(
    _ series: WorkPrecisionFigure.Series, reaching error: Double
  ) -> Double {
    series.points.filter { $0.error <= error }.map(\.evaluations).min() ?? .nan
  }
}
