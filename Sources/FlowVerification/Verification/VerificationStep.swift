import FlowMatching

/// Every check of one path on one target.
struct VerificationStep {
  let target: NamedTarget
  let path: NamedPath
  let deviationBound: Double
  let effort: Double
  let random: RandomStream

  /// 1/16, 1/2, 15/16.
  static let statisticTimes = [0.0625, 0.5, 0.9375]

  /// A draw's size, a multiple of 8, so that large targets cost about as much as small ones.
  private func size(_ budget: Int, atLeast least: Int, atMost most: Int, work: Int) -> Int {
    max(least, Int(effort * Double(min(most, budget / work)))) / 8 * 8
  }

  func run() -> [CheckResult] {
    let d = target.target.dimension
    let work = target.target.work * d
    // A quadrature of milliseconds per query: what asks thousands of times is left out.
    let isCostly = target.target is any QuadratureTarget && work > 4_000_000
    let cheap = size(20_000_000, atLeast: isCostly ? 24 : 64, atMost: 2048, work: work)
    // A dual pass per axis: beyond this a single check would take longer than everything else.
    let matrices =
      work * d > 400_000_000
      ? 0 : size(200_000_000, atLeast: 24, atMost: 1024, work: work * d)
    let samples = isCostly ? 0 : size(250_000_000, atLeast: 512, atMost: 16_384, work: work)

    var results = [schedule(count: 512)]
    let times = Draw.times(cheap, from: stream(1))
    let draw = Draw(target.target, path.path, at: times, from: stream(2))
    let magnitudes = Result { () throws(FlowError) in try draw.magnitudes() }
    func add(_ check: any IdentityCheck.Type, _ count: Int) {
      results.append(identity(check, draw, magnitudes, count))
    }
    add(AnalyticContinuityCheck.self, cheap)
    add(AutomaticContinuityCheck.self, matrices)
    add(ScoreCheck.self, matrices)
    add(VelocityFromScoreCheck.self, cheap)
    add(TweedieCheck.self, cheap)
    add(TraceCheck.self, matrices)
    add(JacobianCheck.self, matrices)
    if d <= 2 {
      results += [gridContinuity(isSkipped: isCostly), normalisation(isCostly: isCostly)]
    }
    let trajectories =
      isCostly ? 0 : size(40_000_000, atLeast: 8, atMost: 64, work: 300 * work)
    results += FlowChecks.results(
      FlowChecks.draw(target.target, path.path, trajectories, from: stream(4)),
      target: target.name, path: path.name)
    results += statistics(samples)
    if d <= 2 { results.append(sampler(isSkipped: isCostly)) }
    return results
  }

  private func stream(_ k: UInt64) -> RandomStream {
    RandomStream(seed: random.seed, stream: random.stream + k)
  }

  /// A check's result, filled by `body`; what that throws is the failure.
  private func result(
    of check: any Check.Type, in unit: CheckResult.Unit, allowed allowance: Double,
    _ body: (inout CheckResult) throws(FlowError) -> Void = { _ in }
  ) -> CheckResult {
    var result = CheckResult(
      check: check.name, target: target.name, path: path.name, unit: unit, allowance: allowance)
    do throws(FlowError) { try body(&result) } catch { result.failure = "\(error)" }
    return result
  }

  private func identity(
    _ check: any IdentityCheck.Type, _ draw: Draw,
    _ magnitudes: Result<[ComponentMagnitudes], FlowError>, _ count: Int
  ) -> CheckResult {
    let draw = draw.prefix(count)
    return result(of: check, in: .rounding, allowed: check.allowance(draw)) {
      result throws(FlowError) in
      if count == 0 { return }
      let errors = try check.errors(draw, Array(try magnitudes.get().prefix(count)))
      for (row, (time, error)) in zip(draw.times, errors).enumerated() {
        if let error { result.add(error, at: time, point: draw.point(row)) }
      }
    }
  }

  private func schedule(count: Int) -> CheckResult {
    result(of: ScheduleCheck.self, in: .rounding, allowed: ScheduleCheck.allowance) { result in
      for time in Draw.times(count, from: stream(1)) {
        if let error = ScheduleCheck.error(path.path, at: time) { result.add(error, at: time) }
      }
    }
  }

  private func gridContinuity(isSkipped: Bool) -> CheckResult {
    result(of: GridContinuityCheck.self, in: .rounding, allowed: GridContinuityCheck.allowance) {
      result throws(FlowError) in
      if isSkipped { return }
      let field = MarginalField(path: path.path, target: target.target)
      for t in Self.statisticTimes {
        let time = Time(t: t, remaining: 1 - t)
        if let error = try GridContinuityCheck.error(field, at: time) {
          result.add(error, at: time)
        }
      }
    }
  }

  private func normalisation(isCostly: Bool) -> CheckResult {
    result(of: NormalisationCheck.self, in: .rounding, allowed: NormalisationCheck.allowance) {
      result throws(FlowError) in
      let count = NormalisationCheck.times(dimension: target.target.dimension)
      let times =
        isCostly ? [Time(t: 0.25, remaining: 0.75)] : Draw.times(count, from: stream(3))
      for time in times {
        let error = try NormalisationCheck.error(target.target, path.path, at: time)
        if let error { result.add(error, at: time) }
      }
    }
  }

  private func sampler(isSkipped: Bool) -> CheckResult {
    result(of: SamplerCheck.self, in: .standardError, allowed: deviationBound) {
      result throws(FlowError) in
      if isSkipped { return }
      let statistic = try SamplerCheck.statistic(
        target.target, path.path, effort: effort, from: stream(32))
      if let statistic {
        result.add(statistic.deviation, at: statistic.time, detail: statistic.name)
      }
    }
  }

  private func statistics(_ samples: Int) -> [CheckResult] {
    let checks: [any StatisticCheck.Type] = [MomentCheck.self, LossGapCheck.self]
    var results = checks.map { result(of: $0, in: .standardError, allowed: deviationBound) }
    if samples == 0 { return results }
    for (k, t) in Self.statisticTimes.enumerated() {
      let times = [Time<Double>](repeating: Time(t: t, remaining: 1 - t), count: samples)
      let draw = Draw(target.target, path.path, at: times, from: stream(16 + UInt64(k)))
      let velocity = Result { () throws(FlowError) in try draw.values(of: .velocity) }
      for (i, check) in checks.enumerated() {
        do throws(FlowError) {
          for statistic in try check.statistics(draw, velocity: try velocity.get()) {
            results[i].add(statistic.deviation, at: statistic.time, detail: statistic.name)
          }
        } catch {
          results[i].failure = "\(error)"
        }
      }
    }
    return results
  }
}
