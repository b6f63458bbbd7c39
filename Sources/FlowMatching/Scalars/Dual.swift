/// A value with a derivative: `a + b e` with `e^2 = 0`. Evaluating any formula on duals gives its
/// exact directional derivative beside its value. Nestable: `Dual<Dual<Double>>` carries second
/// derivatives.
///
/// *Reference*: Clifford (1873); forward-mode automatic differentiation.
@frozen
public struct Dual<Base: Scalar>: Scalar {
  /// `a` of `a + b e`.
  public var value: Base
  /// `b` of `a + b e`.
  public var derivative: Base

  @inlinable @inline(__always)
  public init(_ value: Base, _ derivative: Base) {
    self.value = value
    self.derivative = derivative
  }

  @inlinable @inline(__always)
  public init(_ value: Double) { self.init(Base(value), .zero) }

  @inlinable @inline(__always)
  public init(floatLiteral value: Double) { self.init(value) }

  /// The constant `base`.
  @inlinable @inline(__always)
  public init(constant base: Base) { self.init(base, .zero) }

  /// 0, and no derivative.
  @inlinable public static var zero: Self { Self(0.0) }

  @inlinable @inline(__always)
  public static func + (_ a: Self, _ b: Self) -> Self {
    Self(a.value + b.value, a.derivative + b.derivative)
  }
  @inlinable @inline(__always)
  public static func - (_ a: Self, _ b: Self) -> Self {
    Self(a.value - b.value, a.derivative - b.derivative)
  }
  @inlinable @inline(__always)
  public static prefix func - (_ a: Self) -> Self { Self(-a.value, -a.derivative) }

  @inlinable @inline(__always)
  public static func * (_ a: Self, _ b: Self) -> Self {
    Self(a.value * b.value, (a.value * b.derivative).addingProduct(a.derivative, b.value))
  }
  @inlinable @inline(__always)
  public static func / (_ a: Self, _ b: Self) -> Self {
    let quotient = a.value / b.value
    return Self(quotient, a.derivative.addingProduct(-quotient, b.derivative) / b.value)
  }

  @inlinable @inline(__always)
  public func addingProduct(_ a: Self, _ b: Self) -> Self {
    Self(
      value.addingProduct(a.value, b.value),
      derivative.addingProduct(a.value, b.derivative).addingProduct(a.derivative, b.value))
  }
  @inlinable @inline(__always)
  public func scaled(by constant: Double) -> Self {
    Self(value.scaled(by: constant), derivative.scaled(by: constant))
  }
  @inlinable @inline(__always)
  public func addingProduct(_ a: Self, constant: Double) -> Self {
    Self(
      value.addingProduct(a.value, constant: constant),
      derivative.addingProduct(a.derivative, constant: constant))
  }

  @inlinable public static func exp(_ x: Self) -> Self {
    let power = Base.exp(x.value)
    return Self(power, power * x.derivative)
  }
  @inlinable public static func expMinusOne(_ x: Self) -> Self {
    Self(Base.expMinusOne(x.value), Base.exp(x.value) * x.derivative)
  }
  @inlinable public static func log(_ x: Self) -> Self {
    Self(Base.log(x.value), x.derivative / x.value)
  }
  @inlinable public static func log(onePlus x: Self) -> Self {
    Self(Base.log(onePlus: x.value), x.derivative / (1.0 + x.value))
  }
  @inlinable public static func sqrt(_ x: Self) -> Self {
    let root = Base.sqrt(x.value)
    return Self(root, x.derivative / (root + root))
  }
  @inlinable public static func hypot(_ x: Self, _ y: Self) -> Self {
    let length = Base.hypot(x.value, y.value)
    let slope = (x.value * x.derivative).addingProduct(y.value, y.derivative)
    return Self(length, slope / length)
  }
  @inlinable public static func power(_ x: Self, _ n: Double) -> Self {
    Self(
      Base.power(x.value, n),
      n == 0 ? .zero : Base.power(x.value, n - 1).scaled(by: n) * x.derivative)
  }
  @inlinable public static func powerMinusOne(_ x: Self, _ n: Double) -> Self {
    Self(Base.powerMinusOne(x.value, n), power(x, n).derivative)
  }
  @inlinable public static func sinPi(_ x: Self) -> Self {
    Self(Base.sinPi(x.value), Base.cosPi(x.value).scaled(by: .pi) * x.derivative)
  }
  @inlinable public static func cosPi(_ x: Self) -> Self {
    Self(Base.cosPi(x.value), Base.sinPi(x.value).scaled(by: -.pi) * x.derivative)
  }

  @inlinable public static func erfc(_ x: Self) -> Self {
    let slope = Base.exp(-(x.value * x.value)).scaled(by: -1.1283791670955126)
    return Self(Base.erfc(x.value), slope * x.derivative)
  }

  @inlinable public static func any(_ x: Self, below bound: Self) -> Bool {
    Base.any(x.value, below: bound.value)
  }
  @inlinable @inline(__always)
  public static func choose(
    _ x: Self, below bound: Self, then: Self, otherwise: Self
  ) -> Self {
    Self(
      Base.choose(x.value, below: bound.value, then: then.value, otherwise: otherwise.value),
      Base.choose(
        x.value, below: bound.value, then: then.derivative, otherwise: otherwise.derivative))
  }
  @inlinable @inline(__always)
  public static func all(_ x: Self, below bound: Self) -> Bool {
    Base.all(x.value, below: bound.value)
  }
  @inlinable public static func gather(at index: Self, _ entry: (Int) -> Double) -> Self {
    Self(constant: Base.gather(at: index.value, entry))
  }
}

/// A value of `t` with its first and second derivative: what a user-defined path is evaluated on.
public typealias Jet = Dual<Dual<Double>>
