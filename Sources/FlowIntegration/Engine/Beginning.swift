import FlowMatching
import RealModule

extension ExplicitEngine {
  /// The slope at the start of every trajectory and the size of its first step, in full groups.
  func prepare() {
    let b = buffers
    for first in stride(from: 0, to: count, by: cursors.count) {
      let size = min(cursors.count, count - first)
      for lane in cursors.indices {
        // A short batch repeats its last row in the lanes left over.
        let row = first + min(lane, size - 1)
        b.write(rows[row * b.width..<(row + 1) * b.width], to: b.y, lane)
        b.t[lane / Lanes.count][lane % Lanes.count] = start
        wanted[lane] = lane < size
        cursors[lane] = Cursor()
        if lane < size {
          cursors[lane].row = row
          if keepsTrajectory {
            cursors[lane].solution.trajectory = Trajectory(t: start, x: state(row))
          }
        }
      }
      evaluate(at: b.t, of: b.y, into: b.slopes(0))
      if case .adaptive(let tolerance, _) = control { proposeFirstSteps(tolerance) }
      for lane in 0..<size {
        // With a fixed number of steps the first slope belongs to the first step.
        if case .adaptive = control {
          cursors[lane].solution.evaluations.initial = cursors[lane].asks
          cursors[lane].asks = 0
        }
        if let failure = cursors[lane].failure {
          cursors[lane].solution.evaluations.rejected = cursors[lane].asks
          finish(lane, Cursor.status(of: failure), failure)
        } else {
          waiting.append((b.row(b.slopes(0), lane), cursors[lane]))
          cursors[lane] = Cursor()
        }
      }
    }
  }

  /// From the sizes of the state and its slope, and of the slope's change over one small step of
  /// Euler's method. No step is proposed that time next to the ends of the interval cannot tell from
  /// none.
  ///
  /// *Reference*: Hairer, Norsett and Wanner (1993), section II.4.
  private func proposeFirstSteps(_ tolerance: Tolerance) {
    let b = buffers
    let interval = abs(end - start)
    let shortest = min(interval, 64 * max(start.ulp, end.ulp))
    var probes = [(h: Double, slope: Double)](repeating: (0, 0), count: cursors.count)
    for lane in cursors.indices {
      let (group, place) = (lane / Lanes.count, lane % Lanes.count)
      let (y, f) = (b.row(b.y, lane), b.row(b.slopes(0), lane))
      let (size, slope) = (norm(y, y, tolerance), norm(f, y, tolerance))
      let guess = size < 1e-5 || slope < 1e-5 ? 1e-6 : 0.01 * size / slope
      // What is not a number is caught in the first step.
      let h = guess.isFinite ? max(shortest, min(guess, interval)) : interval
      probes[lane] = (h, slope)
      b.h[group][place] = end > start ? h : -h
      b.next[group][place] = h == interval ? end : start + b.h[group][place]
      wanted[lane] = wanted[lane] && cursors[lane].isActive && slope.isFinite
      b.write(zip(y, f).map { $0 + b.h[group][place] * $1 }, to: b.candidate, lane)
    }
    let before = cursors.map(\.failure)
    evaluate(at: b.next, of: b.candidate, into: b.closing)
    for lane in cursors.indices where cursors[lane].isActive {
      let (h, slope) = probes[lane]
      if cursors[lane].failure != nil {
        // The start is good but the probe is not: begin well short of it. One step of Euler's method from
        // noise to data lands on the mean of the data: that the field is singular there says nothing of
        // the trajectory's own end.
        if before[lane] == nil { cursors[lane].failure = nil }
        cursors[lane].proposal = h / 8
        continue
      }
      let change = zip(b.row(b.closing, lane), b.row(b.slopes(0), lane)).map { $0 - $1 }
      let bend = norm(change, b.row(b.y, lane), tolerance) / h
      let larger = max(slope, bend)
      let next =
        larger <= 1e-15
        ? max(1e-6, h * 1e-3) : Double.pow(0.01 / larger, 1 / Double(method.errorOrder))
      cursors[lane].proposal = max(shortest, min(100 * h, next, interval))
    }
  }

  /// The size of `v` beside the tolerances of `y`. A coordinate that is allowed less than u times what
  /// the widest is allowed, as one that is 0 under a relative tolerance, has no size to compare with yet
  /// and is passed over.
  private func norm(_ v: [Double], _ y: [Double], _ tolerance: Tolerance) -> Double {
    let scales = y.map { tolerance.absolute + tolerance.relative * abs($0) }
    let least = (scales.max() ?? 0) * 0x1p-53
    return system.blocks.map { axes in
      let square = axes.reduce(0.0) { sum, i in
        guard scales[i] > least else { return sum }
        let ratio = v[i] / scales[i]
        return sum + ratio * ratio
      }
      return (square / Double(axes.count)).squareRoot()
    }.max() ?? 0
  }

  /// Keeps one accepted step of a lane.
  func record(_ lane: Int) {
    let b = buffers
    let (group, place) = (lane / Lanes.count, lane % Lanes.count)
    let h = b.h[group][place]
    let (from, to) = (b.row(b.y, lane), b.row(b.candidate, lane))
    let slopeBefore = b.row(b.slopes(0), lane).map { $0 * h }
    // Where the field does not exist at the end, the parabola through the rest.
    let slopeAfter =
      cursors[lane].failure == nil
      ? b.row(b.closing, lane).map { $0 * h }
      : from.indices.map { 2 * (to[$0] - from[$0]) - slopeBefore[$0] }
    let correction = method.correction.map { terms in
      (0..<b.width).map { h * b.combination(terms, group * b.width + $0)[place] }
    }
    cursors[lane].solution.trajectory?.append(
      Trajectory.Step(
        start: b.t[group][place], end: b.next[group][place],
        slopes: (slopeBefore, slopeAfter), correction: correction),
      reaching: to)
  }
}
