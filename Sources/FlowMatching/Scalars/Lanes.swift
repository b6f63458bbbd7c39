public import CVectorUnit
public import RealModule

/// Whether the machine that is compiled for has an instruction for `a b + c` rounded once. (Not a
/// stored constant: the compiler would warn of the branch that is never taken.)
@inlinable @inline(__always)
var hasFusedMultiplyAdd: Bool { FLOW_HAS_FUSED_MULTIPLY_ADD == 1 }

/// Eight independent queries evaluated together. Every operation acts on each lane alone, so a
/// point gets the same bits whatever its neighbours are.
///
/// (Sixteen lanes would be several times slower: the compiler keeps them in memory.)
@frozen
public struct Lanes: Scalar {
  /// The number of queries that travel together.
  public static let count = 8

  @usableFromInline var storage: SIMD8<Double>

  @inlinable @inline(__always)
  init(storage: SIMD8<Double>) { self.storage = storage }

  @inlinable @inline(__always)
  public init(_ value: Double) { storage = flow_repeating(value) }

  @inlinable @inline(__always)
  public init(floatLiteral value: Double) { storage = flow_repeating(value) }

  /// The lane at `index`, 0 to 7.
  @inlinable
  public subscript(index: Int) -> Double {
    @inline(__always) get { storage[index] }
    @inline(__always) set { storage[index] = newValue }
  }

  /// 0 in every lane.
  @inlinable public static var zero: Self { Self(0.0) }

  @inlinable @inline(__always)
  public static func + (_ a: Self, _ b: Self) -> Self {
    Self(storage: flow_sum(a.storage, b.storage))
  }
  @inlinable @inline(__always)
  public static func - (_ a: Self, _ b: Self) -> Self {
    Self(storage: flow_difference(a.storage, b.storage))
  }
  @inlinable @inline(__always)
  public static func * (_ a: Self, _ b: Self) -> Self {
    Self(storage: flow_product(a.storage, b.storage))
  }
  @inlinable @inline(__always)
  public static func / (_ a: Self, _ b: Self) -> Self {
    Self(storage: flow_quotient(a.storage, b.storage))
  }
  @inlinable @inline(__always)
  public static prefix func - (_ a: Self) -> Self { Self(storage: flow_negative(a.storage)) }

  @inlinable @inline(__always)
  public func addingProduct(_ a: Self, _ b: Self) -> Self {
    Self(storage: flow_fused(a.storage, b.storage, storage))
  }
  @inlinable @inline(__always)
  public func scaled(by constant: Double) -> Self {
    Self(storage: flow_product(storage, flow_repeating(constant)))
  }
  @inlinable @inline(__always)
  public func addingProduct(_ a: Self, constant: Double) -> Self {
    Self(storage: flow_fused(a.storage, flow_repeating(constant), storage))
  }

  @inlinable @inline(__always)
  public func adding(_ a: Self, times b: Self) -> Self {
    hasFusedMultiplyAdd ? addingProduct(a, b) : self + a * b
  }
  @inlinable @inline(__always)
  public func adding(_ a: Self, timesConstant constant: Double) -> Self {
    hasFusedMultiplyAdd ? addingProduct(a, constant: constant) : self + a.scaled(by: constant)
  }

  /// `body` on each lane.
  @inlinable
  static func map(_ x: Self, _ body: (Double) -> Double) -> Self {
    var result = x
    for lane in 0..<count { result.storage[lane] = body(x.storage[lane]) }
    return result
  }

  @inlinable @inline(__always)
  public static func exp(_ x: Self) -> Self {
    Self(storage: vectorExponential(x.storage))
  }
  @inlinable public static func expMinusOne(_ x: Self) -> Self { map(x, Double.expMinusOne) }
  @inlinable public static func log(_ x: Self) -> Self { map(x) { Double.log($0) } }
  @inlinable public static func log(onePlus x: Self) -> Self { map(x) { Double.log(onePlus: $0) } }
  @inlinable @inline(__always)
  public static func sqrt(_ x: Self) -> Self { Self(storage: flow_root(x.storage)) }
  @inlinable public static func hypot(_ x: Self, _ y: Self) -> Self {
    var result = x
    for lane in 0..<count { result[lane] = Double.hypot(x[lane], y[lane]) }
    return result
  }
  @inlinable public static func power(_ x: Self, _ n: Double) -> Self {
    map(x) { Double.power($0, n) }
  }
  @inlinable public static func powerMinusOne(_ x: Self, _ n: Double) -> Self {
    map(x) { Double.powerMinusOne($0, n) }
  }
  @inlinable public static func sinPi(_ x: Self) -> Self { map(x, Double.sinPi) }
  @inlinable public static func cosPi(_ x: Self) -> Self { map(x, Double.cosPi) }
  @inlinable public static func erfc(_ x: Self) -> Self { map(x) { Double.erfc($0) } }

  @inlinable @inline(__always)
  public static func any(_ x: Self, below bound: Self) -> Bool {
    flow_any_below(x.storage, bound.storage) != 0
  }

  @inlinable @inline(__always)
  public static func choose(
    _ x: Self, below bound: Self, then: Self, otherwise: Self
  ) -> Self {
    Self(storage: flow_chosen(x.storage, bound.storage, then.storage, otherwise.storage))
  }
  @inlinable @inline(__always)
  public static func all(_ x: Self, below bound: Self) -> Bool {
    flow_all_below(x.storage, bound.storage) != 0
  }
  @inlinable public static func gather(at index: Self, _ entry: (Int) -> Double) -> Self {
    map(index) { entry(Int($0)) }
  }
}
