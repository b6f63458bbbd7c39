import RealModule

@testable import FlowMatching

/// A number that remembers the operations it came from: a formula evaluated on it leaves its operation
/// tree in the ``Trace`` at hand. The value, at the sample the inputs have, decides where code branches.
struct Traced: Scalar {
  let value: Double
  /// The place in the trace.
  let node: Int

  init(value: Double, node: Int) {
    self.value = value
    self.node = node
  }

  init(_ value: Double) { self = Trace.current.constant(value) }
  init(floatLiteral value: Double) { self.init(value) }
  static var zero: Self { Self(0.0) }

  static func + (_ a: Self, _ b: Self) -> Self { .record(.sum, a.value + b.value, a, b) }
  static func - (_ a: Self, _ b: Self) -> Self { .record(.difference, a.value - b.value, a, b) }
  static func * (_ a: Self, _ b: Self) -> Self { .record(.product, a.value * b.value, a, b) }
  static func / (_ a: Self, _ b: Self) -> Self { .record(.quotient, a.value / b.value, a, b) }
  static prefix func - (_ a: Self) -> Self { .record(.negation, -a.value, a) }

  func addingProduct(_ a: Self, _ b: Self) -> Self {
    .record(.fused, value.addingProduct(a.value, b.value), self, a, b)
  }
  func scaled(by constant: Double) -> Self { self * Self(constant) }
  func addingProduct(_ a: Self, constant: Double) -> Self { addingProduct(a, Self(constant)) }
  func adding(_ a: Self, times b: Self) -> Self {
    .record(.fusedOrNot, value.adding(a.value, times: b.value), self, a, b)
  }
  func adding(_ a: Self, timesConstant constant: Double) -> Self {
    adding(a, times: Self(constant))
  }

  static func exp(_ x: Self) -> Self { .record(.exp, Double.exp(x.value), x) }
  static func expMinusOne(_ x: Self) -> Self {
    .record(.expMinusOne, Double.expMinusOne(x.value), x)
  }
  static func log(_ x: Self) -> Self { .record(.log, Double.log(x.value), x) }
  static func log(onePlus x: Self) -> Self {
    .record(.logOnePlus, Double.log(onePlus: x.value), x)
  }
  static func sqrt(_ x: Self) -> Self { .record(.root, Double.sqrt(x.value), x) }
  static func hypot(_ x: Self, _ y: Self) -> Self {
    .record(.hypot, Double.hypot(x.value, y.value), x, y)
  }
  static func power(_ x: Self, _ n: Double) -> Self {
    .record(.power, Double.power(x.value, n), x, Self(n))
  }
  static func powerMinusOne(_ x: Self, _ n: Double) -> Self { powerMinusOneByParts(x, n) }
  static func sinPi(_ x: Self) -> Self { .record(.sinPi, Double.sinPi(x.value), x) }
  static func cosPi(_ x: Self) -> Self { .record(.cosPi, Double.cosPi(x.value), x) }
  static func erfc(_ x: Self) -> Self { .record(.erfc, Double.erfc(x.value), x) }

  static func any(_ x: Self, below bound: Self) -> Bool { x.value < bound.value }
  static func all(_ x: Self, below bound: Self) -> Bool { x.value < bound.value }
  static func choose(_ x: Self, below bound: Self, then: Self, otherwise: Self) -> Self {
    let value = x.value < bound.value ? then.value : otherwise.value
    return .record(.choice, value, x, bound, then, otherwise)
  }
  static func gather(at index: Self, _ entry: (Int) -> Double) -> Self {
    Self(entry(Int(index.value)))
  }

  private static func record(_ kind: Trace.Kind, _ value: Double, _ arguments: Self...) -> Self {
    Trace.current.add(kind, arguments.map(\.node), value)
  }
}
