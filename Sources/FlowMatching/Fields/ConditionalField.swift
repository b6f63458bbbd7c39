import RealModule

/// The fields of a path given one data point x1: `p_t(x | x1) = N(x; alpha x1, v I)`, `v = sigma^2`.
///
/// *Accuracy*: 4 u (|y| + sensitivity) on every fixture. Over all roundings it is proved of the velocity with 4 u for
/// `ot`, `shifted_ot`, `linear_vp` and `icfm`; for `schrodinger_bridge` (s <= 1) with 4.01 u from t = 1/2 on and
/// 5.51 u before, for `ve_geometric` with 8.1 u, for `cosine` with 11.3 u and for `vp` (beta up to 25) with 63 u; for
/// `polynomial` with 13.4 u and what n log t, or (n - 1) log t before t = 1/2, adds; the worst case proved for `ve` is
/// 12 u |y| from t = 1/2 on, 16 u |y| before. Where sigma is below 2^-23 |x1| and alpha is no double, what alpha loses by rounding is
/// taken along (the bounds are of the operations without it).
public struct ConditionalField: Sendable {
  public let path: any ProbabilityPath

  public init(path: any ProbabilityPath) { self.path = path }

  /// `psi_t(x0 | x1) = sigma x0 + alpha x1`. Exists at every time.
  /// - Throws: `outOfDomain` where the result overflows, here and below.
  ///
  /// *Proof*: `flow_pushes_density`, `flow_preserves_mass`.
  /// *Reference*: Lipman et al. (2023), equation 11.
  public func flow(
    at time: Time<Double>, from x0: [Double], given x1: [Double]
  ) throws(FlowError) -> [Double] {
    try checkPair(x0, "x0", x1, "x1")
    let schedule = path.schedule(at: time)
    return try FlowError.checked(
      zip(x0, x1).map { (schedule.alpha * $1).addingProduct(schedule.sigma, $0) })
  }

  /// `u_t(x | x1) = alpha' x1 + (v'/(2 v)) (x - alpha x1)`.
  /// - Throws: `singular` where sigma is zero.
  ///
  /// *Proof*: `conditional_velocity_generates`, `conditional_velocity_unique`,
  /// `conditional_path_continuity`; rounding: `ot_velocity_rounding`,
  /// `ve_velocity_rounding`.
  /// *Reference*: Lipman et al. (2023), theorem 3.
  public func velocity(
    at time: Time<Double>, of x: [Double], given x1: [Double]
  ) throws(FlowError) -> [Double] {
    try checkPair(x, "x", x1, "x1")
    let schedule = try regularSchedule(at: time, beside: x1)
    guard schedule.alphaDot.isFinite else {
      throw FlowError.singular("t", "the path's derivative is infinite at t = \(time.t)")
    }
    let rate = schedule.rate
    return try FlowError.checked(
      zip(x, x1).map { schedule.conditionalVelocity($0, given: $1, rate: rate) })
  }

  /// `-(x - alpha x1)/v`.
  /// - Throws: `singular` where sigma is zero.
  ///
  /// *Proof*: `gauss_score`.
  public func score(
    at time: Time<Double>, of x: [Double], given x1: [Double]
  ) throws(FlowError) -> [Double] {
    try checkPair(x, "x", x1, "x1")
    let schedule = try regularSchedule(at: time, beside: x1)
    return try FlowError.checked(
      zip(x, x1).map { -schedule.gap($0, $1) / schedule.variance })
  }

  /// `-|x - alpha x1|^2/(2 v) - (d/2) log(2 pi v)`, in nats.
  /// - Throws: `singular` where sigma is zero.
  ///
  /// *Proof*: `flow_pushes_density`, `gauss_total`.
  public func logDensity(
    at time: Time<Double>, of x: [Double], given x1: [Double]
  ) throws(FlowError) -> Double {
    try checkPair(x, "x", x1, "x1")
    let schedule = try regularSchedule(at: time, beside: x1)
    let square = blockedSum(x.count) { i in
      let difference = schedule.gap(x[i], x1[i])
      return difference * difference
    }
    let volume = Double(x.count) * Double.log(2 * .pi * schedule.variance)
    return try FlowError.checked([-(square / schedule.variance + volume) / 2])[0]
  }

  /// The schedule, alpha with its tail where it can matter next to x1.
  private func regularSchedule(
    at time: Time<Double>, beside x1: [Double]
  ) throws(FlowError) -> Schedule<Double> {
    let schedule = path.schedule(at: time)
    guard schedule.variance > 0 else {
      throw FlowError.singular("t", "sigma is zero at t = \(time.t)")
    }
    return schedule.resolving(x1.reduce(0) { max($0, abs($1)) }, std: 0)
  }
}

/// Throws unless two vectors are finite and of one dimension.
func checkPair(
  _ a: [Double], _ aName: String, _ b: [Double], _ bName: String
) throws(FlowError) {
  guard a.count == b.count else {
    throw FlowError.dimensionMismatch(bName, b.count, expected: a.count)
  }
  try FlowError.checkFinite(a, aName)
  try FlowError.checkFinite(b, bName)
}
