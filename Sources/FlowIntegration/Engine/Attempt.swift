import FlowMatching

extension ExplicitEngine {
  /// One attempted step in every active lane.
  func attempt() {
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
}
