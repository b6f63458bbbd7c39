import RealModule

/// The uniform density on [lower, upper], by quadrature: a check on ``UniformBoxes``, which has it in
/// closed form.
public struct UniformDensity: LineDensity {
  public let lower: Double
  public let upper: Double
  public let marks: [DensityMark]
  private let logLevel: Double

  public var center: Int { 0 }
  public var scale: Double { (upper - lower) / 4 }
  public var mean: Double? { lower + (upper - lower) / 2 }
  public var variance: Double? { (upper - lower) * (upper - lower) / 12 }

  /// - Throws: `nonFinite`, or `outOfDomain` unless `lower < upper`.
  public init(lower: Double, upper: Double) throws(FlowError) {
    try FlowError.checkFinite(lower, "lower")
    try FlowError.checkFinite(upper, "upper")
    guard lower < upper, (upper - lower).isFinite else {
      throw FlowError.outOfDomain("upper", upper, accepted: "(\(lower), infinity)")
    }
    self.lower = lower
    self.upper = upper
    logLevel = -Double.log(upper - lower)
    marks = [
      DensityMark(lower, left: nil, right: .init(logLevel: logLevel)),
      DensityMark(upper, left: .init(logLevel: logLevel), right: nil),
    ]
  }

  public func jet(at distances: Distances, slope c: Double) -> DensityJet {
    DensityJet(
      log: Lanes(logLevel), slope: .zero, curved: Lanes(c * c),
      noise: .init(log: .zero, slope: .zero, curved: Lanes(2 * c * c)))
  }

  public func sample(_ first: Double, _ second: Double) -> Double? {
    (1 - first) * lower + first * upper
  }
}
