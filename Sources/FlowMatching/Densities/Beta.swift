import RealModule

/// The beta density on [lower, upper]: `q(y) = s^(a-1) (1-s)^(b-1)/(B(a, b) (upper - lower))`,
/// `s = (y - lower)/(upper - lower)`. For a < 1 or b < 1 it is infinite at that end.
public struct BetaDensity: LineDensity {
  public let a: Double
  public let b: Double
  public let lower: Double
  public let upper: Double
  public let marks: [DensityMark]
  public let scale: Double
  public let normaliserNoise: Double
  private let logNormaliser: Double

  private var width: Double { upper - lower }
  public var center: Int { 1 }
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
    let width = upper - lower
    logNormaliser = -logBeta(a, b) - Double.log(width)
    let total = a + b
    // Three logarithms of the gamma function, each within 2 u of itself and 1 u.
    normaliserNoise = [a, b, total].reduce(abs(Double.log(width)) + 8) {
      $0 + 4 * abs(Double.logGamma($1))
    }
    let std = width * ((a / total) * (b / total) / (total + 1)).squareRoot()
    scale = min(width / 4, 2 * std)
    // Next to an end the other factor is (1 - d/w)^(c-1) = 1 - (c-1) d/w + ...
    let levels = (
      logNormaliser - (a - 1) * Double.log(width), logNormaliser - (b - 1) * Double.log(width)
    )
    marks = [
      DensityMark(
        lower, left: nil,
        right: .init(exponent: a, logLevel: levels.0, slope: -(b - 1) / width)),
      DensityMark(smooth: lower + width * (a / total)),
      DensityMark(
        upper, left: .init(exponent: b, logLevel: levels.1, slope: (a - 1) / width), right: nil),
    ]
  }

  public func jet(at distances: Distances, slope c: Double) -> DensityJet {
    let left = distances.first
    let right = -distances.third
    var log = Lanes(logNormaliser)
    var size = Lanes(abs(logNormaliser) + 4 * (abs(a - 1) + abs(b - 1)))
    if a != 1 {
      let part = Lanes.log(left / Lanes(width)).scaled(by: a - 1)
      (log, size) = (log + part, size + Lanes.magnitude(part))
    }
    if b != 1 {
      let part = Lanes.log(right / Lanes(width)).scaled(by: b - 1)
      (log, size) = (log + part, size + Lanes.magnitude(part))
    }
    let p = Lanes(1.0) / left
    let q = Lanes(1.0) / right
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
      log: log, slope: slope, curved: chosen(centred, plain),
      noise: .init(
        log: size.scaled(by: 2), slope: slopeNoise,
        curved: chosen(centredSize, plainSize + Lanes(c * c)).scaled(by: 8)))
  }

  /// `-(y - y0) ((a-1)/(l l0) + (b-1)/(r r0))` with the distances l and r from both ends.
  public func slopeChange(
    at distances: Distances, from anchor: Distances, offset: Lanes
  ) -> SlopeChange? {
    let left = Lanes(a - 1) / (distances.first * anchor.first)
    let right = Lanes(b - 1) / (distances.third * anchor.third)
    let size = Lanes.magnitude(left) + Lanes.magnitude(right)
    return SlopeChange(value: -(offset * (left + right)), size: Lanes.magnitude(offset) * size)
  }
}

/// `log B(a, b)`.
func logBeta(_ a: Double, _ b: Double) -> Double {
  Double.logGamma(a) + Double.logGamma(b) - Double.logGamma(a + b)
}
