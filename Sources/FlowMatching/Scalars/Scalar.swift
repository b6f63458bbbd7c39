/// A number that the formulas of this library can be evaluated on: one source text serves plain
/// floating point (`Float`, `Double`, `Float80`), eight queries at once (`Lanes`) and exact
/// derivatives (`Dual`).
///
/// Weaker than swift-numerics' `Real` on purpose: a dual number is no `FloatingPoint`, and lanes
/// have no single truth value. Decisions are therefore made by `choose`, which selects per lane and
/// looks at the value part of a dual.
public protocol Scalar: AdditiveArithmetic, ExpressibleByFloatLiteral, Sendable {
  /// The constant `value`; its derivative is zero.
  init(_ value: Double)

  static func * (_ a: Self, _ b: Self) -> Self
  static func / (_ a: Self, _ b: Self) -> Self
  static prefix func - (_ a: Self) -> Self

  /// `self + a * b`, rounded once.
  func addingProduct(_ a: Self, _ b: Self) -> Self
  /// `self * constant`.
  func scaled(by constant: Double) -> Self
  /// `self + a * constant`, rounded once.
  func addingProduct(_ a: Self, constant: Double) -> Self
  /// `self + a * b`, rounded once where the machine that is compiled for has an instruction for it, else
  /// twice: for the many terms of sums, where it makes no difference which.
  func adding(_ a: Self, times b: Self) -> Self
  /// `self + a * constant`, likewise.
  func adding(_ a: Self, timesConstant constant: Double) -> Self

  /// `e^x`.
  static func exp(_ x: Self) -> Self
  /// `exp(x) - 1` without cancellation near zero.
  static func expMinusOne(_ x: Self) -> Self
  static func log(_ x: Self) -> Self
  /// `log(1 + x)` without cancellation near zero.
  static func log(onePlus x: Self) -> Self
  /// The square root.
  static func sqrt(_ x: Self) -> Self
  /// `sqrt(x^2 + y^2)` without overflow; its derivative at (0, 0) does not exist.
  static func hypot(_ x: Self, _ y: Self) -> Self
  /// `x^n` for a constant exponent and `x >= 0`.
  static func power(_ x: Self, _ n: Double) -> Self
  /// `x^n - 1` for a constant exponent and `x >= 0`, without cancellation where `x^n` is near 1.
  static func powerMinusOne(_ x: Self, _ n: Double) -> Self
  /// `sin(pi x)`, with the reduction of the argument exact.
  static func sinPi(_ x: Self) -> Self
  /// `cos(pi x)`, with the reduction of the argument exact.
  static func cosPi(_ x: Self) -> Self

  /// `1 - erf(x)`, without cancellation for large x.
  static func erfc(_ x: Self) -> Self

  /// Whether `x < bound` anywhere: in any lane, by value. For loops that must serve the lane that
  /// needs most of them.
  static func any(_ x: Self, below bound: Self) -> Bool
  /// `then` where `x < bound` (by value, per lane), else `otherwise`.
  static func choose(_ x: Self, below bound: Self, then: Self, otherwise: Self) -> Self
  /// Whether `x < bound` in every lane; false where either is NaN.
  static func all(_ x: Self, below bound: Self) -> Bool
  /// `entry(index)` per lane for a non-negative whole number; its derivative is zero.
  static func gather(at index: Self, _ entry: (Int) -> Double) -> Self
}

extension Scalar {
  @inlinable @inline(__always)
  public func adding(_ a: Self, times b: Self) -> Self { addingProduct(a, b) }
  @inlinable @inline(__always)
  public func adding(_ a: Self, timesConstant constant: Double) -> Self {
    addingProduct(a, constant: constant)
  }

  /// `x^n - 1` by its logarithm where that is small, and else as it stands.
  @inlinable
  static func powerMinusOneByParts(_ x: Self, _ n: Double) -> Self {
    let logarithm = log(x).scaled(by: n)
    // Beyond the logarithm's reach the power is far from one and the difference exact enough.
    let plain = power(x, n) - Self(1.0)
    return choose(
      logarithm, below: 0.7,
      then: choose(-0.7, below: logarithm, then: expMinusOne(logarithm), otherwise: plain),
      otherwise: plain)
  }

  /// The larger of two numbers, `b` where they cannot be compared.
  @inlinable @inline(__always)
  static func maximum(_ a: Self, _ b: Self) -> Self {
    choose(b, below: a, then: a, otherwise: b)
  }
  /// The smaller of two numbers, `b` where they cannot be compared.
  @inlinable @inline(__always)
  static func minimum(_ a: Self, _ b: Self) -> Self {
    choose(a, below: b, then: a, otherwise: b)
  }
}

/// A scalar with a value in the machine's floating point, for which swift-numerics has the
/// elementary functions.
public protocol RealScalar: Scalar {
  /// `pi` minus its nearest value in this format.
  static var piTail: Self { get }
}
