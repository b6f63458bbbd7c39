public import FlowMatching
import RealModule

/// Where the steps between two times end.
public enum StepSpacing: String, Sendable, CaseIterable {
  /// Equal steps of t.
  case time
  /// Equal steps of `log(alpha/sigma)`.
  case logSNR = "log_snr"
  /// Equal steps of `(sigma/alpha)^(1/7)`. *Reference*: Karras et al. (2022), equation 5.
  case karras
}

extension StepSpacing: Explained {
  package var help: String {
    switch self {
    case .time: "equal steps of t"
    case .logSNR: "equal steps of log(alpha/sigma)"
    case .karras: "equal steps of (sigma/alpha)^(1/7)"
    }
  }

  /// `steps + 1` times from `start` to `end`, both included.
  /// - Throws: `outOfDomain` unless there is a step and the ends differ, `singular` where alpha or sigma is 0 at an
  ///   end and the spacing needs it, and what the path throws.
  public func times(
    _ steps: Int, from start: Time<Double>, to end: Time<Double>, on path: any ProbabilityPath
  ) throws(FlowError) -> [Time<Double>] {
    guard steps >= 1, steps <= 1_000_000 else {
      throw FlowError.outOfDomain("steps", steps, accepted: "[1, 1000000]")
    }
    guard start.t != end.t || start.remaining != end.remaining else {
      throw FlowError.outOfDomain("t1", end.t, accepted: "times other than t0 = \(start.t)")
    }
    var times = [start]
    let (first, last) = (path.logSNR(at: start), path.logSNR(at: end))
    if self != .time {
      for (name, time, value) in [("t0", start, first), ("t1", end, last)] where !value.isFinite {
        throw FlowError.singular(
          name,
          "the steps are spaced by log(alpha/sigma), which is infinite at t = \(time.t): take equal steps of time, or "
            + "a time next to it")
      }
    }
    for k in 1..<max(steps, 1) {
      let (done, rest) = (Double(k) / Double(steps), Double(steps - k) / Double(steps))
      switch self {
      case .time:
        times.append(
          Time(
            t: (rest * start.t).addingProduct(done, end.t),
            remaining: (rest * start.remaining).addingProduct(done, end.remaining)))
      case .logSNR:
        times.append(try path.time(atLogSNR: (rest * first).addingProduct(done, last)))
      case .karras:
        // Relative to the larger of the two ratios, so that no power overflows.
        let top = min(first, last)
        let root = { (logSNR: Double) in Double.exp((top - logSNR) / 7) }
        let mean = (rest * root(first)).addingProduct(done, root(last))
        times.append(try path.time(atLogSNR: top - 7 * Double.log(mean)))
      }
    }
    return times + [end]
  }
}
