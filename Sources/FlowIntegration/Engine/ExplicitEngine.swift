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
  private let budget: Budget?
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
    from start: Double, to end: Double, limit: Int, keepsTrajectory: Bool, rows: [Double],
    budget: Budget? = nil
  ) {
    self.system = system
    self.method = method
    self.control = control
    self.start = start
    self.end = end
    self.limit = limit
    self.keepsTrajectory = keepsTrajectory
    self.rows = rows
    self.budget = budget
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
    var attempts = 0
    while refill() {
      attempts += 1
      if attempts % 64 == 0, budget?.isSpent ?? false { break }
      attempt()
    }
    // What is missing was given up with the whole calculation.
    return solutions.compactMap { $0 }
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

  /// Hands out a lane's trajectory as it stands.
  func finish(_ lane: Int, _ status: Status, _ failure: FlowError?) {
    var solution = cursors[lane].solution
    solution.x = buffers.row(buffers.y, lane)
    solution.t = buffers.t[lane / Lanes.count][lane % Lanes.count]
    solution.status = status
    solution.failure = status == .success ? nil : failure
    hand(out: lane, solution)
  }

  /// Ends a lane on the atom that owns it, if one does.
  func land(_ lane: Int) -> Bool {
    let t = buffers.t[lane / Lanes.count][lane % Lanes.count]
    let x = buffers.row(buffers.y, lane)
    guard let atom = system.landing(from: t, of: x, at: end) else { return false }
    var solution = cursors[lane].solution
    let h = end - t
    solution.trajectory?.land(
      on: atom, at: end, slope: buffers.row(buffers.slopes(0), lane).map { $0 * h })
    (solution.x, solution.t, solution.status) = (atom, end, .landed)
    hand(out: lane, solution)
    return true
  }

  private func hand(out lane: Int, _ solution: Solution) {
    solutions[cursors[lane].row] = solution
    cursors[lane] = Cursor()
    wanted[lane] = false
  }
}
