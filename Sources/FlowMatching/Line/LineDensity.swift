/// A probability density q on the line, as the quadrature needs it: its logarithm with the slope, seen
/// from marked points, so that the distance to an edge keeps its digits however near it is.
///
/// To add one, give the marked points and one formula for eight points at once.
public protocol LineDensity: Sendable {
  /// Every place where q or a derivative of it jumps or diverges, the ends of the support among them,
  /// and one place in the bulk; in ascending order.
  var marks: [DensityMark] { get }
  /// Where the bulk is: the index of one of the marks.
  var center: Int { get }
  /// The length over which q changes by about a factor in its bulk.
  var scale: Double { get }
  /// The length l for which ``DensityJet/log`` and the levels of marks are those of `l q`: where l is about `1/q`, no
  /// large logarithms of lengths cancel in the log density.
  var unit: Double { get }
  /// `E[y]`; `nil` where it does not exist.
  var mean: Double? { get }
  /// `E[(y - E[y])^2]`; `nil` where it does not exist.
  var variance: Double? { get }
  /// Whether ``jet(at:slope:)`` tells the slope of q; without it score and divergence are averages over
  /// the kernel only, and lose digits next to the data.
  var hasSlope: Bool { get }
  /// q at eight points inside the support, given by their distances from every mark; `slope` is the
  /// reference c of ``DensityJet/curved``.
  func jet(at distances: Distances, slope: Double) -> DensityJet
  /// Whether `q(m + s) = q(m - s)` around the mark m in the middle, ``center``, with the marks on both sides
  /// at the same distances.
  var isSymmetric: Bool { get }
  /// q at eight points seen from an anchor y0, the same in all lanes: `log` is `log q(y)/q(y0)` and `change` is
  /// `(log q)'(y) - (log q)'(y0)`, by formulas in `y - y0` = `offset` that do not cancel as the two approach
  /// each other, however far away the marks are; `curved` has the reference c = `slope`.
  ///
  /// `omitted` is a mark on whose near side the exponent is below 1, and what is asked for is the rest: `log`
  /// without the factor `(|y - b|/|y0 - b|)^(exponent - 1)`, slopes without `(exponent - 1)/(y - b)`.
  ///
  /// `nil` where plain differences must do; then digits are lost far away from the marks, and derivatives in
  /// sigma on duals lose them like 1/sigma next to the data.
  func jet(
    at distances: Distances, from anchor: Distances, offset: Lanes, slope: Double,
    omitting omitted: Int?
  ) -> DensityJet?
  /// `l q` at a place, l = ``unit``, to a few roundings where its logarithm would have more; `nil` where the
  /// logarithm must do.
  func level(at distances: Distances) -> Double?
  /// What the constant in log q may be off by, in units of `u = 2^-53`; it matters to the log density
  /// alone.
  var normaliserNoise: Double { get }
  /// The sample that two independent uniform numbers in (0, 1] give; `nil` where there is no closed
  /// form and the distribution function is inverted numerically.
  func sample(_ first: Double, _ second: Double) -> Double?
}

extension LineDensity {
  public var unit: Double { 1 }
  public func level(at distances: Distances) -> Double? { nil }
  public var hasSlope: Bool { true }
  public var normaliserNoise: Double { 4 }

  public var isSymmetric: Bool { false }

  public func jet(
    at distances: Distances, from anchor: Distances, offset: Lanes, slope: Double,
    omitting omitted: Int?
  ) -> DensityJet? { nil }

  public func sample(_ first: Double, _ second: Double) -> Double? { nil }
}

/// The distances of eight points from the marks of a density: `y - mark`.
public struct Distances: Sendable {
  var first: Lanes
  var second: Lanes
  var third: Lanes

  /// The distances from the mark at `index`, 0 to 2: of more marks only the first three are told.
  public subscript(index: Int) -> Lanes {
    @inline(__always) get { index == 0 ? first : index == 1 ? second : third }
  }
}

/// A density at eight points.
public struct DensityJet {
  /// `log q` in units of ``LineDensity/unit``, of a jet seen from an anchor less that of the anchor.
  public var log: Lanes
  /// `q'/q`.
  public var slope: Lanes
  /// The same less that of the anchor, if there is one.
  public var change: Lanes
  /// `q''/q - 2 c q'/q + c^2` for the reference slope c, which is `(log q)'' + ((log q)' - c)^2`:
  /// whichever cancels less.
  public var curved: Lanes
  /// What rounding may have made of each of them (of the slope's change), in units of `u = 2^-53`, distances
  /// with a relative error of 2 u included.
  public var noise: Noise

  /// Bounds of rounding errors, in units of u.
  public struct Noise {
    public var log: Lanes
    public var slope: Lanes
    public var curved: Lanes

    public init(log: Lanes, slope: Lanes, curved: Lanes) {
      (self.log, self.slope, self.curved) = (log, slope, curved)
    }
  }

  /// A jet whose numbers have small relative errors, unless `noise` says otherwise.
  public init(
    log: Lanes, slope: Lanes, change: Lanes? = nil, curved: Lanes, noise: Noise? = nil
  ) {
    (self.log, self.slope, self.curved) = (log, slope, curved)
    self.change = change ?? slope
    self.noise =
      noise
      ?? Noise(
        log: Lanes.magnitude(log).scaled(by: 2) + Lanes(2.0),
        slope: Lanes.magnitude(slope).scaled(by: 4),
        curved: Lanes.magnitude(curved).scaled(by: 8))
  }
}

/// A marked place on the line and how the density behaves on both sides of it.
public struct DensityMark: Sendable {
  /// `q(y) = exp(logLevel)/l (|y - b|/l)^(exponent - 1) (1 + slope (y - b) + ...)` on one side of b, with the
  /// density's ``LineDensity/unit`` l.
  public struct Side: Sendable {
    /// The density behaves like the distance to this power less one.
    public var exponent: Double
    /// The logarithm of the factor of that power.
    public var logLevel: Double
    public var slope: Double

    public init(exponent: Double = 1, logLevel: Double, slope: Double = 0) {
      (self.exponent, self.logLevel, self.slope) = (exponent, logLevel, slope)
    }
  }

  /// The place on the line.
  public var position: Double
  /// `nil` outside the support.
  public var left: Side?
  /// `nil` outside the support.
  public var right: Side?
  /// Whether q is smooth here: a mark for its own sake.
  public var isSmooth: Bool

  /// Whether q has the same limit from both sides, finite and not zero.
  var isContinuous: Bool {
    if isSmooth { return true }
    guard let left, let right else { return false }
    return left.exponent == 1 && right.exponent == 1 && left.logLevel == right.logLevel
  }

  /// A place where q or a derivative jumps.
  public init(_ position: Double, left: Side?, right: Side?) {
    (self.position, self.left, self.right, isSmooth) = (position, left, right, false)
  }

  /// A place where q is smooth.
  public init(smooth position: Double) {
    (self.position, left, right, isSmooth) = (position, nil, nil, true)
  }
}

extension DensityMark.Side {
  /// Whether q has a limit here and q' an integral that converges with some speed.
  var hasLimit: Bool { exponent == 1 || exponent - 1 >= Self.slowest }
  /// Whether q' has a limit here too and q'' such an integral.
  var hasSlope: Bool { exponent == 1 || exponent == 2 || exponent - 2 >= Self.slowest }

  /// The smallest exponent that a map `y = t^64` makes smooth.
  static let slowest = 0x1p-4
}

extension DensityMark {
  /// Whether this is an end of the support.
  var isEnd: Bool { !isSmooth && (left == nil || right == nil) }

  /// The jump of q across the mark over `exp(logLevel)`, by sides: (left, right).
  var levels: [(sign: Double, side: Side)] {
    if isSmooth { return [] }
    return [left.map { (-1.0, $0) }, right.map { (1.0, $0) }].compactMap { $0 }
  }

  /// The power n of a map `y = t^n` that makes `y^(exponent - 1) dy`, and its two derivatives where they
  /// are integrated, smooth enough for polynomials: `t^(n exponent - 1)` times powers of `t^n`.
  static func power(smoothing exponent: Double) -> Double {
    if exponent == exponent.rounded() || exponent > 12 { return 1 }
    if 2 * exponent == (2 * exponent).rounded() { return 2 }
    let side = Side(exponent: exponent, logLevel: 0)
    if !side.hasLimit { return max(1, (8 * exponent).rounded(.up)) / exponent }
    let lowest = side.hasSlope ? exponent - 2 : exponent - 1
    return min(64, max(2, (4 / lowest).rounded(.up)))
  }
}
