import Dispatch

/// A batch of means or divergences of a small mixture: no array per group of eight points, and what depends on the
/// time alone computed once where all points share it.
struct SmallBatch: Sendable {
  let field: MarginalField
  let small: SmallMixture
  let output: Output
  let times: [Time<Double>]
  let points: [Double]
  private let d: Int
  /// The numbers of one result.
  private let width: Int

  /// What a result holds.
  enum Output {
    case velocity, score, denoiser, noisePrediction, vPrediction, divergence
    case velocityAndDivergence

    init?(_ quantity: MarginalQuantity) {
      switch quantity {
      case .velocity: self = .velocity
      case .score: self = .score
      case .denoiser: self = .denoiser
      case .noisePrediction: self = .noisePrediction
      case .vPrediction: self = .vPrediction
      case .divergence: self = .divergence
      default: return nil
      }
    }

    /// Whether the path's derivatives enter.
    var needsRates: Bool {
      switch self {
      case .velocity, .divergence, .velocityAndDivergence: true
      default: false
      }
    }
  }

  init(
    _ field: MarginalField, _ small: SmallMixture, _ output: Output,
    _ times: [Time<Double>], _ points: [Double]
  ) {
    (self.field, self.small, self.output) = (field, small, output)
    (self.times, self.points) = (times, points)
    d = field.dimension
    switch output {
    case .divergence: width = 1
    case .velocityAndDivergence: width = d + 1
    default: width = d
    }
  }

  /// How many groups of eight one thread takes at a time: some microseconds of work.
  private static let chunk = 32

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
    let results = [Double](unsafeUninitializedCapacity: points.count / d * width) {
      results, filled in
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
      filled = points.count / d * width
    }
    if outcomes.contains(where: { !$0.isFinite }) { try FlowError.checkFinite(points, "x") }
    if let failure = outcomes.lazy.compactMap(\.failure).first { throw failure }
    return outcomes.allSatisfy(\.isFinite) ? results : try FlowError.checked(results, width: width)
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
    let size = 2 * d + d + 1 + small.scratchCount
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
                into: results + first * width, memory)
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
                into: results + first * width, memory)
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
    let (x, g, result) = (memory, memory + d, memory + 2 * d)
    let scratch = result + d + 1
    // A short group repeats its last point.
    transpose(rows, size, into: x)
    small.means(of: x, scales, denoiser: result, negativeScore: g, scratch)
    combine(schedule, scales, result, g, scratch)
    var remainder = Lanes(0.0)
    for i in 0..<d { remainder = remainder.addingProduct(x[i], constant: 0) }
    for i in 0..<width { remainder = remainder.addingProduct(result[i], constant: 0) }
    if size == Lanes.count, width == 2 {
      UnsafeMutableRawPointer(results).storeBytes(
        of: interleaved(result[0], result[1]), as: SIMD16<Double>.self)
    } else {
      for i in 0..<width {
        for lane in 0..<size { results[lane * width + i] = result[i][lane] }
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

  /// Turns D in `result` into what is asked for.
  @inline(__always)
  private func combine(
    _ schedule: Schedule<Lanes>, _ scales: SmallMixture.Scales,
    _ result: UnsafeMutablePointer<Lanes>, _ g: UnsafePointer<Lanes>,
    _ scratch: UnsafeMutablePointer<Lanes>
  ) {
    let halfVarianceDot = schedule.varianceDot.scaled(by: 0.5)
    func combined(_ dataPart: Lanes, _ noisePart: Lanes) -> Lanes {
      (schedule.alphaDot * dataPart).addingProduct(halfVarianceDot, noisePart)
    }
    switch output {
    case .velocity: for i in 0..<d { result[i] = combined(result[i], g[i]) }
    case .score: for i in 0..<d { result[i] = -g[i] }
    case .denoiser: break
    case .noisePrediction: for i in 0..<d { result[i] = schedule.sigma * g[i] }
    case .vPrediction:
      for i in 0..<d { result[i] = schedule.sigma * (schedule.alpha * g[i] - result[i]) }
    case .divergence:
      let traces = small.traces(scales, scratch)
      result[0] = combined(traces.denoiser, traces.negativeScore)
    case .velocityAndDivergence:
      for i in 0..<d { result[i] = combined(result[i], g[i]) }
      let traces = small.traces(scales, scratch)
      result[d] = combined(traces.denoiser, traces.negativeScore)
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
      !output.needsRates
        || schedule.alphaDot.isFinite && schedule.varianceDot.isFinite
    else {
      let t = times[times.count == 1 ? 0 : row].t
      throw FlowError.singular("t", "the path's derivative is infinite at t = \(t)")
    }
  }
}
