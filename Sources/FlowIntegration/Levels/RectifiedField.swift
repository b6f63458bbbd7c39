public import FlowMatching
import RealModule

/// The field of the straight lines between the two ends of an exact flow, x0 at t = 0 and phi(x0) at t = 1: what a first rectification of a
/// perfectly trained model learns,
///
///     X_t = (1 - t) x0 + t phi(x0),    u(x, t) = phi(x0) - x0  where X_t = x.
///
/// On a line lines do not cross: phi rises, so that X_t does at every t < 1 and one x0 leads to x. So the field is straight: one step of
/// Euler's method from t = 0 to t = 1 ends at phi(x0), and its marginal at t = 1 is that of the flow. A second rectification changes
/// nothing. The same holds axis by axis where coordinates are independent.
///
///     let straight = RectifiedField(of: try QuantileFlow(of: field))
///     let flow = try Flow(of: straight, solver: .euler, steps: .fixed(steps: 1))
///
/// *Accuracy*: x0 to the last digit that its conditioning leaves: X_t is solved for by a bracket that a change of sign proves.
///
/// *Edge cases*: at t = 0 it is phi(x) - x; at t = 1 it asks where the flow came from.
///
/// *Reference*: Liu et al. (2022), flow straight and fast, section 2.1 (rectification) and theorem 3.6 (straight couplings).
public struct RectifiedField: VelocityField {
  /// The flow whose ends are joined.
  public let flow: QuantileFlow

  public init(of flow: QuantileFlow) { self.flow = flow }

  public var dimension: Int { flow.dimension }

  /// - Throws: as ``QuantileFlow/ends(from:to:at:)``; `singular` also where no line passes, as between two points of a cloud.
  public func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    _ = try rowCount(of: points, at: times)
    return try flow.rows(points) { row, x throws(FlowError) in
      try flow.straightVelocity(at: times[times.count == 1 ? 0 : row], x)
    }.flatMap { $0 }
  }
}

extension QuantileFlow {
  /// The velocity of the straight line through x at a time.
  func straightVelocity(at time: Time<Double>, _ x: [Double]) throws(FlowError) -> [Double] {
    let change = ScheduleChange(field.path, from: .start, to: .end)
    let (t, rest) = (time.t, time.remaining)
    // Where the line through the centre of both ends is.
    let middle = rest * change.start.alpha + t * change.end.alpha
    let own = unturned(
      x.indices.map { x[$0].addingProduct(-middle, axes.center?[$0] ?? 0) })
    var velocities: [Double] = []
    for (a, parts) in axes.axes.enumerated() {
      let line = StraightLine(parts: parts, path: field.path, t: t, rest: rest)
      velocities.append(try line.velocity(through: own[a]))
    }
    let turned = turned(vector: velocities)
    return x.indices.map { turned[$0].addingProduct(change.alpha, axes.center?[$0] ?? 0) }
  }
}

/// The straight line through a place on one axis: the root of `(1 - t) x0 + t phi(x0) - x` in x0.
private struct StraightLine {
  let parts: [LinePart]
  let path: any ProbabilityPath
  let t: Double
  let rest: Double

  private func moved(
    _ x: Double, from start: Time<Double> = .start, to end: Time<Double> = .end
  ) throws(FlowError) -> Double {
    let change = ScheduleChange(path, from: start, to: end)
    let answer = try AxisFlow(parts, path, change, from: start, to: end, at: x).solve()
    return answer.place.displacement + answer.place.displacementTail
  }

  /// Where a line is at the time, less x, and its velocity.
  private struct Line {
    let start: Double
    let velocity: Double
    let gap: Double
  }

  private func line(from start: Double, _ x: Double) throws(FlowError) -> Line {
    let velocity = try moved(start)
    return Line(
      start: start, velocity: velocity, gap: (start - x).addingProduct(t, velocity))
  }

  func velocity(through x: Double) throws(FlowError) -> Double {
    if t == 0 { return try moved(x) }
    if rest == 0 { return -(try moved(x, from: .end, to: .start)) }
    var (low, high) = try bracket(x)
    // Illinois' variant of the false position: what stays is halved, so that both ends move.
    var (lowGap, highGap) = (low.gap, high.gap)
    var width = high.start - low.start
    while true {
      for line in [low, high] where abs(line.gap) <= rounding(line, x) { return line.velocity }
      let middle = low.start + (high.start - low.start) / 2
      var next = low.start - lowGap * ((high.start - low.start) / (highGap - lowGap))
      let isShrunk = high.start - low.start <= width / 2
      if isShrunk { width = high.start - low.start }
      if !(next > low.start && next < high.start) || !isShrunk { next = middle }
      guard next > low.start, next < high.start else { break }
      let found = try line(from: next, x)
      if found.gap < 0 {
        (low, lowGap, highGap) = (found, found.gap, highGap / 2)
      } else {
        (high, highGap, lowGap) = (found, found.gap, lowGap / 2)
      }
    }
    // Neighbours. Between them phi is as good as a straight line, unless it jumps from point to point.
    if parts.contains(where: \.isPoint), low.velocity + low.start != high.velocity + high.start {
      throw FlowError.singular(
        "x", "no straight line passes x = \(x): on both sides they lead to other points")
    }
    return abs(low.gap) < abs(high.gap) ? low.velocity : high.velocity
  }

  /// What rounding may have made of a gap.
  private func rounding(_ line: Line, _ x: Double) -> Double {
    0x1p-54 * (abs(x) + t * abs(line.velocity))
  }

  /// Two lines, one on each side of x.
  private func bracket(_ x: Double) throws(FlowError) -> (Line, Line) {
    let first = try line(from: x, x)
    if first.gap == 0 { return (first, first) }
    var inner = first
    var step = -first.gap
    for _ in 0..<1100 {
      let outer = try line(from: inner.start + step, x)
      if (outer.gap > 0) != (first.gap > 0) || outer.gap == 0 {
        return first.gap > 0 ? (outer, inner) : (inner, outer)
      }
      inner = outer
      step *= 2
    }
    throw FlowError(.noConvergence, "x", "the line through x = \(x) was not bracketed")
  }
}

extension LinePart {
  fileprivate var isPoint: Bool {
    if case .gaussian(_, let std) = law { std == 0 } else { false }
  }
}
