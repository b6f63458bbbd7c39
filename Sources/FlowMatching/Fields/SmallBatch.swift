/// A batch of means or divergences of a small mixture: no array per group of eight points, and what
/// depends on the time alone computed once where all points share it.
struct SmallBatch: Sendable {
  let field: MarginalField
  let small: SmallMixture
  let wanted: Wanted
  let times: [Time<Double>]
  let points: [Double]
  private let d: Int

  /// What can be had of the posterior means and traces alone.
  struct Wanted {
    /// The quantities with a number per axis.
    enum Field { case velocity, score, denoiser, noisePrediction, vPrediction }
    var field: Field?
    var hasDivergence: Bool
    /// Whether the path's derivatives enter.
    var needsRates: Bool { hasDivergence || field == .velocity }

    static let velocityAndDivergence = Self(field: .velocity, hasDivergence: true)

    init(field: Field?, hasDivergence: Bool) {
      (self.field, self.hasDivergence) = (field, hasDivergence)
    }

    /// `nil` for a quantity that needs more than that.
    init?(_ quantity: MarginalQuantity) {
      switch quantity {
      case .velocity: self.init(field: .velocity, hasDivergence: false)
      case .score: self.init(field: .score, hasDivergence: false)
      case .denoiser: self.init(field: .denoiser, hasDivergence: false)
      case .noisePrediction: self.init(field: .noisePrediction, hasDivergence: false)
      case .vPrediction: self.init(field: .vPrediction, hasDivergence: false)
      case .divergence: self.init(field: nil, hasDivergence: true)
      case .logDensity, .logDensityRate, .jacobian, .posteriorCovariance, .posteriorWeights:
        return nil
      }
    }
  }

  init(
    _ field: MarginalField, _ small: SmallMixture, _ wanted: Wanted,
    _ times: [Time<Double>], _ points: [Double]
  ) {
    (self.field, self.small, self.wanted) = (field, small, wanted)
    (self.times, self.points) = (times, points)
    d = field.dimension
  }

  /// How many groups of eight one thread takes at a time: some microseconds of work.
  private static let chunk = 32

  private var count: Int { points.count / d }

  /// The fields, a row of `d` numbers per point, and the divergences; empty what is not asked for.
  /// - Throws: as ``MarginalField/values(of:at:of:)``.
  func values() throws(FlowError) -> (rows: [Double], divergences: [Double]) {
    let chunkCount = (groupCount + Self.chunk - 1) / Self.chunk
    let shared = try sharedSchedule()
    var outcomes = [Outcome](repeating: Outcome(), count: chunkCount)
    var divergences: [Double] = []
    let rows = table(wanted.field != nil ? d : 0) { rows in
      divergences = table(wanted.hasDivergence ? 1 : 0) { divergences in
        outcomes.withUnsafeMutableBufferPointer { outcomes in
          // Each chunk writes its own rows and its own outcome: nothing is shared.
          nonisolated(unsafe) let rows = rows
          nonisolated(unsafe) let divergences = divergences
          nonisolated(unsafe) let outcomes = outcomes.baseAddress!
          @Sendable func work(_ chunk: Int) {
            let groups = chunk * Self.chunk..<min(groupCount, (chunk + 1) * Self.chunk)
            outcomes[chunk] = evaluate(groups, shared, into: rows, divergences)
          }
          if chunkCount == 1 {
            work(0)
          } else {
            Parallel.perform(chunkCount, work)
          }
        }
      }
    }
    if outcomes.allSatisfy(\.isFinite) { return (rows, divergences) }
    try FlowError.checkFinite(points, "x")
    if let failure = outcomes.lazy.compactMap(\.failure).first { throw failure }
    return (try FlowError.checked(rows, width: d), try FlowError.checked(divergences, width: 1))
  }

  private var groupCount: Int { (count + Lanes.count - 1) / Lanes.count }

  /// A row of `width` numbers per point, all of which `fill` writes.
  private func table(_ width: Int, _ fill: (UnsafeMutablePointer<Double>) -> Void) -> [Double] {
    [Double](unsafeUninitializedCapacity: max(1, count * width)) { memory, filled in
      fill(memory.baseAddress!)
      filled = count * width
    }
  }

  /// What happened in one chunk.
  private struct Outcome {
    /// The first failure.
    var failure: FlowError?
    /// Whether all points and all results are.
    var isFinite = true
  }

  private func evaluate(
    _ groups: Range<Int>, _ shared: Schedule<Lanes>?, into rows: UnsafeMutablePointer<Double>,
    _ divergences: UnsafeMutablePointer<Double>
  ) -> Outcome {
    var outcome = Outcome()
    // Zero as long as every number is finite.
    var remainder = Lanes(0.0)
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 3 * d + small.scratchCount) { memory in
      points.withUnsafeBufferPointer { points in
        let memory = memory.baseAddress!
        func add(_ group: Int, _ schedule: Schedule<Lanes>, _ scales: SmallMixture.Scales) {
          let first = group * Lanes.count
          let table = LaneRows(count: min(Lanes.count, count - first), dimension: d)
          let place = first * d
          remainder =
            remainder
            + evaluate(
              table, points.baseAddress! + place, schedule, scales, into: rows + place,
              divergences + first, memory)
        }
        if let shared {
          let scales = small.scales(shared)
          for group in groups { add(group, shared, scales) }
          return
        }
        for group in groups {
          let first = group * Lanes.count
          do throws(FlowError) {
            let schedule = try schedule(first..<min(count, first + Lanes.count))
            add(group, schedule, small.scales(schedule))
          } catch {
            outcome.failure = error
            outcome.isFinite = false
            return
          }
        }
      }
    }
    if !Lanes.all(remainder, below: Lanes(1.0)) { outcome.isFinite = false }
    return outcome
  }

  /// Up to eight points; zero where points and results are finite.
  @inline(__always)
  private func evaluate(
    _ table: LaneRows, _ points: UnsafePointer<Double>, _ schedule: Schedule<Lanes>,
    _ scales: SmallMixture.Scales, into rows: UnsafeMutablePointer<Double>,
    _ divergences: UnsafeMutablePointer<Double>, _ memory: UnsafeMutablePointer<Lanes>
  ) -> Lanes {
    let (x, g, result) = (memory, memory + d, memory + 2 * d)
    let scratch = result + d
    table.load(points, into: x)
    small.means(of: x, scales, denoiser: result, negativeScore: g, scratch)
    var remainder = Lanes(0.0)
    for i in 0..<d { remainder = remainder.adding(x[i], timesConstant: 0) }
    let rate = schedule.noiseRate(isSourced: false)
    if let field = wanted.field {
      switch field {
      case .velocity:
        for i in 0..<d { result[i] = schedule.flow(result[i], g[i], rate: rate) }
      case .score: for i in 0..<d { result[i] = -g[i] }
      case .denoiser: break
      case .noisePrediction: for i in 0..<d { result[i] = schedule.noise(g[i]) }
      case .vPrediction: for i in 0..<d { result[i] = schedule.vPrediction(result[i], g[i]) }
      }
      for i in 0..<d { remainder = remainder.adding(result[i], timesConstant: 0) }
      table.store(result, into: rows)
    }
    if wanted.hasDivergence {
      let traces = small.traces(scales, scratch)
      let divergence = schedule.flow(traces.denoiser, traces.negativeScore, rate: rate)
      remainder = remainder.adding(divergence, timesConstant: 0)
      table.store(divergence, into: divergences)
    }
    return remainder
  }

  /// The schedule of all points where they share one.
  /// - Throws: what the first point that has no value says.
  private func sharedSchedule() throws(FlowError) -> Schedule<Lanes>? {
    guard times.count == 1 else { return nil }
    let schedule = field.path.schedule(at: times[0])
    do throws(FlowError) {
      try check(schedule, row: 0)
    } catch {
      // A point that is none is said first.
      try FlowError.checkFinite(points, "x")
      throw error
    }
    return schedule.mapped { Lanes($0) }
  }

  /// The schedules of some rows side by side.
  /// - Throws: what the first row that has no value says.
  private func schedule(_ rows: Range<Int>) throws(FlowError) -> Schedule<Lanes> {
    var schedules: [Schedule<Double>] = []
    schedules.reserveCapacity(Lanes.count)
    for row in rows {
      let schedule = field.path.schedule(at: times[row])
      try check(schedule, row: row)
      schedules.append(schedule)
    }
    return Schedule<Lanes>(schedules)
  }

  private func check(_ schedule: Schedule<Double>, row: Int) throws(FlowError) {
    // A mixture exists wherever there is noise.
    if !(schedule.variance > 0) {
      try field.abilities.check(points[row * d..<(row + 1) * d], at: schedule, for: .means)
    }
    guard
      !wanted.needsRates
        || schedule.alphaDot.isFinite && schedule.varianceDot.isFinite
    else {
      let t = times[times.count == 1 ? 0 : row].t
      throw FlowError.singular("t", "the path's derivative is infinite at t = \(t)")
    }
  }
}
