import RealModule

/// A field of path A turned into the field of path B without retraining: both paths pass through the
/// same laws, up to scale, at equal log-SNR. With `a = t_A(logSNR_B(b))` and
/// `S = sigma_B(b)/sigma_A(a)`:
///
///     u_B(b, x) = (S'/S) x + a' S u_A(a, x/S)
///
/// *Proof*: `transformed_velocity`, `transform_drift`, `transform_speed`.
/// *Reference*: Lipman et al. (2024), the flow-matching guide, section 4.6.
public struct ScheduleTransform: VelocityField {
  /// The field that is known, on the path ``from``.
  public let base: any VelocityField
  /// The path of the known field.
  public let from: any ProbabilityPath
  /// The path whose field is made from it.
  public let to: any ProbabilityPath

  public var dimension: Int { base.dimension }

  public init(
    _ base: any VelocityField, from: any ProbabilityPath, to: any ProbabilityPath
  ) {
    self.base = base
    self.from = from
    self.to = to
  }

  /// - Throws: `outOfDomain` at times whose log-SNR path A never reaches, `singular` where a' or S is
  ///   infinite or zero; for exact fields ``exactVelocities(target:from:to:at:of:)`` has the limits.
  public func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    var baseTimes: [Time<Double>] = []
    var maps: [(scale: Double, drift: Double, speed: Double)] = []
    for time in times {
      let b = to.schedule(at: time)
      let logSNR = to.logSNR(at: time)
      guard logSNR.isFinite else {
        throw FlowError.singular("t", "log(alpha/sigma) is infinite at t = \(time.t)")
      }
      let baseTime = try baseTime(at: time)
      let a = from.schedule(at: baseTime)
      let speed = to.logSNRDot(at: time) / from.logSNRDot(at: baseTime)
      let scale = b.sigma / a.sigma
      let drift = b.sigmaRate - speed * a.sigmaRate
      guard speed.isFinite, scale.isFinite, scale > 0, drift.isFinite else {
        throw FlowError.singular("t", "the transform has no finite derivative at t = \(time.t)")
      }
      baseTimes.append(baseTime)
      maps.append((scale, drift, speed))
    }
    func map(_ i: Int) -> (scale: Double, drift: Double, speed: Double) {
      maps[maps.count == 1 ? 0 : i / dimension]
    }
    let scaled = points.indices.map { points[$0] / map($0).scale }
    let velocities = try base.velocities(at: baseTimes, of: scaled)
    return points.indices.map { i in
      (map(i).drift * points[i]).addingProduct(map(i).speed * map(i).scale, velocities[i])
    }
  }

  /// The time on path A that has the log-SNR of `time` on path B.
  /// - Throws: `outOfDomain` where path A never reaches it.
  public func baseTime(at time: Time<Double>) throws(FlowError) -> Time<Double> {
    let logSNR = to.logSNR(at: time)
    let ends = (from.logSNR(at: .start), from.logSNR(at: .end))
    // An end at which both log-SNRs agree, infinite ones included, is reached.
    if logSNR == ends.0 { return .start }
    if logSNR == ends.1 { return .end }
    do {
      guard logSNR.isFinite else {
        throw FlowError.outOfDomain("log_snr", logSNR, accepted: "[\(ends.0), \(ends.1)]")
      }
      return try from.time(atLogSNR: logSNR)
    } catch {
      throw FlowError(
        .outOfDomain, "t",
        "t = \(time.t) on path \(to.kind) has log_snr = \(logSNR), outside "
          + "[\(ends.0), \(ends.1)] of path \(from.kind)")
    }
  }

  /// The transformed exact field of a target: the posterior moments depend on (alpha, sigma, x)
  /// alone, so it is path B's own field, finite also where a' is not.
  /// - Throws: `outOfDomain` at times whose log-SNR path A never reaches.
  public static func exactVelocities(
    target: any Target, from: any ProbabilityPath, to: any ProbabilityPath,
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    let field = MarginalField(path: to, target: target)
    let transform = ScheduleTransform(field, from: from, to: to)
    for time in times { _ = try transform.baseTime(at: time) }
    return try field.velocities(at: times, of: points)
  }
}
