import FlowMatching

/// Moves trajectories by an explicit Runge-Kutta method, eight to a group: every lane has its own
/// time, step and error, and takes the next trajectory of the queue when it is done. What happens in
/// one lane does not depend on its neighbours, so that results are the same for every batch.
final class ExplicitEngine {
  let system: any FlowSystem
  let method: ExplicitCoefficients
  let control: StepControl
  let start: Double
  let end: Double
  let limit: Int
  let keepsTrajectory: Bool
  /// The starting states, a row each.
  let rows: [Double]
  let count: Int
  let buffers: LaneBuffers
  var cursors: [Cursor]
  /// Which lanes are asked for.
  var wanted: [Bool]
  /// The slope at the start and the first step of every trajectory that is waiting.
  var waiting: [(slope: [Double], cursor: Cursor)] = []
  var solutions: [Solution?]

  init(
    _ system: any FlowSystem, _ method: ExplicitCoefficients, _ control: StepControl,
    from start: Double, to end: Double, limit: Int, keepsTrajectory: Bool, rows: [Double]
  ) {
    self.system = system
    self.method = method
    self.control = control
    self.start = start
    self.end = end
    self.limit = limit
    self.keepsTrajectory = keepsTrajectory
    self.rows = rows
    count = rows.count / system.width
    let all = (count + Lanes.count - 1) / Lanes.count
    // A field with lanes is asked group by group; any other one is asked for all rows at once.
    let groups = system.hasLanes ? 1 : all
    buffers = LaneBuffers(width: system.width, groups: groups, stages: method.stages)
    cursors = [Cursor](repeating: Cursor(), count: groups * Lanes.count)
    wanted = [Bool](repeating: false, count: groups * Lanes.count)
    solutions = [Solution?](repeating: nil, count: count)
  }

  /// One solution per row.
  func run() -> [Solution] {
    if start == end {
      return (0..<count).map { Solution(x: state($0), t: start) }
    }
    prepare()
    waiting.reverse()
    while refill() { attempt() }
    return solutions.map { $0! }
  }

  func state(_ row: Int) -> [Double] {
    Array(rows[row * system.width..<(row + 1) * system.width])
  }

  /// Gives every idle lane the next trajectory; what then is idle mirrors a neighbour and stands
  /// still, so that the field is never asked where it does not exist. False when all is done.
  private func refill() -> Bool {
    let b = buffers
    var anyActive = false
    for group in 0..<b.groups {
      let lanes = group * Lanes.count..<(group + 1) * Lanes.count
      for lane in lanes where !cursors[lane].isActive {
        guard let (slope, cursor) = waiting.popLast() else { break }
        cursors[lane] = cursor
        b.write(rows[cursor.row * b.width..<(cursor.row + 1) * b.width], to: b.y, lane)
        b.write(slope, to: b.slopes(0), lane)
        b.t[group][lane % Lanes.count] = start
      }
      guard let model = lanes.first(where: { cursors[$0].isActive }) else { continue }
      anyActive = true
      for lane in lanes where !cursors[lane].isActive {
        b.copy(model, over: lane, in: b.y)
        b.copy(model, over: lane, in: b.slopes(0))
        let t = b.t[group][model % Lanes.count]
        b.t[group][lane % Lanes.count] = t
        b.next[group][lane % Lanes.count] = t
        b.h[group][lane % Lanes.count] = 0
      }
    }
    return anyActive
  }

  /// One attempted step in every active lane.
  private func attempt() {
    let b = buffers
    for lane in cursors.indices where cursors[lane].isActive { plan(lane) }
    for lane in cursors.indices { wanted[lane] = cursors[lane].isActive }
    let block = b.groups * b.width
    for stage in 1..<max(method.stages, 1) {
      let node = method.nodes[stage]
      for group in 0..<b.groups {
        let h = b.h[group]
        // Exactly on the end of the step, not an ulp beside it.
        b.stageTime[group] = node == 1 ? b.next[group] : b.t[group] + h.scaled(by: node)
        for place in group * b.width..<(group + 1) * b.width {
          b.argument[place] = b.y[place].addingProduct(
            h, b.combination(method.rows[stage], place))
        }
      }
      evaluate(at: b.stageTime, of: b.argument, into: b.slopes(stage))
    }
    if method.isFirstSameAsLast {
      b.candidate.update(from: b.argument, count: block)
    } else {
      for group in 0..<b.groups {
        for place in group * b.width..<(group + 1) * b.width {
          b.candidate[place] = b.y[place].addingProduct(
            b.h[group], b.combination(method.weights, place))
        }
      }
    }
    let kept = decide()
    close(kept)
    commit(kept)
  }

  /// The end and the size of the next step in one lane.
  private func plan(_ lane: Int) {
    let (group, place) = (lane / Lanes.count, lane % Lanes.count)
    let t = buffers.t[group][place]
    var next = end
    switch control {
    case .fixed(let steps):
      let step = cursors[lane].steps + 1
      if step < steps { next = start + (end - start) * (Double(step) / Double(steps)) }
    case .adaptive:
      var step = cursors[lane].proposal
      let rest = abs(end - t)
      if cursors[lane].endIsSingular { step = min(step, 0.875 * rest) }
      if step < rest {
        next = end > start ? t + step : t - step
        if abs(next - t) < 4 * max(t.ulp, next.ulp) {
          let cursor = cursors[lane]
          let status =
            cursor.endIsSingular ? Status.singular : cursor.trouble ?? .stepUnderflow
          finish(lane, status, cursor.refusal)
          next = t
        }
      }
    }
    cursors[lane].failure = nil
    buffers.next[group][place] = next
    buffers.h[group][place] = next - t
  }

  /// Which lanes keep their step. (An error that is not a number is above every bound.)
  private func decide() -> [Bool] {
    var kept = [Bool](repeating: false, count: cursors.count)
    for group in 0..<buffers.groups {
      let lanes = group * Lanes.count..<(group + 1) * Lanes.count
      guard lanes.contains(where: { cursors[$0].isActive }) else { continue }
      let norms = errorNorms(group)
      for lane in lanes where cursors[lane].isActive {
        kept[lane] = judge(lane, norms[lane % Lanes.count])
      }
    }
    return kept
  }

  /// Accounts for one lane's attempt with the estimated error `error`.
  private func judge(_ lane: Int, _ error: Double) -> Bool {
    let h = abs(buffers.h[lane / Lanes.count][lane % Lanes.count])
    cursors[lane].solution.evaluations.rejected += cursors[lane].asks
    defer { cursors[lane].asks = 0 }
    if cursors[lane].failure == nil, !error.isFinite {
      cursors[lane].failure = FlowError(
        .nonFinite, "x", "the state or the velocity is not finite after a step of \(h)")
    }
    if let failure = cursors[lane].failure {
      cursors[lane].refusal = failure
      cursors[lane].solution.rejected += 1
      let status = Cursor.status(of: failure)
      guard case .adaptive = control, status != .fieldFailed else {
        finish(lane, status, failure)
        return false
      }
      cursors[lane].trouble = status
      cursors[lane].proposal = h / 4
      if status == .singular, cursors[lane].failureTime == end, !cursors[lane].endIsSingular {
        // From now on the end is approached, not reached: the next step need not be that small.
        cursors[lane].endIsSingular = true
        cursors[lane].proposal = h
      }
      cursors[lane].isRepeated = true
      checkLimit(lane)
      return false
    }
    if case .adaptive(_, let controller) = control {
      guard error <= 1 else {
        cursors[lane].solution.rejected += 1
        cursors[lane].proposal = h * controller.shrinkage(error, order: method.errorOrder)
        cursors[lane].isRepeated = true
        checkLimit(lane)
        return false
      }
      let history = cursors[lane].errors
      var factor = controller.growth(
        SIMD3(error, history[0], history[1]), order: method.errorOrder)
      if cursors[lane].isRepeated { factor = min(1, factor) }
      cursors[lane].proposal = h * factor
      cursors[lane].errors = SIMD2(max(error, 1e-10), history[0])
    }
    cursors[lane].isRepeated = false
    cursors[lane].trouble = nil
    cursors[lane].steps += 1
    cursors[lane].solution.accepted += 1
    cursors[lane].solution.evaluations.rejected -= cursors[lane].asks
    cursors[lane].solution.evaluations.accepted += cursors[lane].asks
    return true
  }

  private func checkLimit(_ lane: Int) {
    let solution = cursors[lane].solution
    if solution.accepted + solution.rejected >= limit { finish(lane, .stepLimit, nil) }
  }

  /// The slopes at the ends of the steps that were kept and are needed: for the next step, or for
  /// what lies between.
  private func close(_ kept: [Bool]) {
    let b = buffers
    if method.isFirstSameAsLast {
      b.closing.update(from: b.slopes(method.stages - 1), count: b.groups * b.width)
      return
    }
    for lane in cursors.indices {
      let isLast = b.next[lane / Lanes.count][lane % Lanes.count] == end
      wanted[lane] = kept[lane] && (!isLast || keepsTrajectory)
    }
    guard wanted.contains(true) else { return }
    evaluate(at: b.next, of: b.candidate, into: b.closing)
    for lane in cursors.indices where kept[lane] {
      cursors[lane].solution.evaluations.accepted += cursors[lane].asks
      cursors[lane].asks = 0
    }
  }

  /// Moves the lanes that keep their step.
  private func commit(_ kept: [Bool]) {
    let b = buffers
    if keepsTrajectory {
      for lane in cursors.indices where kept[lane] { record(lane) }
    }
    for group in 0..<b.groups {
      // 0 where the step is kept, 1 where it is not.
      var flag = Lanes(1.0)
      for place in 0..<Lanes.count where kept[group * Lanes.count + place] { flag[place] = 0 }
      let half = Lanes(0.5)
      let slope = b.slopes(0)
      for place in group * b.width..<(group + 1) * b.width {
        b.y[place] = Lanes.choose(
          flag, below: half, then: b.candidate[place], otherwise: b.y[place])
        slope[place] = Lanes.choose(
          flag, below: half, then: b.closing[place], otherwise: slope[place])
      }
      b.t[group] = Lanes.choose(flag, below: half, then: b.next[group], otherwise: b.t[group])
    }
    for lane in cursors.indices where kept[lane] && cursors[lane].isActive {
      if b.t[lane / Lanes.count][lane % Lanes.count] == end {
        finish(lane, .success, nil)
      } else if let failure = cursors[lane].failure {
        finish(lane, Cursor.status(of: failure), failure)
      } else {
        checkLimit(lane)
      }
    }
  }

  /// Hands out a lane's trajectory as it stands.
  func finish(_ lane: Int, _ status: Status, _ failure: FlowError?) {
    var solution = cursors[lane].solution
    solution.x = buffers.row(buffers.y, lane)
    solution.t = buffers.t[lane / Lanes.count][lane % Lanes.count]
    solution.status = status
    solution.failure = status == .success ? nil : failure
    solutions[cursors[lane].row] = solution
    cursors[lane] = Cursor()
    wanted[lane] = false
  }
}
