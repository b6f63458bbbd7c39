import RealModule

/// A curve in the plane with a probability measure on it: pieces, each a map from [0, 1].
public struct PlaneCurve: Sendable {
  /// One arc.
  public struct Piece: Sendable {
    /// The point at a parameter w in [0, 1].
    public var point: @Sendable (Double) -> (Double, Double)
    /// `|dc/dw|`.
    public var speed: @Sendable (Double) -> Double
    /// The density of w; its integral over [0, 1] is one.
    public var measure: @Sendable (Double) -> Double
    /// The parameter w at which a uniform number in (0, 1] falls.
    public var parameter: @Sendable (Double) -> Double
    /// The share of the whole mass.
    public var share: Double
    /// Whether point and measure are periodic in w.
    public var isClosed: Bool
    /// The largest curvature anywhere, one over a length.
    public var curvature: Double
    /// Half turns of the tangent from end to end.
    public var turns: Double
  }

  /// The parts, each smooth in its own parameter.
  public let pieces: [Piece]

  public init(pieces: [Piece]) { self.pieces = pieces }
}

extension PlaneCurve {
  private static func uniform(
    share: Double, isClosed: Bool, radius: Double, halfTurns: Double,
    _ point: @escaping @Sendable (Double) -> (Double, Double)
  ) -> Piece {
    Piece(
      point: point, speed: { _ in .pi * halfTurns * radius }, measure: { _ in 1 },
      parameter: { $0 }, share: share, isClosed: isClosed, curvature: 1 / radius,
      turns: halfTurns)
  }

  /// Two half circles of radius 1, one the other's mirror image moved to (1, 1/2):
  /// `(cos pi w, sin pi w)` and `(1 - cos pi w, 1/2 - sin pi w)`, half of the mass each.
  public static func twoMoons(scale: Double = 1) throws(FlowError) -> PlaneCurve {
    try FlowError.checkPositive(scale, "scale")
    return PlaneCurve(pieces: [
      uniform(share: 0.5, isClosed: false, radius: scale, halfTurns: 1) {
        (scale * Double.cosPi($0), scale * Double.sinPi($0))
      },
      uniform(share: 0.5, isClosed: false, radius: scale, halfTurns: 1) {
        (scale * (1 - Double.cosPi($0)), scale * (0.5 - Double.sinPi($0)))
      },
    ])
  }

  /// Two circles around the origin, of radius 1 and `factor`, half of the mass each.
  public static func circles(
    factor: Double = 0.5, scale: Double = 1
  ) throws(FlowError) -> PlaneCurve {
    try FlowError.checkPositive(scale, "scale")
    try FlowError.checkPositive(factor, "factor")
    return PlaneCurve(pieces: [circle(scale, share: 0.5), circle(factor * scale, share: 0.5)])
  }

  /// A circle around the origin.
  public static func ring(radius: Double = 1) throws(FlowError) -> PlaneCurve {
    try FlowError.checkPositive(radius, "radius")
    return PlaneCurve(pieces: [circle(radius, share: 1)])
  }

  private static func circle(_ radius: Double, share: Double) -> Piece {
    uniform(share: share, isClosed: true, radius: radius, halfTurns: 2) {
      (radius * Double.cosPi(2 * $0), radius * Double.sinPi(2 * $0))
    }
  }

  /// Two Archimedean spirals, `+-(th/3) (-cos th, sin th)` with `th = 3 pi sqrt(u)`, u uniform, half of
  /// the mass each. The parameter is `w = sqrt(u)`, in which the curve is smooth at its centre.
  public static func twoSpirals(scale: Double = 1) throws(FlowError) -> PlaneCurve {
    try FlowError.checkPositive(scale, "scale")
    func arm(_ sign: Double) -> Piece {
      Piece(
        point: { w in
          let radius = sign * scale * .pi * w
          return (-radius * Double.cosPi(3 * w), radius * Double.sinPi(3 * w))
        },
        speed: { w in scale * .pi * Double.hypot(1, 3 * .pi * w) }, measure: { 2 * $0 },
        parameter: { $0.squareRoot() }, share: 0.5, isClosed: false, curvature: 6 / scale, turns: 3)
    }
    return PlaneCurve(pieces: [arm(1), arm(-1)])
  }

  /// `(th/5) (cos th, sin th)` with `th = (3 pi/2)(1 + 2 u)`, u uniform.
  public static func swissRoll(scale: Double = 1) throws(FlowError) -> PlaneCurve {
    try FlowError.checkPositive(scale, "scale")
    @Sendable func angle(_ w: Double) -> Double { 1.5 * (1 + 2 * w) }
    return PlaneCurve(pieces: [
      Piece(
        point: { w in
          let radius = scale * .pi * angle(w) / 5
          return (radius * Double.cosPi(angle(w)), radius * Double.sinPi(angle(w)))
        },
        speed: { w in scale * 0.6 * .pi * Double.hypot(1, .pi * angle(w)) }, measure: { _ in 1 },
        parameter: { $0 }, share: 1, isClosed: false, curvature: 1.25 / scale, turns: 3)
    ])
  }
}
