/// A path given by closures on second-order duals, for users who do not want a type of their own.
///
///     let path = CustomPath(kind: "mine", alpha: { $0.t }, sigma: { $0.remaining })
///
/// *Proof*: `regular_path_generates`, `alpha_beta_field`.
public struct CustomPath: ProbabilityPath {
  public let kind: String
  private let evaluate: @Sendable (Time<Jet>) -> (alpha: Jet, sigma: Jet, variance: Jet)

  /// A path from its coefficient functions of time. Give `variance` where sigma is a root, since
  /// the derivative of sigma is infinite where sigma is zero and that of its square is not.
  public init(
    kind: String = "custom",
    alpha: @escaping @Sendable (Time<Jet>) -> Jet,
    sigma: @escaping @Sendable (Time<Jet>) -> Jet,
    variance: (@Sendable (Time<Jet>) -> Jet)? = nil
  ) {
    self.kind = kind
    evaluate = { time in
      let root = sigma(time)
      return (alpha(time), root, variance?(time) ?? root * root)
    }
  }

  public func schedule(at time: Time<Double>) -> Schedule<Double> {
    schedule(
      at: Time(t: Dual(constant: time.t), remaining: Dual(constant: time.remaining))
    ).mapped(\.value)
  }

  public func schedule(at time: Time<Dual<Double>>) -> Schedule<Dual<Double>> {
    let (alpha, sigma, variance) = evaluate(time.differentiated)
    return Schedule(
      alpha: alpha.value, sigma: sigma.value, variance: variance.value,
      alphaDot: alpha.derivative, sigmaDot: sigma.derivative, varianceDot: variance.derivative)
  }
}
