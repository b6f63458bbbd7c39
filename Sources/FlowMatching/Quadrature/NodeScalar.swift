import RealModule

/// A number that one query is made of, with the eight-lane form in which its quadrature nodes are
/// evaluated: plain, or with a derivative.
protocol NodeScalar: Scalar {
  /// Eight nodes.
  associatedtype Wide: Scalar
  /// The number without its derivative.
  var primal: Double { get }
  /// The derivative; zero for plain numbers.
  var rate: Double { get }
  /// A number with the derivative of another.
  static func carrying(_ value: Double, derivativeOf x: Self) -> Self
  /// The same number in every lane.
  static func wide(_ x: Self) -> Wide
  /// The values in the lanes.
  static func primal(_ x: Wide) -> Lanes
  /// The derivatives in the lanes; zero for plain numbers.
  static func derivative(_ x: Wide) -> Lanes
  /// The sum of the lanes.
  static func sum(_ x: Wide) -> Self
  /// Constants, one per lane.
  static func constant(_ x: Lanes) -> Wide
  /// A function with the given values and slopes of the moving places y.
  static func function(_ values: Lanes, slope: Lanes, of y: Wide) -> Wide
  /// The same, its derivative less that of `other`.
  static func function(_ values: Lanes, slope: Lanes, of y: Wide, minus other: Wide) -> Wide
}

extension Double: NodeScalar {
  @inline(__always) var primal: Double { self }
  @inline(__always) var rate: Double { 0 }
  @inline(__always) static func carrying(_ value: Double, derivativeOf x: Double) -> Double {
    value
  }
  @inline(__always) static func wide(_ x: Double) -> Lanes { Lanes(x) }
  @inline(__always) static func primal(_ x: Lanes) -> Lanes { x }
  @inline(__always) static func derivative(_ x: Lanes) -> Lanes { .zero }
  @inline(__always) static func sum(_ x: Lanes) -> Double { x.sum }
  @inline(__always) static func constant(_ x: Lanes) -> Lanes { x }
  @inline(__always)
  static func function(_ values: Lanes, slope: Lanes, of y: Lanes) -> Lanes { values }
  @inline(__always)
  static func function(
    _ values: Lanes, slope: Lanes, of y: Lanes, minus other: Lanes
  ) -> Lanes { values }
}

extension Dual<Double>: NodeScalar {
  typealias Wide = Dual<Lanes>
  @inline(__always) var primal: Double { value }
  @inline(__always) var rate: Double { derivative }
  @inline(__always) static func carrying(_ value: Double, derivativeOf x: Self) -> Self {
    Self(value, x.derivative)
  }
  @inline(__always) static func wide(_ x: Self) -> Dual<Lanes> {
    Dual<Lanes>(Lanes(x.value), Lanes(x.derivative))
  }
  @inline(__always) static func primal(_ x: Dual<Lanes>) -> Lanes { x.value }
  @inline(__always) static func derivative(_ x: Dual<Lanes>) -> Lanes { x.derivative }
  @inline(__always) static func sum(_ x: Dual<Lanes>) -> Self {
    Self(x.value.sum, x.derivative.sum)
  }
  @inline(__always) static func constant(_ x: Lanes) -> Dual<Lanes> { Dual<Lanes>(constant: x) }
  @inline(__always)
  static func function(_ values: Lanes, slope: Lanes, of y: Dual<Lanes>) -> Dual<Lanes> {
    Dual<Lanes>(values, slope * y.derivative)
  }
  @inline(__always)
  static func function(
    _ values: Lanes, slope: Lanes, of y: Dual<Lanes>, minus other: Dual<Lanes>
  ) -> Dual<Lanes> {
    Dual<Lanes>(values, slope * y.derivative - other.derivative)
  }
}
