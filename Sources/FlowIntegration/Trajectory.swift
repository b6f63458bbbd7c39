public import FlowMatching

/// The accepted steps of one trajectory, and the solution between them.
///
/// Between two steps stands the cubic that has the states and the slopes of both ends; `dopri5` adds
/// `theta^2 (1 - theta)^2 h sum d_i k_i`, which makes it exact to order 4.
///
/// *Reference*: Hairer, Norsett and Wanner (1993), section II.6.
public struct Trajectory: Sendable {
  /// The numbers of one step.
  struct Step: Sendable {
    let start: Double
    let end: Double
    /// `h f` at both ends, and the correction.
    let slopes: (start: [Double], end: [Double])
    let correction: [Double]?
  }

  /// The times of the states.
  public private(set) var times: [Double]
  /// The states, a row per time.
  public private(set) var states: [[Double]]
  private var steps: [Step] = []

  init(t: Double, x: [Double]) {
    times = [t]
    states = [x]
  }

  mutating func append(_ step: Step, reaching x: [Double]) {
    steps.append(step)
    times.append(step.end)
    states.append(x)
  }

  /// Adds the last part of a way that ends where the field does not exist: a parabola. `slope` is h times the slope
  /// at its start.
  mutating func land(on atom: [Double], at end: Double, slope: [Double]) {
    let before = states[states.count - 1]
    let slopeAfter = before.indices.map { 2 * (atom[$0] - before[$0]) - slope[$0] }
    append(
      Step(
        start: times[times.count - 1], end: end, slopes: (slope, slopeAfter), correction: nil),
      reaching: atom)
  }

  /// The state at `t`.
  ///
  /// *Accuracy*: the error of the solver, plus that of the interpolation: of order 5 in the step for
  /// `dopri5`, of order 4 for all others.
  /// - Throws: `outOfDomain` outside the steps.
  public func state(at t: Double) throws(FlowError) -> [Double] {
    let range = min(times[0], times.last!)...max(times[0], times.last!)
    guard range.contains(t) else {
      throw FlowError.outOfDomain(
        "t", t, accepted: "[\(range.lowerBound), \(range.upperBound)]")
    }
    guard !steps.isEmpty else { return states[0] }
    // The first step whose end is not before t, in the direction of travel.
    let forward = times.last! >= times[0]
    var (low, high) = (0, steps.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if forward ? steps[middle].end >= t : steps[middle].end <= t {
        high = middle
      } else {
        low = middle + 1
      }
    }
    let step = steps[low]
    let theta = (t - step.start) / (step.end - step.start)
    let rest = (step.end - t) / (step.end - step.start)
    return states[low].indices.map { i in
      let (before, after) = (states[low][i], states[low + 1][i])
      let change = after - before
      let bend = rest * (step.slopes.start[i] - change) + theta * (change - step.slopes.end[i])
      let extra = step.correction.map { theta * rest * $0[i] } ?? 0
      let near = theta < 0.5 ? before + theta * change : after - rest * change
      return near + theta * rest * (bend + extra)
    }
  }
}
