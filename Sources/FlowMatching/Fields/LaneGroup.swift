/// Up to eight queries side by side: one `Lanes` per axis, and the path's numbers at each lane's own
/// time. A short group repeats its last query in the lanes left over.
struct LaneGroup {
  /// One per lane, or one for all.
  let times: [Time<Double>]
  let schedules: [Schedule<Double>]
  let schedule: Schedule<Lanes>
  let x: [Lanes]
  /// Which queries of the batch they are.
  let rows: ArraySlice<Int>

  /// The queries `rows` of a table of points.
  init(
    times: [Time<Double>], schedules: [Schedule<Double>], schedule: Schedule<Lanes>,
    points: [Double], rows: ArraySlice<Int>, dimension d: Int
  ) {
    self.times = times
    self.schedules = schedules
    self.schedule = schedule
    self.rows = rows
    x = Lanes.columns(of: points, rows, dimension: d)
  }
}

/// A table of queries in groups of eight, and how to make each group.
private struct Batch: Sendable {
  let path: any ProbabilityPath
  let abilities: TargetAbilities
  let dimension: Int
  let times: [Time<Double>]
  let points: [Double]
  /// The schedule of all queries where they share one time.
  let shared: (scalars: [Schedule<Double>], lanes: Schedule<Lanes>)?
  /// The queries in the order in which they are grouped.
  let order: [Int]
  /// What is asked of every posterior.
  let wanted: Moments

  init(
    _ field: MarginalField, _ times: [Time<Double>], _ points: [Double], _ wanted: Moments
  ) throws(FlowError) {
    let (path, d) = (field.path, field.dimension)
    let count = try field.rowCount(of: points, at: times)
    try FlowError.checkFinite(points, "x")
    self.path = path
    abilities = field.abilities
    dimension = d
    self.times = times
    self.points = points
    self.wanted = wanted
    if times.count == 1 {
      let schedule = [path.schedule(at: times[0])]
      shared = (schedule, Schedule<Lanes>(schedule))
    } else {
      shared = nil
    }
    // Neighbours share the components that matter to them. With few components they all matter.
    order =
      count > Lanes.count && field.abilities.count ?? 0 > 1024
      ? compactOrder(points, dimension: d, leaf: Lanes.count) : Array(0..<count)
  }

  var groupCount: Int { (order.count + Lanes.count - 1) / Lanes.count }

  func rows(_ group: Int) -> ArraySlice<Int> {
    order[group * Lanes.count..<min(order.count, (group + 1) * Lanes.count)]
  }

  /// - Throws: what the target has against one of the rows.
  func group(_ rows: ArraySlice<Int>) throws(FlowError) -> LaneGroup {
    let d = dimension
    let times = shared == nil ? rows.map { self.times[$0] } : self.times
    let schedules = shared?.scalars ?? times.map { path.schedule(at: $0) }
    for (lane, row) in rows.enumerated() {
      try abilities.check(
        points[row * d..<(row + 1) * d], at: schedules[shared == nil ? lane : 0], for: wanted)
    }
    return LaneGroup(
      times: times, schedules: schedules, schedule: shared?.lanes ?? Schedule<Lanes>(schedules),
      points: points, rows: rows, dimension: d)
  }
}

extension MarginalField {
  /// Evaluates `compute` on every query, eight at a time in groups, several groups at a time in
  /// chunks, and the chunks in parallel. The result is the same to the bit for every number of threads
  /// and every split of the batch; of several failures that of the first query is thrown.
  ///
  /// `wanted` is what is asked of the posteriors: only whether it exists is checked by it.
  func evaluate(
    width: Int, at times: [Time<Double>], of points: [Double], for wanted: Moments = .means,
    chunks compute: @Sendable ([LaneGroup]) throws(FlowError) -> [[Lanes]]
  ) throws(FlowError) -> [Double] {
    let batch = try Batch(self, times, points, wanted)
    guard !points.isEmpty else { return [] }
    let groupCount = batch.groupCount
    let size = max(1, min(8, groupCount / 16))
    let chunkCount = (groupCount + size - 1) / size
    @Sendable func groups(_ chunk: Int) -> Range<Int> {
      chunk * size..<min(groupCount, (chunk + 1) * size)
    }
    try Budget.check(bytes: 8 * Double(batch.order.count) * Double(width), "points")
    let budget = Budget.current
    var results = [Double](repeating: 0, count: batch.order.count * width)
    var failures = [FlowError?](repeating: nil, count: chunkCount)
    results.withUnsafeMutableBufferPointer { results in
      failures.withUnsafeMutableBufferPointer { failures in
        // Each chunk writes its own rows and its own failure: nothing is shared.
        nonisolated(unsafe) let results = results.baseAddress!
        nonisolated(unsafe) let failures = failures.baseAddress!
        @Sendable func work(_ chunk: Int) {
          do throws(FlowError) {
            try budget?.check()
            var made: [LaneGroup] = []
            for group in groups(chunk) { made.append(try batch.group(batch.rows(group))) }
            for (group, lanes) in zip(groups(chunk), try compute(made)) {
              for (lane, row) in batch.rows(group).enumerated() {
                for i in 0..<width { results[row * width + i] = lanes[i][lane] }
              }
            }
          } catch {
            failures[chunk] = error
          }
        }
        if chunkCount == 1 {
          work(0)
        } else {
          Parallel.perform(chunkCount, work)
        }
      }
    }
    let failed = failures.indices.filter { failures[$0] != nil }
    if let first = failed.first {
      try budget?.check()
      for row in failed.flatMap({ groups($0).flatMap { batch.rows($0) } }).sorted() {
        _ = try compute([try batch.group([row])])
      }
      throw failures[first]!
    }
    return try FlowError.checked(results, width: width)
  }

  /// The same with one group at a time.
  func evaluate(
    width: Int, at times: [Time<Double>], of points: [Double],
    _ compute: @Sendable (LaneGroup) throws(FlowError) -> [Lanes]
  ) throws(FlowError) -> [Double] {
    try evaluate(
      width: width, at: times, of: points,
      chunks: { groups throws(FlowError) in
        var results: [[Lanes]] = []
        for group in groups { results.append(try compute(group)) }
        return results
      })
  }
}
