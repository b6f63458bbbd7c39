import FlowMatching

extension ExplicitEngine {
  /// Asks the system for the slopes of the wanted lanes. A lane that is refused keeps the reason and
  /// is no longer wanted; the others go on.
  func evaluate(
    at times: UnsafePointer<Lanes>, of y: UnsafePointer<Lanes>,
    into k: UnsafeMutablePointer<Lanes>
  ) {
    for lane in cursors.indices where wanted[lane] {
      cursors[lane].asks += 1
      cursors[lane].solution.ask(at: times[lane / Lanes.count][lane % Lanes.count])
    }
    if system.hasLanes {
      for group in 0..<buffers.groups { evaluateLanes(group, times, y, k) }
    } else {
      evaluateRows(cursors.indices.filter { wanted[$0] }, times, y, k)
    }
  }

  private func evaluateLanes(
    _ group: Int, _ times: UnsafePointer<Lanes>, _ y: UnsafePointer<Lanes>,
    _ k: UnsafeMutablePointer<Lanes>
  ) {
    let width = buffers.width
    let lanes = group * Lanes.count..<(group + 1) * Lanes.count
    guard wanted[lanes].contains(true) else { return }
    do throws(FlowError) {
      let t = times[group]
      try system.derivative(
        at: Time(t: t, remaining: Lanes(1.0) - t), of: y + group * width, into: k + group * width)
    } catch {
      for lane in lanes where wanted[lane] { evaluateAlone(lane, times, y, k) }
    }
  }

  /// One lane in all eight places.
  private func evaluateAlone(
    _ lane: Int, _ times: UnsafePointer<Lanes>, _ y: UnsafePointer<Lanes>,
    _ k: UnsafeMutablePointer<Lanes>
  ) {
    let b = buffers
    for (place, number) in b.row(y, lane).enumerated() { b.aloneState[place] = Lanes(number) }
    let t = Lanes(times[lane / Lanes.count][lane % Lanes.count])
    do throws(FlowError) {
      try system.derivative(
        at: Time(t: t, remaining: Lanes(1.0) - t), of: b.aloneState, into: b.aloneSlope)
      b.write((0..<b.width).map { b.aloneSlope[$0][0] }, to: k, lane)
    } catch {
      refuse(lane, at: t[0], error, k)
    }
  }

  private func evaluateRows(
    _ lanes: [Int], _ times: UnsafePointer<Lanes>, _ y: UnsafePointer<Lanes>,
    _ k: UnsafeMutablePointer<Lanes>
  ) {
    guard !lanes.isEmpty else { return }
    func time(_ lane: Int) -> Double { times[lane / Lanes.count][lane % Lanes.count] }
    do throws(FlowError) {
      let slopes = try system.derivatives(
        at: lanes.map { Time(t: time($0), remaining: 1 - time($0)) },
        of: lanes.flatMap { buffers.row(y, $0) })
      let width = buffers.width
      for (place, lane) in lanes.enumerated() {
        buffers.write(slopes[place * width..<(place + 1) * width], to: k, lane)
      }
    } catch {
      if lanes.count == 1 {
        refuse(lanes[0], at: time(lanes[0]), error, k)
      } else {
        for lane in lanes { evaluateRows([lane], times, y, k) }
      }
    }
  }

  private func refuse(
    _ lane: Int, at t: Double, _ failure: FlowError, _ k: UnsafeMutablePointer<Lanes>
  ) {
    cursors[lane].failure = failure
    cursors[lane].failureTime = t
    wanted[lane] = false
    buffers.write((0..<buffers.width).map { _ in 0 }, to: k, lane)
  }

  /// The estimated errors of a group's steps, in units of the tolerance; without a tolerance, 0 for
  /// every finite state.
  func errorNorms(_ group: Int) -> Lanes {
    let b = buffers
    let first = group * b.width
    guard case .adaptive(let tolerance, _) = control, let weights = method.error else {
      var sum = Lanes(0.0)
      for place in first..<first + b.width { sum = sum + b.candidate[place].scaled(by: 0) }
      return sum
    }
    var worst = Lanes(0.0)
    for axes in system.blocks {
      var (square, secondSquare) = (Lanes(0.0), Lanes(0.0))
      for place in first + axes.lowerBound..<first + axes.upperBound {
        let size = larger(magnitude(b.y[place]), magnitude(b.candidate[place]))
        let scale = Lanes(tolerance.absolute).addingProduct(size, constant: tolerance.relative)
        let error = ratio(b.combination(weights, place), to: scale)
        square = square.addingProduct(error, error)
        if let second = method.secondError {
          let error = ratio(b.combination(second, place), to: scale)
          secondSquare = secondSquare.addingProduct(error, error)
        }
      }
      let count = Double(axes.count)
      let norm: Lanes
      if method.secondError == nil {
        norm = magnitude(b.h[group]) * Lanes.sqrt(square.scaled(by: 1 / count))
      } else {
        let both = (square + secondSquare.scaled(by: 0.01)).scaled(by: count)
        let whole = magnitude(b.h[group]) * square / Lanes.sqrt(both)
        // Nothing over nothing is no error.
        norm = Lanes.choose(both, below: Lanes(1e-300), then: Lanes(0.0), otherwise: whole)
      }
      // `larger` would drop what is not a number.
      worst = larger(worst, norm) + norm.scaled(by: 0)
    }
    return worst
  }

  /// An error in units of what is allowed. Where nothing is allowed, as for a coordinate that is 0 and stays
  /// 0 under a relative tolerance alone, no error is within the tolerance and any other is far beyond;
  /// 2^460 stands for everything beyond, so that its square is a number.
  private func ratio(_ error: Lanes, to scale: Lanes) -> Lanes {
    let most = Lanes(0x1p460)
    let size = magnitude(error)
    let isFar = Lanes.choose(
      size, below: scale * most, then: Lanes(0.0),
      otherwise: Lanes.choose(Lanes(0.0), below: size, then: Lanes(1.0), otherwise: Lanes(0.0)))
    // What is not a finite number stays none.
    let safe = Lanes.choose(scale, below: Lanes(0x1p-1074), then: Lanes(1.0), otherwise: scale)
    return Lanes.choose(Lanes(0.5), below: isFar, then: most, otherwise: error / safe)
      + error.scaled(by: 0)
  }

  func magnitude(_ x: Lanes) -> Lanes {
    Lanes.choose(x, below: Lanes(0.0), then: -x, otherwise: x)
  }

  func larger(_ a: Lanes, _ b: Lanes) -> Lanes {
    Lanes.choose(a, below: b, then: b, otherwise: a)
  }
}
