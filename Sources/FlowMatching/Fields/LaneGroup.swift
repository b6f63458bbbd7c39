import Dispatch

/// Up to eight queries side by side: one `Lanes` per axis, and the path's numbers at each lane's own
/// time. A short group repeats its last query in the lanes left over.
struct LaneGroup {
  let times: [Time<Double>]
  let schedules: [Schedule<Double>]
  let schedule: Schedule<Lanes>
  let x: [Lanes]

  init(
    times: [Time<Double>], schedules: [Schedule<Double>], rows: [ArraySlice<Double>],
    dimension: Int
  ) {
    self.times = times
    self.schedules = schedules
    schedule = Schedule<Lanes>(schedules)
    x = (0..<dimension).map { i in
      var lanes = Lanes(0.0)
      for lane in 0..<Lanes.count {
        let row = rows[min(lane, rows.count - 1)]
        lanes[lane] = row[row.startIndex + i]
      }
      return lanes
    }
  }
}

extension MarginalField {
  /// Evaluates `compute` on every query, eight at a time, in parallel over fixed chunks. The result
  /// is the same to the bit for every number of threads and every split of the batch; of several
  /// failures the one with the lowest index is thrown.
  func evaluate(
    width: Int, at times: [Time<Double>], of points: [Double],
    _ compute: @Sendable (LaneGroup) throws(FlowError) -> [Lanes]
  ) throws(FlowError) -> [Double] {
    let (path, target) = (path, target)
    let d = target.dimension
    guard points.count % d == 0, !points.isEmpty else {
      throw FlowError.dimensionMismatch("x", points.count, expected: d)
    }
    let count = points.count / d
    guard times.count == 1 || times.count == count else {
      throw FlowError.dimensionMismatch("t", times.count, expected: count)
    }
    try FlowError.checkFinite(points, "x")
    let shared = times.count == 1 ? path.schedule(at: times[0]) : nil
    let groupCount = (count + Lanes.count - 1) / Lanes.count
    var results = [Double](repeating: 0, count: count * width)
    var failures = [FlowError?](repeating: nil, count: groupCount)

    @Sendable func group(_ index: Int) throws(FlowError) -> [Lanes] {
      let range = index * Lanes.count..<min(count, (index + 1) * Lanes.count)
      let rows = range.map { points[$0 * d..<($0 + 1) * d] }
      let groupTimes = range.map { times[times.count == 1 ? 0 : $0] }
      let schedules = groupTimes.map { shared ?? path.schedule(at: $0) }
      for (row, schedule) in zip(rows, schedules) { try target.check(row, at: schedule) }
      return try compute(
        LaneGroup(times: groupTimes, schedules: schedules, rows: rows, dimension: d))
    }
    @Sendable func store(_ index: Int, _ lanes: [Lanes], into results: UnsafeMutablePointer<Double>)
    {
      for query in index * Lanes.count..<min(count, (index + 1) * Lanes.count) {
        for i in 0..<width { results[query * width + i] = lanes[i][query % Lanes.count] }
      }
    }
    results.withUnsafeMutableBufferPointer { results in
      failures.withUnsafeMutableBufferPointer { failures in
        // Each group writes its own rows and its own failure: nothing is shared.
        nonisolated(unsafe) let results = results.baseAddress!
        nonisolated(unsafe) let failures = failures.baseAddress!
        @Sendable func work(_ index: Int) {
          do throws(FlowError) {
            store(index, try group(index), into: results)
          } catch {
            failures[index] = error
          }
        }
        if groupCount == 1 {
          work(0)
        } else {
          DispatchQueue.concurrentPerform(iterations: groupCount, execute: work)
        }
      }
    }
    if let failure = failures.lazy.compactMap({ $0 }).first { throw failure }
    return try FlowError.checked(results, width: width)
  }
}
