import RealModule

/// The uniform density on [lower, upper], by quadrature: a check on ``UniformBoxes``, which has it in
/// closed form.
public struct UniformDensity: LineDensity {
  /// The lower end of the support.
  public let lower: Double
  /// The upper end of the support.
  public let upper: Double
  public let marks: [DensityMark]

  public var center: Int { 1 }
  public var unit: Double { upper - lower }
  public var isSymmetric: Bool {
    LineCoordinate(marks[1].position, -lower) == .init(upper, -marks[1].position)
  }
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
    marks = [
      DensityMark(lower, left: nil, right: .init(logLevel: 0)),
      DensityMark(smooth: lower + (upper - lower) / 2),
      DensityMark(upper, left: .init(logLevel: 0), right: nil),
    ]
  }

  public func jet(at distances: Distances, slope c: Double) -> DensityJet {
    DensityJet(
      log: .zero, slope: .zero, curved: Lanes(c * c),
      noise: .init(log: .zero, slope: .zero, curved: Lanes(2 * c * c)))
  }

  public func jet(
    at distances: Distances, from anchor: Distances, offset: Lanes, slope c: Double,
    omitting omitted: Int?
  ) -> DensityJet? {
    jet(at: distances, slope: c)
  }

  public func sample(_ first: Double, _ second: Double) -> Double? {
    (1 - first) * lower + first * upper
  }
}
