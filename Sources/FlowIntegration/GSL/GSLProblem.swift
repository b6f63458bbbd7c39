internal import CGSL
import FlowMatching

/// What the library's callbacks reach through their one pointer: the equation, the interval and the
/// counts. A class without type parameters, because a C callback cannot carry any.
final class GSLProblem {
  let system: any FlowSystem
  let interval: ClosedRange<Double>
  /// Counts and the range of times.
  var solution: Solution
  /// Evaluations that are not yet accounted for.
  var asks = 0
  /// Why the last call was refused, and at which time.
  var failure: (error: FlowError, t: Double)?

  init(_ system: any FlowSystem, _ interval: ClosedRange<Double>, _ solution: Solution) {
    self.system = system
    self.interval = interval
    self.solution = solution
  }

  /// How many ulps beyond an end the steppers may ask: they add up their stage times, `bsimp` over up
  /// to 70 substeps.
  static let tolerance = 64.0

  /// The time to ask at: what is a few ulps beyond an end is that end.
  /// - Throws: `outOfDomain` further outside.
  private func admitted(_ t: Double) throws(FlowError) -> Double {
    if interval.contains(t) { return t }
    let bound = t < interval.lowerBound ? interval.lowerBound : interval.upperBound
    // Next to 0 the steps, not the end, set the size of an ulp.
    let ulp = max(bound.ulp, (interval.upperBound - interval.lowerBound).ulp)
    guard abs(t - bound) <= Self.tolerance * ulp else {
      throw FlowError(
        .unsupported, "solver",
        "the stepper asked at t = \(t), outside "
          + "[\(interval.lowerBound), \(interval.upperBound)]")
    }
    solution.clampedToEnd += 1
    return bound
  }

  private func guarded(_ t: Double, _ body: (Double) throws(FlowError) -> Void) -> Int32 {
    do throws(FlowError) {
      try body(try admitted(t))
      return Int32(GSL_SUCCESS)
    } catch {
      failure = (error, min(max(t, interval.lowerBound), interval.upperBound))
      return Int32(GSL_EBADFUNC)
    }
  }

  private func row(_ y: UnsafePointer<Double>) throws(FlowError) -> [Double] {
    let row = Array(UnsafeBufferPointer(start: y, count: system.width))
    guard row.allSatisfy(\.isFinite) else {
      throw FlowError(.nonFinite, "x", "a state inside a step is not finite")
    }
    return row
  }

  func derivative(
    _ t: Double, _ y: UnsafePointer<Double>, _ slope: UnsafeMutablePointer<Double>
  ) -> Int32 {
    asks += 1
    return guarded(t) { (t) throws(FlowError) in
      solution.ask(at: t)
      let values = try system.derivatives(
        at: [Time(t: t, remaining: 1 - t)], of: try row(y))
      for (place, value) in values.enumerated() { slope[place] = value }
    }
  }

  func jacobian(
    _ t: Double, _ y: UnsafePointer<Double>, _ matrix: UnsafeMutablePointer<Double>,
    _ rate: UnsafeMutablePointer<Double>
  ) -> Int32 {
    solution.evaluations.jacobians += 1
    return guarded(t) { (t) throws(FlowError) in
      solution.ask(at: t)
      let values = try system.jacobian(at: Time(t: t, remaining: 1 - t), of: try row(y))
      for (place, value) in values.matrix.enumerated() { matrix[place] = value }
      for (place, value) in values.rate.enumerated() { rate[place] = value }
    }
  }

  /// The library's view of this problem; valid as long as the problem is.
  var equations: gsl_odeiv2_system {
    gsl_odeiv2_system(
      function: { t, y, slope, parameters in
        Unmanaged<GSLProblem>.fromOpaque(parameters!).takeUnretainedValue()
          .derivative(t, y!, slope!)
      },
      jacobian: { t, y, matrix, rate, parameters in
        Unmanaged<GSLProblem>.fromOpaque(parameters!).takeUnretainedValue()
          .jacobian(t, y!, matrix!, rate!)
      },
      dimension: system.width, params: Unmanaged.passUnretained(self).toOpaque())
  }
}
