import Dispatch

/// A batch of means of a small mixture: no array per group of eight points, and what depends on the
/// time alone computed once where all points share it.
struct SmallBatch: Sendable {
  let field: MarginalField
  let small: SmallMixture
  let quantity: MarginalQuantity
  let times: [Time<Double>]
  let points: [Double]
  private let d: Int

  init(
    _ field: MarginalField, _ small: SmallMixture, _ quantity: MarginalQuantity,
    _ times: [Time<Double>], _ points: [Double]
  ) {
    (self.field, self.small, self.quantity) = (field, small, quantity)
    (self.times, self.points) = (times, points)
    d = field.dimension
  }

  /// How many groups of eight one thread takes at a time: some microseconds of work.
  private static let chunk = 32

  /// Whether the quantity is one of the means.
  static func gives(_ quantity: MarginalQuantity) -> Bool {
    switch quantity {
    case .velocity, .score, .denoiser, .noisePrediction, .vPrediction: true
    default: false
    }
  }

  /// - Throws: as ``MarginalField/values(of:at:of:)``.
  func values() throws(FlowError) -> [Double] {
    let groupCount = (points.count / d + Lanes.count - 1) / Lanes.count
    let chunkCount = (groupCount + Self.chunk - 1) / Self.chunk
    let shared: Schedule<Lanes>?
    if times.count == 1 {
      let schedule = field.path.schedule(at: times[0])
      do throws(FlowError) {
        try check(schedule, row: 0)
      } catch {
        // A point that is none is said first.
        try FlowError.checkFinite(points, "x")
        throw error
      }
      shared = schedule.mapped { Lanes($0) }
    } else {
      shared = nil
    }
    var outcomes = [Outcome](repeating: Outcome(), count: chunkCount)
    let results = [Double](unsafeUninitializedCapacity: points.count) { results, filled in
      outcomes.withUnsafeMutableBufferPointer { outcomes in
        // Each chunk writes its own rows and its own outcome: nothing is shared.
        nonisolated(unsafe) let results = results.baseAddress!
        nonisolated(unsafe) let outcomes = outcomes.baseAddress!
        @Sendable func work(_ chunk: Int) {
          let groups = chunk * Self.chunk..<min(groupCount, (chunk + 1) * Self.chunk)
          outcomes[chunk] = evaluate(groups, shared, into: results)
        }
        if chunkCount == 1 {
          work(0)
        } else {
          DispatchQueue.concurrentPerform(iterations: chunkCount, execute: work)
        }
      }
      filled = points.count
    }
    if outcomes.contains(where: { !$0.isFinite }) { try FlowError.checkFinite(points, "x") }
    if let failure = outcomes.lazy.compactMap(\.failure).first { throw failure }
    return outcomes.allSatisfy(\.isFinite) ? results : try FlowError.checked(results, width: d)
  }

  /// What happened in one chunk.
  private struct Outcome {
    /// The first failure.
    var failure: FlowError?
    /// Whether all points and all results are.
    var isFinite = true
  }

  private func evaluate(
    _ groups: Range<Int>, _ shared: Schedule<Lanes>?, into results: UnsafeMutablePointer<Double>
  ) -> Outcome {
    var outcome = Outcome()
    let count = points.count / d
    // Zero as long as every number is finite.
    var remainder = Lanes(0.0)
    let size = 3 * d + small.scratchCount
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: size) { memory in
      points.withUnsafeBufferPointer { points in
        let (points, memory) = (points.baseAddress!, memory.baseAddress!)
        if let shared {
          let scales = small.scales(shared)
          for group in groups {
            let first = group * Lanes.count
            remainder =
              remainder
              + evaluate(
                points + first * d, min(Lanes.count, count - first), shared, scales,
                into: results + first * d, memory)
          }
          return
        }
        for group in groups {
          let first = group * Lanes.count
          let size = min(Lanes.count, count - first)
          do throws(FlowError) {
            let schedule = try schedule(first..<first + size)
            remainder =
              remainder
              + evaluate(
                points + first * d, size, schedule, small.scales(schedule),
                into: results + first * d, memory)
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
    _ rows: UnsafePointer<Double>, _ size: Int, _ schedule: Schedule<Lanes>,
    _ scales: SmallMixture.Scales, into results: UnsafeMutablePointer<Double>,
    _ memory: UnsafeMutablePointer<Lanes>
  ) -> Lanes {
    let (x, denoiser, g, scratch) = (memory, memory + d, memory + 2 * d, memory + 3 * d)
    // A short group repeats its last point.
    transpose(rows, size, into: x)
    small.means(of: x, scales, denoiser: denoiser, negativeScore: g, scratch)
    combine(schedule, denoiser, g)
    var remainder = Lanes(0.0)
    for i in 0..<d {
      remainder = remainder.addingProduct(x[i], constant: 0).addingProduct(
        denoiser[i], constant: 0)
    }
    if size == Lanes.count, d == 2 {
      UnsafeMutableRawPointer(results).storeBytes(
        of: interleaved(denoiser[0], denoiser[1]), as: SIMD16<Double>.self)
    } else {
      for i in 0..<d {
        for lane in 0..<size { results[lane * d + i] = denoiser[i][lane] }
      }
    }
    return remainder
  }

  /// Rows of points as one `Lanes` per axis.
  @inline(__always)
  private func transpose(
    _ rows: UnsafePointer<Double>, _ size: Int, into x: UnsafeMutablePointer<Lanes>
  ) {
    if size == Lanes.count, d == 2 {
      let both = UnsafeRawPointer(rows).loadUnaligned(as: SIMD16<Double>.self)
      x[0] = Lanes(storage: both.evenHalf)
      x[1] = Lanes(storage: both.oddHalf)
      return
    }
    for i in 0..<d {
      for lane in 0..<Lanes.count { x[i][lane] = rows[min(lane, size - 1) * d + i] }
    }
  }

  @inline(__always)
  private func interleaved(_ a: Lanes, _ b: Lanes) -> SIMD16<Double> {
    var both = SIMD16<Double>()
    both.evenHalf = a.storage
    both.oddHalf = b.storage
    return both
  }

  /// Turns D into the quantity.
  @inline(__always)
  private func combine(
    _ schedule: Schedule<Lanes>, _ denoiser: UnsafeMutablePointer<Lanes>,
    _ g: UnsafePointer<Lanes>
  ) {
    let halfVarianceDot = schedule.varianceDot.scaled(by: 0.5)
    for i in 0..<d {
      switch quantity {
      case .velocity:
        denoiser[i] = (schedule.alphaDot * denoiser[i]).addingProduct(halfVarianceDot, g[i])
      case .score: denoiser[i] = -g[i]
      case .noisePrediction: denoiser[i] = schedule.sigma * g[i]
      case .vPrediction:
        denoiser[i] = schedule.sigma * (schedule.alpha * g[i] - denoiser[i])
      default: break
      }
    }
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
      try field.target.check(points[row * d..<(row + 1) * d], at: schedule)
    }
    guard
      !quantity.needsRates
        || schedule.alphaDot.isFinite && schedule.varianceDot.isFinite
    else {
      let t = times[times.count == 1 ? 0 : row].t
      throw FlowError.singular("t", "the path's derivative is infinite at t = \(t)")
    }
  }
}
