/// Independent factors, each a target on axes of its own: densities on the line, boxes, mixtures.
///
/// The posterior of a product is the product of the posteriors: log densities, traces and rates add up,
/// vectors are joined, matrices stand in blocks on the diagonal.
///
/// *Accuracy*: that of the factors.
public struct ProductTarget: QuadratureTarget, PartialTarget, LocatedTarget, MeasuredTarget {
  /// The targets on their own axes, in order.
  public let factors: [any Target]
  public let dimension: Int
  /// The first axis of every factor.
  private let starts: [Int]

  /// - Throws: `outOfDomain` without factors, `unsupported` for one with a source of its own.
  public init(_ factors: [any Target]) throws(FlowError) {
    guard !factors.isEmpty else {
      throw FlowError.outOfDomain("factors", 0, accepted: "[1, infinity) of them")
    }
    for (k, factor) in factors.enumerated() where factor is any SourcedTarget {
      throw FlowError(.unsupported, "factors", "factor \(k) has a source other than N(0, I)")
    }
    self.factors = factors
    var starts: [Int] = []
    var dimension = 0
    for factor in factors {
      starts.append(dimension)
      dimension += factor.dimension
    }
    (self.starts, self.dimension) = (starts, dimension)
  }

  public var cost: Int {
    factors.reduce(0) { $0 + $1.work }
  }

  private func axes(_ k: Int) -> Range<Int> { starts[k]..<starts[k] + factors[k].dimension }

  public func check(_ x: ArraySlice<Double>, at schedule: Schedule<Double>) throws(FlowError) {
    try check(x, at: schedule, for: .means)
  }

  public func check(
    _ x: ArraySlice<Double>, at schedule: Schedule<Double>, for wanted: Moments
  ) throws(FlowError) {
    let x = Array(x)
    for (k, factor) in factors.enumerated() {
      try (factor as? any PartialTarget)?.check(x[axes(k)], at: schedule, for: wanted)
    }
  }

  public func posterior(
    of x: [Lanes], at schedule: Schedule<Lanes>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Lanes> {
    var parts: [Posterior<Lanes>] = []
    for (k, factor) in factors.enumerated() {
      parts.append(
        try factor.posterior(of: Array(x[axes(k)]), at: schedule, wanted.subtracting(.weights)))
    }
    return joined(parts, wanted)
  }

  public func posterior(
    of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Dual<Lanes>> {
    var parts: [Posterior<Dual<Lanes>>] = []
    for (k, factor) in factors.enumerated() {
      parts.append(
        try factor.posterior(of: Array(x[axes(k)]), at: schedule, wanted.subtracting(.weights)))
    }
    return joined(parts, wanted)
  }

  public func estimate(
    of x: [Double], at schedule: Schedule<Double>, _ wanted: Moments
  ) throws(FlowError) -> EstimatedPosterior {
    guard x.count == dimension else {
      throw FlowError.dimensionMismatch("x", x.count, expected: dimension)
    }
    try check(x[...], at: schedule, for: wanted)
    var parts: [EstimatedPosterior] = []
    for (k, factor) in factors.enumerated() {
      let own = Array(x[axes(k)])
      if let factor = factor as? any QuadratureTarget {
        parts.append(try factor.estimate(of: own, at: schedule, wanted.subtracting(.weights)))
      } else {
        let lanes = try factor.posterior(
          of: own.map { Lanes($0) }, at: schedule.mapped { Lanes($0) },
          wanted.subtracting(.weights))
        parts.append(.closed(lanes.map { $0[0] }))
      }
    }
    return EstimatedPosterior(
      posterior: joined(parts.map(\.posterior), wanted), error: joined(parts.map(\.error), wanted),
      evaluations: parts.reduce(0) { $0 + $1.evaluations })
  }

  public func sample(_ index: UInt64, from random: RandomStream) -> [Double] {
    factors.enumerated().flatMap { k, factor in
      factor.sample(index, from: random.branch(UInt64(k)))
    }
  }

  public var rawMoments: RawMoments? {
    var result = RawMoments(mean: [], square: [])
    for factor in factors {
      guard let own = (factor as? any LocatedTarget)?.rawMoments else { return nil }
      result.mean += own.mean
      result.square += own.square
    }
    return result
  }

  public var extent: Extent? {
    var result: Extent?
    for factor in factors {
      guard let own = (factor as? any LocatedTarget)?.extent else { return nil }
      let last = result ?? own
      result = Extent(
        lower: min(last.lower, own.lower), upper: max(last.upper, own.upper),
        smallestVariance: min(last.smallestVariance, own.smallestVariance),
        largestVariance: max(last.largestVariance, own.largestVariance))
    }
    return result
  }

  /// Those of the factors, each on its own axes.
  package func magnitudes(
    of points: [Double], at schedules: [Schedule<Double>]
  ) throws(FlowError) -> [ComponentMagnitudes] {
    let rows = points.count / dimension
    var result = [ComponentMagnitudes](repeating: ComponentMagnitudes(dimension: 0), count: rows)
    for (k, factor) in factors.enumerated() {
      let own = (0..<rows).flatMap { row in axes(k).map { points[row * dimension + $0] } }
      let parts = try factor.componentMagnitudes(of: own, at: schedules)
      for row in 0..<rows { result[row].join(parts[row]) }
    }
    return result
  }

  private func joined<S: Scalar>(_ parts: [Posterior<S>], _ wanted: Moments) -> Posterior<S> {
    var result = Posterior<S>()
    func matrix(_ part: (Posterior<S>) -> [S]) -> [S] {
      var entries = [S](repeating: S(0.0), count: dimension * dimension)
      for (k, factor) in parts.enumerated() {
        let own = part(factor)
        let d = factors[k].dimension
        for i in 0..<d {
          for j in 0..<d { entries[(starts[k] + i) * dimension + starts[k] + j] = own[i * d + j] }
        }
      }
      return entries
    }
    func sum(_ part: (Posterior<S>) -> S) -> S { blockedSum(parts.count) { part(parts[$0]) } }
    result.logDensity = sum(\.logDensity)
    if wanted.contains(.means) {
      result.denoiser = parts.flatMap(\.denoiser)
      result.negativeScore = parts.flatMap(\.negativeScore)
    }
    if wanted.contains(.traces) {
      result.denoiserTrace = sum(\.denoiserTrace)
      result.negativeScoreTrace = sum(\.negativeScoreTrace)
      result.covarianceTraceOverVariance = sum(\.covarianceTraceOverVariance)
    }
    if wanted.contains(.rates) {
      result.alphaRate = sum(\.alphaRate)
      result.varianceRate = sum(\.varianceRate)
    }
    if wanted.contains(.jacobians) {
      result.denoiserJacobian = matrix(\.denoiserJacobian)
      result.negativeScoreJacobian = matrix(\.negativeScoreJacobian)
      result.covariance = matrix(\.covariance)
    }
    return result
  }
}
