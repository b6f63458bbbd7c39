public import RealModule

extension Float: RealScalar {
  public static var piTail: Float { Float(Double.pi - 3.1415927410125732421875) }
}

extension Double: RealScalar {
  public static var piTail: Double { 1.2246467991473531772e-16 }
}

#if arch(x86_64) && !os(Windows)
  extension Float80: RealScalar {
    public static var piTail: Float80 { -5.0165576126683320235e-20 }
  }
#endif

extension RealScalar where Self: Real & BinaryFloatingPoint {
  @inlinable public func addingProduct(_ a: Self, constant: Double) -> Self {
    addingProduct(a, Self(constant))
  }
  @inlinable public func scaled(by constant: Double) -> Self { self * Self(constant) }

  @inlinable @inline(__always)
  public func adding(_ a: Self, times b: Self) -> Self {
    hasFusedMultiplyAdd ? addingProduct(a, b) : self + a * b
  }
  @inlinable @inline(__always)
  public func adding(_ a: Self, timesConstant constant: Double) -> Self {
    hasFusedMultiplyAdd ? addingProduct(a, constant: constant) : self + a.scaled(by: constant)
  }

  @inlinable public static func power(_ x: Self, _ n: Double) -> Self {
    n == 0 ? 1 : Self.pow(x, Self(n))
  }

  @inlinable public static func powerMinusOne(_ x: Self, _ n: Double) -> Self {
    powerMinusOneByParts(x, n)
  }

  /// Quarter turns removed exactly: x = n/2 + y, |y| <= 1/4; then sin and cos of pi y with pi to
  /// twice the working precision.
  @inlinable static func quarter(_ x: Self) -> (turns: Int, sin: Self, cos: Self) {
    guard x.isFinite else { return (0, .nan, .nan) }
    // From here on every number is an even integer.
    guard x.magnitude < 2 / Self.ulpOfOne else { return (0, 0, 1) }
    let turns = (2 * x).rounded(.toNearestOrEven)
    let y = x - turns / 2
    let product = y * Self.pi
    let rest = (-product).addingProduct(y, Self.pi).addingProduct(y, Self.piTail)
    let sine = Self.sin(product)
    let cosine = Self.cos(product)
    // Exact, as every step is on whole numbers of this size.
    let inCircle = turns - 4 * (turns / 4).rounded(.toNearestOrEven)
    return (
      Int(inCircle), sine.addingProduct(rest, cosine), cosine.addingProduct(-rest, sine)
    )
  }

  /// `sin(pi x)` and `cos(pi x)`. *Accuracy*: 2.5 u relative, also next to their zeros.
  @inlinable public static func sinCosPi(_ x: Self) -> (sine: Self, cosine: Self) {
    let (turns, sine, cosine) = quarter(x)
    switch turns & 3 {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
  }

  /// `sin(pi x)`. *Accuracy*: 2.5 u relative, also next to its zeros.
  @inlinable public static func sinPi(_ x: Self) -> Self { sinCosPi(x).sine }

  /// `cos(pi x)`. *Accuracy*: 2.5 u relative, also next to its zeros.
  @inlinable public static func cosPi(_ x: Self) -> Self { sinCosPi(x).cosine }

  @inlinable public static func any(_ x: Self, below bound: Self) -> Bool { x < bound }

  @inlinable public static func choose(
    _ x: Self, below bound: Self, then: Self, otherwise: Self
  ) -> Self {
    x < bound ? then : otherwise
  }

  @inlinable public static func all(_ x: Self, below bound: Self) -> Bool { x < bound }
  @inlinable public static func gather(at index: Self, _ entry: (Int) -> Double) -> Self {
    Self(entry(Int(index)))
  }
}
