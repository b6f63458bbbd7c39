import RealModule

/// A density in the plane given by a formula for its logarithm, up to a constant, its posterior moments
/// by nested quadrature: over the second axis at every node of the first.
///
///     let banana = try PlaneTarget(scale: (1, 1)) { a, b in
///       -(a * a) / 2 - (b - a * a) * (b - a * a)
///     }
///
/// The formula is evaluated some ten thousand times per answer. Between breaks it must be smooth, and no
/// feature far narrower than `scale`.
///
/// *Accuracy*: 1e-12 of the averages over the kernel by default, as ``estimate(of:at:_:)`` says. Score and
/// divergence are averages of (x - alpha x1)/v: next to the data they lose digits like 1/sigma and
/// 1/v. Derivatives on duals are those that the moments themselves give, no second route to them.
public struct PlaneTarget: QuadratureTarget, PartialTarget, LocatedTarget {
  /// One axis: its support, places where the density or a derivative jumps, its bulk.
  public struct Axis: Sendable {
    /// The lower end of the support.
    public var lower: Double
    /// The upper end of the support.
    public var upper: Double
    /// Places where the density or a derivative jumps.
    public var breaks: [Double]
    public var center: Double
    public var scale: Double

    public init(
      lower: Double = -.infinity, upper: Double = .infinity, breaks: [Double] = [],
      center: Double = 0, scale: Double = 1
    ) {
      (self.lower, self.upper, self.breaks) = (lower, upper, breaks)
      (self.center, self.scale) = (center, scale)
    }
  }

  /// `exp(logDensity)/Z`.
  public typealias Formula = @Sendable (Double, Double) -> Double

  let first: AxisMarks
  let second: AxisMarks
  let formula: Formula
  /// How far the quadrature goes.
  public let limits: QuadratureLimits
  /// The density's own mass and moments.
  private let prior: PlaneMoments
  private let sampler: LineSampler<PlaneSlices>

  public var dimension: Int { 2 }
  public var cost: Int { 10_000_000 }

  /// - Throws: `nonFinite`, `outOfDomain` for an empty support, a place outside it or a scale that is not
  ///   positive, `noConvergence` where the density has no integral.
  public init(
    _ first: Axis = Axis(), _ second: Axis = Axis(), limits: QuadratureLimits? = nil,
    _ logDensity: @escaping Formula
  ) throws(FlowError) {
    (self.first, self.second) = (try AxisMarks(first), try AxisMarks(second))
    formula = logDensity
    if let limits {
      self.limits = limits
    } else {
      self.limits = try .init(relativeTolerance: 0x1p-40)
    }
    let flat = Schedule(
      alpha: 0.0, sigma: 1, variance: 1, alphaDot: 0, sigmaDot: 0, varianceDot: 0)
    let slices = PlaneSlices(
      first: self.first, second: self.second, formula: logDensity, x: 0, flat, self.limits)
    prior = try PlaneMoments(slices, x: 0)
    sampler = try LineSampler(slices, limits: self.limits)
  }

  public func check(_ x: ArraySlice<Double>, at schedule: Schedule<Double>) throws(FlowError) {
    guard schedule.variance > 0 else {
      throw FlowError(.unsupported, "t", "sigma(t) = 0: the density's own slope is not known")
    }
  }

  public func posterior(
    of x: [Lanes], at schedule: Schedule<Lanes>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Lanes> {
    try byLane(x, schedule) { x, schedule throws(FlowError) in
      try estimate(of: x, at: schedule, wanted).posterior
    }
  }

  /// - Throws: also `unsupported` for derivatives of more than the log density, or of the means in time.
  public func posterior(
    of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Dual<Lanes>> {
    guard wanted.isDisjoint(with: [.traces, .jacobians, .rates, .weights]) else {
      throw FlowError(.unsupported, "target", "its second moments have no derivatives")
    }
    return try byLane(x, schedule) { x, schedule throws(FlowError) in
      let (alpha, v) = (schedule.alpha, schedule.variance)
      if wanted.contains(.means), alpha.derivative != 0 || v.derivative != 0 {
        throw FlowError(.unsupported, "target", "its means have no derivatives in time")
      }
      let p = try estimate(
        of: x.map(\.value), at: schedule.mapped(\.value), [.means, .jacobians, .rates]
      ).posterior
      var result = Posterior<Dual<Double>>()
      let along = x[0].derivative * p.negativeScore[0] + x[1].derivative * p.negativeScore[1]
      result.logDensity = Dual(
        p.logDensity,
        p.alphaRate * alpha.derivative + p.varianceRate * v.derivative - along)
      guard wanted.contains(.means) else { return result }
      func moved(_ values: [Double], _ jacobian: [Double]) -> [Dual<Double>] {
        (0..<2).map { i in
          Dual(
            values[i],
            jacobian[2 * i] * x[0].derivative + jacobian[2 * i + 1] * x[1].derivative)
        }
      }
      result.denoiser = moved(p.denoiser, p.denoiserJacobian)
      result.negativeScore = moved(p.negativeScore, p.negativeScoreJacobian)
      return result
    }
  }

  public func estimate(
    of x: [Double], at schedule: Schedule<Double>, _ wanted: Moments
  ) throws(FlowError) -> EstimatedPosterior {
    guard x.count == 2 else { throw FlowError.dimensionMismatch("x", x.count, expected: 2) }
    try check(x[...], at: schedule)
    var moments = prior
    if schedule.alpha == 0 {
      let square = x[0] * x[0] + x[1] * x[1]
      moments.logMass =
        -square / (2 * schedule.variance)
        - Double.log(2 * .pi * schedule.variance)
      moments.evaluations = 0
    } else {
      moments = try PlaneMoments(
        PlaneSlices(first: first, second: second, formula: formula, x: x[1], schedule, limits),
        x: x[0])
      moments.logMass -= prior.logMass
    }
    return EstimatedPosterior(
      posterior: moments.posterior(x, schedule, wanted), error: moments.errors(x, schedule, wanted),
      evaluations: moments.evaluations)
  }

  /// By inversion along the first axis, then along the second given the first: milliseconds.
  public func sample(_ index: UInt64, from random: RandomStream) -> [Double] {
    let (u, v) = random.uniforms(at: index)
    let a = sampler.sample(u)
    do throws(FlowError) {
      let slice = PlaneSlice(axis: second, formula: formula, first: a)
      return [a, try LineSampler(slice, limits: limits).sample(v)]
    } catch {
      preconditionFailure("the density at \(a), which was just drawn, has no mass: \(error)")
    }
  }

  /// `nil` unless the support is a rectangle.
  public var extent: Extent? {
    guard let a = first.support, let b = second.support else { return nil }
    return Extent(
      lower: min(a.lowerBound, b.lowerBound), upper: max(a.upperBound, b.upperBound),
      smallestVariance: 0, largestVariance: 0)
  }

  public var rawMoments: RawMoments? {
    RawMoments(
      mean: prior.mean,
      square: [
        prior.mean[0] * prior.mean[0] + prior.covariance[0],
        prior.mean[1] * prior.mean[1] + prior.covariance[2],
      ])
  }
}

/// The marks of one axis, for its frame.
struct AxisMarks: Sendable {
  let marks: [DensityMark]
  let center: Int
  let scale: Double
  /// `nil` if it has no end.
  let support: ClosedRange<Double>?

  init(_ axis: PlaneTarget.Axis) throws(FlowError) {
    guard axis.lower < axis.upper else {
      throw FlowError.outOfDomain("upper", axis.upper, accepted: "(\(axis.lower), infinity]")
    }
    try FlowError.checkFinite(axis.breaks, "breaks")
    try FlowError.checkFinite(axis.center, "center")
    try FlowError.checkPositive(axis.scale, "scale")
    for place in axis.breaks + [axis.center] where place < axis.lower || place > axis.upper {
      throw FlowError.outOfDomain("breaks", place, accepted: "[\(axis.lower), \(axis.upper)]")
    }
    let side = DensityMark.Side(logLevel: 0)
    var marks = Set(axis.breaks + [axis.lower, axis.upper].filter(\.isFinite)).map {
      DensityMark($0, left: $0 == axis.lower ? nil : side, right: $0 == axis.upper ? nil : side)
    }
    if !marks.contains(where: { $0.position == axis.center }) {
      marks.append(DensityMark(smooth: axis.center))
    }
    marks.sort { $0.position < $1.position }
    self.marks = marks
    center = marks.firstIndex { $0.position == axis.center }!
    scale = axis.scale
    support =
      axis.lower.isFinite && axis.upper.isFinite ? axis.lower...axis.upper : nil
  }
}
