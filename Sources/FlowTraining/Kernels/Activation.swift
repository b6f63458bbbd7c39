public import FlowMatching

/// The nonlinearity between two linear maps.
public enum Activation: String, Sendable, CaseIterable {
  /// `z`.
  case identity
  /// `max(z, 0)`; its derivative at zero is taken as zero.
  case relu
  /// `z / (1 + exp(-z))`, also called swish.
  case silu
  /// `z Phi(z)`, Phi the normal distribution function (not its tanh approximation).
  case gelu
  case tanh

  /// The value and the derivative of sixteen numbers.
  @inline(__always)
  func callAsFunction(_ z: Vector) -> (value: Vector, slope: Vector) {
    let zero = Vector(repeating: 0)
    let one = Vector(repeating: 1)
    switch self {
    case .identity:
      return (z, one)
    case .relu:
      let isPositive = z .> zero
      return (
        zero.replacing(with: z, where: isPositive), zero.replacing(with: one, where: isPositive)
      )
    case .silu:
      let s = VectorFunctions.logistic(z)
      return (z * s, s * fused(one, z, one - s))
    case .gelu:
      let (distribution, density) = VectorFunctions.normal(z)
      return (z * distribution, fused(distribution, z, density))
    case .tanh:
      let value = VectorFunctions.tanh(z)
      return (value, one - value * value)
    }
  }

  /// The value on any scalar: the reference.
  @inlinable
  public func value<S: Scalar>(_ z: S) -> S {
    switch self {
    case .identity: z
    case .relu: S.choose(.zero, below: z, then: z, otherwise: .zero)
    case .silu: z * Self.logistic(z)
    case .gelu: z * Self.normalDistribution(z)
    case .tanh: Self.hyperbolicTangent(z)
    }
  }

  /// `1/(1 + exp(-z))`, by the exponential that cannot overflow.
  @inlinable
  static func logistic<S: Scalar>(_ z: S) -> S {
    let e = S.exp(S.choose(z, below: .zero, then: z, otherwise: -z))
    let far = S(1.0) / (S(1.0) + e)
    return S.choose(z, below: .zero, then: e * far, otherwise: far)
  }

  /// `(e - 1)/(e + 1)` for `e = exp(2 z)`, with `exp - 1` formed directly, by the sign that cannot
  /// overflow.
  @inlinable
  static func hyperbolicTangent<S: Scalar>(_ z: S) -> S {
    let down = S.choose(z, below: .zero, then: z, otherwise: -z)
    let m = S.expMinusOne(down.scaled(by: 2))
    let value = m / (m + S(2.0))
    return S.choose(z, below: .zero, then: value, otherwise: -value)
  }

  /// `Phi(z)`: the series `1/2 + phi(z) (z + z^3/3 + z^5/15 + ...)` for |z| < 6.5, beyond it 0 or 1 to
  /// within 1e-10.
  @inlinable
  static func normalDistribution<S: Scalar>(_ z: S) -> S {
    let square = z * z
    let density = S.exp(square.scaled(by: -0.5)).scaled(by: 0.398_942_280_401_432_677_94)
    var term = z
    var sum = z
    for k in 1...120 {
      term = term * square.scaled(by: 1 / Double(2 * k + 1))
      sum = sum + term
    }
    let inside = S(0.5) + density * sum
    return S.choose(
      z, below: S(-6.5), then: .zero,
      otherwise: S.choose(S(6.5), below: z, then: S(1.0), otherwise: inside))
  }
}
