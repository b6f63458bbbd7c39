import RealModule

/// The beta density on [lower, upper]: `q(y) = s^(a-1) (1-s)^(b-1)/(B(a, b) (upper - lower))`,
/// `s = (y - lower)/(upper - lower)`. For a < 1 or b < 1 it is infinite at that end.
///
/// It is known relative to its value at the mean, where no part of its logarithm is larger than the whole.
public struct BetaDensity: LineDensity {
  /// The exponent a: the density is like `(y - lower)^(a - 1)` next to the lower end.
  public let a: Double
  /// The exponent b: the density is like `(upper - y)^(b - 1)` next to the upper end.
  public let b: Double
  /// The lower end of the support.
  public let lower: Double
  /// The upper end of the support.
  public let upper: Double
  public let marks: [DensityMark]
  public let scale: Double
  /// The length, about a standard deviation, that a Gaussian as high as q at the mean would have.
  public let unit: Double
  /// `log (l q)` at the mean, and the mean's distances from both ends.
  private let logAtMean: Double
  private let left: Double
  private let right: Double

  private var width: Double { upper - lower }
  public var center: Int { 1 }
  public var isSymmetric: Bool {
    a == b && LineCoordinate(marks[1].position, -lower) == .init(upper, -marks[1].position)
  }
  public var normaliserNoise: Double { 16 + 2 * abs(logAtMean) }
  public var mean: Double? { lower + width * (a / (a + b)) }
  public var variance: Double? {
    let total = a + b
    return width * width * (a / total) * (b / total) / (total + 1)
  }

  /// - Throws: `nonFinite`, or `outOfDomain` for a or b not positive or unless `lower < upper`.
  public init(a: Double, b: Double, lower: Double = 0, upper: Double = 1) throws(FlowError) {
    try FlowError.checkPositive(a, "a")
    try FlowError.checkPositive(b, "b")
    try FlowError.checkFinite(lower, "lower")
    try FlowError.checkFinite(upper, "upper")
    guard lower < upper, (upper - lower).isFinite else {
      throw FlowError.outOfDomain("upper", upper, accepted: "(\(lower), infinity)")
    }
    (self.a, self.b, self.lower, self.upper) = (a, b, lower, upper)
    let (width, total) = (upper - lower, a + b)
    (left, right) = (width * (a / total), width * (b / total))
    unit = width * ((a / total) * (b / total) / total).squareRoot()
    logAtMean = -Double.log(2 * .pi) / 2 - GammaRemainder.beta(a, b)
    let std = width * ((a / total) * (b / total) / (total + 1)).squareRoot()
    scale = min(width / 4, 2 * std)
    // Next to an end q is about exp(level) d^(a-1), and the other factor 1 - (b-1) d/width.
    let shares = (-Double.log(onePlus: b / a), -Double.log(onePlus: a / b))
    let levels = (
      logAtMean - (b - 1) * shares.1 - (a - 1) * Double.log(left / unit),
      logAtMean - (a - 1) * shares.0 - (b - 1) * Double.log(right / unit)
    )
    marks = [
      DensityMark(
        lower, left: nil,
        right: .init(exponent: a, logLevel: levels.0, slope: -(b - 1) / width)),
      DensityMark(smooth: lower + left),
      DensityMark(
        upper, left: .init(exponent: b, logLevel: levels.1, slope: (a - 1) / width), right: nil),
    ]
  }

  /// The distances of eight places, or of one in every lane, from both ends.
  private struct Ends {
    let left: Lanes
    let right: Lanes

    init(_ distances: Distances) { (left, right) = (distances.first, -distances.third) }
    init(left: Double, right: Double) { (self.left, self.right) = (Lanes(left), Lanes(right)) }
  }

  /// The factors that are infinite at their ends as powers: their logarithm is large there, and so is its
  /// rounding.
  public func level(at distances: Distances) -> Double? {
    guard a < 1 || b < 1 else { return nil }
    let (own, mean) = (Ends(distances), Ends(left: left, right: right))
    let offset = left < right ? own.left - Lanes(left) : Lanes(right) - own.right
    let rest =
      a < 1 && b < 1
      ? 0 : logChange(own, from: mean, offset, omitting: a < 1 ? 0 : 2).value[0]
    guard abs(logAtMean + rest) < 4 else { return nil }
    let first = a < 1 ? Double.pow(own.left[0] / left, a - 1) : 1
    let second = b < 1 ? Double.pow(own.right[0] / right, b - 1) : 1
    let level = Double.exp(logAtMean + rest) * first * second
    return level.isNormal ? level : nil
  }

  public func jet(at distances: Distances, slope c: Double) -> DensityJet {
    let (own, mean) = (Ends(distances), Ends(left: left, right: right))
    // From the nearer end: the mark at the mean is rounded.
    let offset = left < right ? own.left - Lanes(left) : Lanes(right) - own.right
    let (change, size) = logChange(own, from: mean, offset, omitting: nil)
    var jet = jet(at: own, slope: c)
    jet.log = change + Lanes(logAtMean)
    jet.noise.log = size.scaled(by: 4) + Lanes(2 * abs(logAtMean) + 4)
    return jet
  }

  /// `-(y - y0) ((a-1)/(l l0) + (b-1)/(r r0))` is the change of the slope, with the distances l and r from
  /// both ends.
  public func jet(
    at distances: Distances, from anchor: Distances, offset: Lanes, slope c: Double,
    omitting omitted: Int?
  ) -> DensityJet? {
    let (own, start) = (Ends(distances), Ends(anchor))
    let (change, size) = logChange(own, from: start, offset, omitting: omitted)
    var jet = jet(at: own, slope: c)
    jet.log = change
    jet.noise.log = size.scaled(by: 4) + Lanes(2.0)
    // What an omitted slope leaves is that of the anchor.
    let byLeft =
      omitted == 0
      ? Lanes(a - 1) / start.left : ((offset / own.left) / start.left).scaled(by: a - 1)
    let byRight =
      omitted == 2
      ? Lanes(1 - b) / start.right : ((offset / own.right) / start.right).scaled(by: b - 1)
    jet.change = -(byLeft + byRight)
    if omitted == 0 { jet.slope = Lanes(1 - b) / own.right }
    if omitted == 2 { jet.slope = Lanes(a - 1) / own.left }
    jet.noise.slope = (Lanes.magnitude(byLeft) + Lanes.magnitude(byRight)).scaled(by: 8)
    return jet
  }

  /// Slope and curvature; the logarithm is left at zero.
  private func jet(at ends: Ends, slope c: Double) -> DensityJet {
    let p = Lanes(1.0) / ends.left
    let q = Lanes(1.0) / ends.right
    let slope = p.scaled(by: a - 1) - q.scaled(by: b - 1)
    let cross = (p * q).scaled(by: 2 * (a - 1) * (b - 1))
    let ratio =
      (p * p).scaled(by: (a - 1) * (a - 2)) - cross + (q * q).scaled(by: (b - 1) * (b - 2))
    let plain = ratio + (Lanes(c) - slope - slope).scaled(by: c)
    let curvature = (p * p).scaled(by: 1 - a) - (q * q).scaled(by: b - 1)
    let change = slope - Lanes(c)
    let centred = curvature.addingProduct(change, change)
    let ratioSize =
      (p * p).scaled(by: abs((a - 1) * (a - 2))) + Lanes.magnitude(cross)
      + (q * q).scaled(by: abs((b - 1) * (b - 2)))
    let plainSize = ratioSize + Lanes.magnitude(slope).scaled(by: 2 * abs(c))
    let centredSize =
      ((p * p).scaled(by: abs(1 - a)) + (q * q).scaled(by: abs(b - 1))).addingProduct(
        change, change)
    let isCentred = Lanes.choose(
      centredSize, below: plainSize + Lanes(c * c), then: Lanes(1.0), otherwise: .zero)
    func chosen(_ then: Lanes, _ otherwise: Lanes) -> Lanes {
      Lanes.choose(isCentred, below: Lanes(0.5), then: otherwise, otherwise: then)
    }
    let slopeNoise = (Lanes.magnitude(p.scaled(by: a - 1)) + Lanes.magnitude(q.scaled(by: b - 1)))
      .scaled(by: 4)
    return DensityJet(
      log: .zero, slope: slope, curved: chosen(centred, plain),
      noise: .init(
        log: .zero, slope: slopeNoise,
        curved: chosen(centredSize, plainSize + Lanes(c * c)).scaled(by: 8)))
  }

  /// `(a-1) log(l/l0) + (b-1) log(r/r0)` and what it is the sum of. Where `y - y0` is small against the distances
  /// from both ends the straight parts, which may be large and cancel, are taken together.
  private func logChange(
    _ own: Ends, from start: Ends, _ offset: Lanes, omitting omitted: Int?
  ) -> (value: Lanes, size: Lanes) {
    let (byLeft, byRight) = (offset / start.left, -(offset / start.right))
    let straight = (Lanes(a - 1) / start.left - Lanes(b - 1) / start.right) * offset
    func part(_ exponent: Double, _ step: Lanes, _ ratio: Lanes) -> (bent: Lanes, whole: Lanes) {
      let bent = Lanes.logMinusLinear(step).scaled(by: exponent)
      if Self.isNear(step) { return (bent, step.scaled(by: exponent) + bent) }
      let far = Lanes.log(ratio).scaled(by: exponent)
      return (bent, Self.near(step, then: step.scaled(by: exponent) + bent, otherwise: far))
    }
    let left = part(a - 1, byLeft, own.left / start.left)
    let right = part(b - 1, byRight, own.right / start.right)
    let size =
      (Lanes.magnitude(straight) + Lanes.magnitude(left.bent)) + Lanes.magnitude(right.bent)
    if omitted == 0 { return (right.whole, Lanes.magnitude(right.whole)) }
    if omitted == 2 { return (left.whole, Lanes.magnitude(left.whole)) }
    let apart = (Lanes.magnitude(left.whole) + Lanes.magnitude(right.whole)) + Lanes(1.0)
    func chosen(_ near: Lanes, _ far: Lanes) -> Lanes {
      Self.near(byLeft, then: Self.near(byRight, then: near, otherwise: far), otherwise: far)
    }
    return (
      chosen(straight + (left.bent + right.bent), left.whole + right.whole), chosen(size, apart)
    )
  }

  /// Where ``Lanes/logMinusLinear(_:)`` holds.
  private static func near(_ step: Lanes, then: Lanes, otherwise: Lanes) -> Lanes {
    Lanes.choose(
      step, below: Lanes(-0.45), then: otherwise,
      otherwise: Lanes.choose(step, below: Lanes(0.8), then: then, otherwise: otherwise))
  }

  private static func isNear(_ step: Lanes) -> Bool {
    !Lanes.any(step, below: Lanes(-0.45)) && Lanes.all(step, below: Lanes(0.8))
  }
}
