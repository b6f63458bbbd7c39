/// A piece in numbers: where it starts, counted from its mark, how long it is, and where its mark
/// stands from those of the density, from the anchor's and from that of the reference.
struct LinePieceGeometry<S: NodeScalar>: Sendable {
  var origin: S
  var near: S
  var length: S
  var toMarks: (S, S, S)
  var fromAnchor = S(0.0)
  var fromReference = S(0.0)
  var power: Double
  var hasLimit: Bool
  var hasSlope: Bool
  /// The end where q is infinite, if the piece starts there, and the constant part of the logarithm of
  /// `(|y - b|/|y0 - b|)^(exponent - 1) dy/dt` over the length and the power.
  var end: LinePieceEnd?
  var logFactor = S(0.0)
}

/// An end with an exponent e below 1 at which a piece `y = b + length t^n` starts: with `dy` its singular factor is
/// a constant times `t^(n e - 1)`, which stays in range where y - b does not.
struct LinePieceEnd: Sendable {
  var mark: Int
  var exponent: Double
  var power: Double

  init?(_ mark: Int, _ side: DensityMark.Side, power: Double) {
    guard side.exponent < 1 else { return nil }
    (self.mark, exponent, self.power) = (mark, side.exponent, power)
  }

  /// `n e - 1`.
  var rise: Double { (power * exponent).rounded() - 1 }
}

/// What the moments of y are counted from: an offset from its mark, its z, its place in the data and the
/// magnitudes that this is the sum of.
struct LineReference<S: NodeScalar>: Sendable {
  /// The mark that it is, if it is not the anchor.
  var mark: Int?
  var offset = S(0.0)
  var z = S(0.0)
  var data = S(0.0)
  var size = 0.0
}

/// The other half of a symmetric density, seen from the centre: the weight at -s is `exp(-rate s)` of that at s;
/// `slope` is that of log q next to the centre, on the right.
struct LineFold<S: NodeScalar>: Sendable {
  var rate: S
  var slope: Double

  /// `1 + r` and `1 - r` at places right of the centre, r the weight of their mirror images.
  @inline(__always)
  func shares(_ offset: Lanes) -> (even: Lanes, odd: Lanes) {
    let fall = Lanes.expMinusOne(offset.scaled(by: -rate.primal))
    return (fall + Lanes(2.0), -fall)
  }

  /// The same for one place.
  func shares(_ offset: S) -> (even: S, odd: S) {
    let fall = S.expMinusOne(-(offset * rate))
    return (fall + S(2.0), -fall)
  }
}
