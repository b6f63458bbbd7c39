import FlowIntegration
import FlowMatching

/// Checks along trajectories from t = 15/16 to 1/16 and back, by `dop853` at a tolerance of 1e-9.
/// Errors are counted in tolerances per step, relative to `1 + |y|` of what is compared: every step
/// may err by one, and the flow stretches or shrinks what it errs.
enum FlowChecks {
  static let roundTrip = "flow round trip"
  static let changeOfVariables = "change of variables"
  static let bothWays = "likelihood both ways"
  static let statements = [
    (roundTrip, "phi_(s to t)(phi_(t to s)(x)) = x"),
    (changeOfVariables, "log p_t(x_t) = log p_s(x_s) - integral of div u over [s, t]"),
    (bothWays, "the same log density from data to noise and from noise to data"),
  ]
  /// Room for a stretch of the flow between the modes; what is found is below one half.
  static let allowance = 10.0
  static let tolerance = 1e-9

  /// The three results for the points of a draw at t = 15/16, carried along a field, the draw's own if
  /// nothing else is said.
  static func results(
    _ draw: Draw, along field: (any DifferentiableField)? = nil, solver: Solver = .dop853,
    target: String, path: String
  ) -> [CheckResult] {
    var results = statements.map { name, _ in
      CheckResult(
        check: name, target: target, path: path, unit: .tolerance, allowance: allowance)
    }
    if draw.count == 0 { return results }
    do throws(FlowError) {
      let steps = StepControl.adaptive(try Tolerance(relative: tolerance, absolute: tolerance))
      let likelihood = try Likelihood(
        of: field ?? draw.field, base: .marginal(draw.field), solver: solver, steps: steps)
      try compare(draw, likelihood, &results)
    } catch {
      for place in results.indices { results[place].failure = "\(error)" }
    }
    return results
  }

  static func draw(
    _ target: any Target, _ path: any ProbabilityPath, _ count: Int, from random: RandomStream
  ) -> Draw {
    let time = Time(t: 0.9375, remaining: 0.0625)
    return Draw(
      target, path, at: [Time<Double>](repeating: time, count: count), from: random)
  }

  private static func compare(
    _ draw: Draw, _ likelihood: Likelihood, _ results: inout [CheckResult]
  ) throws(FlowError) {
    let d = draw.dimension
    let (late, early) = (draw.times[0].t, 0.0625)
    let away = try likelihood.logDensities(of: draw.points, at: late, base: early)
    let back = try likelihood.samples(
      from: away.flatMap(\.solution.x), at: early, to: late)
    let truth = try draw.values(of: .logDensity)
    let scores = try draw.values(of: .score)
    for row in 0..<draw.count {
      guard let there = away[row].logDensity, let again = back[row].logDensity else {
        let bad = away[row].logDensity == nil ? away[row].solution : back[row].solution
        throw FlowError(
          .noConvergence, "x", "\(bad.status.rawValue) at t = \(bad.t): \(bad.status.advice)")
      }
      let x = draw.point(row)
      let returned = back[row].solution.x
      let unit = tolerance * Double(away[row].solution.accepted + back[row].solution.accepted)
      let distance = zip(x, returned).map { abs($0 - $1) / (1 + abs($0)) }.max() ?? 0
      results[0].add(distance / unit, at: draw.times[row], point: x)
      // An error of the state moves the density by the score.
      let slope = (0..<d).reduce(0.0) {
        $0 + abs(scores[row * d + $1]) * (1 + abs(x[x.startIndex + $1]))
      }
      let scale = unit * (1 + abs(truth[row]) + slope)
      results[1].add(abs(there - truth[row]) / scale, at: draw.times[row], point: x)
      results[2].add(abs(again - there) / scale, at: draw.times[row], point: x)
    }
  }
}
