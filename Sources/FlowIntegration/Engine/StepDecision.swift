import FlowMatching

extension ExplicitEngine {
  /// The end and the size of the next step in one lane.
  func plan(_ lane: Int) {
    let (group, place) = (lane / Lanes.count, lane % Lanes.count)
    let t = buffers.t[group][place]
    var next = end
    if !cursors[lane].endIsSingular || !land(lane) {
      next = planned(lane, at: t)
      let cursor = cursors[lane]
      let isChosen = if case .adaptive = control { true } else { cursor.endIsSingular }
      // A step that is lost in the rounding of t.
      if isChosen, next != end, abs(next - t) < 4 * max(t.ulp, next.ulp) {
        finish(
          lane, cursor.endIsSingular ? .singular : cursor.trouble ?? .stepUnderflow,
          cursor.refusal)
      }
    }
    if !cursors[lane].isActive { next = t }
    cursors[lane].failure = nil
    buffers.next[group][place] = next
    buffers.h[group][place] = next - t
  }

  /// Where the next step should end. An end at which the field does not exist is approached: by at most 7/8 of the
  /// rest at a time.
  private func planned(_ lane: Int, at t: Double) -> Double {
    let rest = abs(end - t)
    var step = cursors[lane].proposal
    if let given = control.count {
      let count = cursors[lane].steps + 1
      if count < given { return control.time(count, from: start, to: end) }
      step = rest
    }
    if cursors[lane].endIsSingular { step = min(step, 0.875 * rest) }
    guard step < rest else { return end }
    return end > start ? t + step : t - step
  }

  /// Which lanes keep their step. (An error that is not a number is above every bound.)
  func decide() -> [Bool] {
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
      let isEnd = status == .singular && cursors[lane].failureTime == end
      let adapts = if case .adaptive = control { true } else { false }
      guard adapts || system.lands && isEnd && !cursors[lane].endIsSingular, status != .fieldFailed
      else {
        finish(lane, status, failure)
        return false
      }
      cursors[lane].trouble = status
      cursors[lane].proposal = h / 4
      if isEnd, !cursors[lane].endIsSingular {
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

  func checkLimit(_ lane: Int) {
    let solution = cursors[lane].solution
    if solution.accepted + solution.rejected >= limit { finish(lane, .stepLimit, nil) }
  }
}
