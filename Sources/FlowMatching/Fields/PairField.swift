import RealModule

/// The velocity given both ends of a pair (x0, x1), inside a Gaussian tube around their interpolant.
///
/// *Reference*: Tong et al. (2023), section 3.2; Albergo et al. (2023).
public enum PairField: String, Sendable, CaseIterable {
  /// Mean `t x1 + (1-t) x0`, constant std: velocity `x1 - x0`.
  ///
  /// *Proof*: `icfm_pair_velocity_generates`.
  case icfm
  /// The same mean, std `sigma sqrt(t (1-t))`:
  /// `(1-2t)/(2 t (1-t)) (x - mean) + x1 - x0`; singular at both ends.
  ///
  /// *Proof*: `bridge_pair_velocity_generates`.
  case schrodingerBridge = "schrodinger_bridge"
  /// Mean `cos(pi t/2) x0 + sin(pi t/2) x1`, constant std: the derivative of the mean.
  ///
  /// *Proof*: `trigonometric_pair_velocity`.
  case vpTrigonometric = "vp_trigonometric"

  /// - Throws: `singular`, `outOfDomain`, `dimensionMismatch`, `nonFinite`.
  public func velocity(
    sigma: Double, at time: Time<Double>, of x: [Double], from x0: [Double], to x1: [Double]
  ) throws(FlowError) -> [Double] {
    try FlowError.checkNonNegative(sigma, "sigma")
    try checkPair(x, "x", x0, "x0")
    try checkPair(x, "x", x1, "x1")
    return try FlowError.checked(unchecked(sigma, time, x, x0, x1))
  }

  private func unchecked(
    _ sigma: Double, _ time: Time<Double>, _ x: [Double], _ x0: [Double], _ x1: [Double]
  ) throws(FlowError) -> [Double] {
    let t = time.t
    let r = time.remaining
    switch self {
    case .icfm:
      return x.indices.map { x1[$0] - x0[$0] }
    case .schrodingerBridge:
      guard t > 0, r > 0, sigma > 0 else {
        throw FlowError.singular("t", "the bridge has no width at t = \(t) for sigma = \(sigma)")
      }
      let rate = (r - t) / (2 * t * r)
      return x.indices.map { i in
        let mean = (t * x1[i]).addingProduct(r, x0[i])
        return (x1[i] - x0[i]).addingProduct(rate, x[i] - mean)
      }
    case .vpTrigonometric:
      let schedule = CosinePath().schedule(at: time)
      return x.indices.map { i in
        (schedule.alphaDot * x1[i]).addingProduct(schedule.sigmaDot, x0[i])
      }
    }
  }
}

extension PairField: Explained {
  package var help: String {
    switch self {
    case .icfm: "x1 - x0, inside a tube of constant std"
    case .schrodingerBridge: "the Brownian bridge, of std sigma sqrt(t (1 - t))"
    case .vpTrigonometric: "along cos(pi t/2) x0 + sin(pi t/2) x1, inside a tube of constant std"
    }
  }
}
