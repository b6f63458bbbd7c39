import RealModule

/// Points on a curve with isotropic Gaussian noise: `q = integral of N(c(w), s^2 I) dmu(w)`.
///
/// By quadrature over w: at every node of the curve stands a component of a mixture. How many nodes are
/// needed follows from the width of the Gaussian factor along the curve, `sqrt(V)/alpha` with
/// `V = alpha^2 s^2 + v`, less where the curve bends around or ends before a far point; the tables are shared by all queries.
///
/// *Accuracy*: 8 u (|y| + sensitivity), held by the fixtures; ``estimate(of:at:_:)`` compares with twice the
/// nodes.
public struct CurveTarget: QuadratureTarget, PartialTarget, LocatedTarget {
  /// The curve without its noise.
  public let curve: PlaneCurve
  /// s, the std of the noise around the curve.
  public let std: Double
  let nodes: CurveNodes

  public var dimension: Int { 2 }
  public var cost: Int { 4000 }

  /// - Throws: `nonFinite`, or `outOfDomain` for a negative std.
  public init(_ curve: PlaneCurve, std: Double) throws(FlowError) {
    try FlowError.checkNonNegative(std, "std")
    (self.curve, self.std) = (curve, std)
    nodes = CurveNodes(curve, std: std)
  }

  public func check(_ x: ArraySlice<Double>, at schedule: Schedule<Double>) throws(FlowError) {
    try FlowError.checkSpread(std * std, isZero: std == 0, at: schedule, "std", of: "the curve")
  }

  public func posterior(
    of x: [Lanes], at schedule: Schedule<Lanes>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Lanes> {
    let levels = try levels(x, schedule)
    let first = nodes.table(levels[0]).posterior(of: x, at: schedule, own(wanted))
    if levels.allSatisfy({ $0 == levels[0] }) { return first }
    var answers = [levels[0]: first]
    for level in levels where answers[level] == nil {
      answers[level] = nodes.table(level).posterior(of: x, at: schedule, own(wanted))
    }
    return Posterior.side(levels.indices.map { lane in answers[levels[lane]]!.map { $0[lane] } })
  }

  public func posterior(
    of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Dual<Lanes>> {
    let levels = try levels(x.map(\.value), schedule.mapped(\.value))
    let first = nodes.table(levels[0]).posterior(of: x, at: schedule, own(wanted))
    if levels.allSatisfy({ $0 == levels[0] }) { return first }
    var answers = [levels[0]: first]
    for level in levels where answers[level] == nil {
      answers[level] = nodes.table(level).posterior(of: x, at: schedule, own(wanted))
    }
    return Posterior.side(
      levels.indices.map { lane in
        answers[levels[lane]]!.map { Dual($0.value[lane], $0.derivative[lane]) }
      })
  }

  /// A curve's nodes are no components.
  private func own(_ wanted: Moments) -> Moments { wanted.subtracting(.weights) }

  /// The level that every lane needs.
  /// - Throws: `noConvergence`, with the best log density so far, where there is none.
  private func levels(
    _ x: [Lanes], _ schedule: Schedule<Lanes>
  ) throws(FlowError) -> [CurveNodes.Fineness] {
    let coarse = nodes.table(.coarsest)
    var levels: [CurveNodes.Fineness] = []
    for lane in 0..<Lanes.count {
      let level = level(
        [x[0][lane], x[1][lane]], schedule.mapped { $0[lane] }, coarse)
      guard level.level <= CurveNodes.finest else {
        let finest = CurveNodes.Fineness(level: CurveNodes.finest, depth: 0)
        let best = nodes.table(finest).posterior(of: x, at: schedule, [])
        throw FlowError(
          .noConvergence, "x",
          "the curve is too narrow for its finest nodes at x = [\(x[0][lane]), \(x[1][lane])]; the log "
            + "density is about \(best.logDensity[lane])")
      }
      levels.append(level)
    }
    return levels
  }

  private func level(
    _ x: [Double], _ schedule: Schedule<Double>, _ coarse: GaussianMixture
  ) -> CurveNodes.Fineness {
    let alpha = schedule.alpha
    let variance = (alpha * std) * (alpha * std) + schedule.variance
    guard case .isotropic(let family) = coarse.shape else { return .coarsest }
    var square = Double.infinity
    for k in 0..<family.count {
      let a = x[0] - alpha * family.means[2 * k]
      let b = x[1] - alpha * family.means[2 * k + 1]
      square = min(square, a * a + b * b)
    }
    // Nodes farther away than this weigh less than e^-40 of the nearest.
    let reach = (square + 80 * variance).squareRoot()
    let curvature = curve.pieces.reduce(0.0) { max($0, $1.curvature) }
    let rate = (alpha * (alpha + curvature * reach) / variance).squareRoot()
    return nodes.fineness(rate: rate, endRate: alpha * reach / variance)
  }
}

extension CurveTarget {
  /// A piece by its share, a place on it, and noise around it.
  public func sample(_ index: UInt64, from random: RandomStream) -> [Double] {
    let (which, place) = random.uniforms(at: 2 &* index)
    let noise = random.normals(2, at: 2 &* index &+ 1)
    var rest = which
    var piece = curve.pieces[curve.pieces.count - 1]
    for candidate in curve.pieces {
      rest -= candidate.share
      if rest <= 0 {
        piece = candidate
        break
      }
    }
    let point = piece.point(piece.parameter(place))
    return [point.0.addingProduct(std, noise[0]), point.1.addingProduct(std, noise[1])]
  }

  public var rawMoments: RawMoments? { nodes.table(.init(level: 2, depth: 0)).rawMoments }

  public var extent: Extent? { nodes.table(.init(level: 2, depth: 0)).extent }
}

extension CurveTarget: MeasuredTarget {
  /// Of the moments alone: a curve's rounding errors are those of a mixture.
  package func magnitudes(
    of points: [Double], at schedules: [Schedule<Double>]
  ) throws(FlowError) -> [ComponentMagnitudes] {
    try magnitudesFromMoments(of: points, at: schedules)
  }
}

extension CurveTarget {
  public func estimate(
    of x: [Double], at schedule: Schedule<Double>, _ wanted: Moments
  ) throws(FlowError) -> EstimatedPosterior {
    guard x.count == 2 else { throw FlowError.dimensionMismatch("x", x.count, expected: 2) }
    try check(x[...], at: schedule)
    let (lanes, wide) = (x.map { Lanes($0) }, schedule.mapped { Lanes($0) })
    let level = try levels(lanes, wide)[0]
    func posterior(_ level: CurveNodes.Fineness) -> Posterior<Double> {
      nodes.table(level).posterior(of: lanes, at: wide, own(wanted)).map { $0[0] }
    }
    let value = posterior(level)
    let fine = posterior(level.next)
    let counts = nodes.table(level).count + nodes.table(level.next).count
    return EstimatedPosterior(
      posterior: value,
      error: rounding(x, schedule, level, value, wanted).adding(value, minus: fine),
      evaluations: counts)
  }

  /// 16 u of the magnitudes of what is added.
  private func rounding(
    _ x: [Double], _ schedule: Schedule<Double>, _ level: CurveNodes.Fineness,
    _ value: Posterior<Double>, _ wanted: Moments
  ) -> Posterior<Double> {
    let table = nodes.table(level)
    let (lanes, wide) = (x.map { Lanes($0) }, schedule.mapped { Lanes($0) })
    let shares = table.posterior(of: lanes, at: wide, .weights).weights.map { $0[0] }
    let size = table.magnitudes(of: x[...], at: schedule, weights: shares[...])
    let alpha = schedule.alpha
    let unit = 16 * 0x1p-53
    var result = Posterior<Double>()
    let far = zip(size.g, x).reduce(0.0) { $0 + $1.0 * abs($1.1) }
    let place = zip(size.g, size.denoiser).reduce(0.0) { $0 + $1.0 * $1.1 }
    let square = size.square.reduce(0, +)
    let inverse = size.inverse.reduce(0, +)
    let variance = (alpha * std) * (alpha * std) + schedule.variance
    result.logDensity =
      unit * (1 + square * variance + abs(Double.log(variance)) + far + alpha * place)
    // A node is rounded to its own size: every node's g and weight are off in their own way.
    let shift = 0x1p-52 * alpha * size.denoiser.reduce(0, +)
    let weights = shift * square.squareRoot()
    let ownShift = shift + 0x1p-52 * x.reduce(0.0) { $0 + abs($1) }
    // (Without means the score is not known, nor needed.)
    let moved = value.negativeScore.indices.map { i in
      let scatter = max(size.square[i] - value.negativeScore[i] * value.negativeScore[i], inverse)
      return ownShift * inverse + weights * scatter.squareRoot()
    }
    if wanted.contains(.means) {
      result.negativeScore = size.g.indices.map { unit * size.g[$0] + moved[$0] }
      result.denoiser = size.denoiser.map { unit * $0 }
    }
    // Cov/v is S/V and v times the covariance of the nodes over V^2: at most that of g over alpha^2, and
    // at most E|E_k|^2/v.
    let own = 2 * std * std / variance
    let ratio = schedule.variance / max(alpha * alpha, .leastNormalMagnitude)
    let bound = size.denoiser.reduce(0.0) { $0 + $1 * $1 } / schedule.variance
    let uneven = unit + 2 * weights
    let whole = uneven * (own + min(ratio * square, bound))
    if wanted.contains(.traces) {
      (result.covarianceTraceOverVariance, result.denoiserTrace) = (whole, alpha * whole)
      result.negativeScoreTrace = uneven * (inverse + square)
    }
    if wanted.contains(.jacobians) {
      result.denoiserJacobian = [Double](repeating: alpha * whole, count: 4)
      result.negativeScoreJacobian = [Double](repeating: uneven * (inverse + square), count: 4)
      result.covariance = [Double](repeating: schedule.variance * whole, count: 4)
    }
    if wanted.contains(.rates) {
      result.alphaRate = uneven * (place + size.spread.reduce(0, +))
      result.varianceRate = uneven * (inverse + square)
    }
    return result
  }
}

extension Posterior where S == Double {
  /// Adds the magnitude of a difference to every number.
  func adding(_ a: Posterior, minus b: Posterior) -> Posterior {
    var result = self
    func add(_ path: WritableKeyPath<Posterior, Double>) {
      result[keyPath: path] += abs(a[keyPath: path] - b[keyPath: path])
    }
    func addAll(_ path: WritableKeyPath<Posterior, [Double]>) {
      for i in result[keyPath: path].indices {
        result[keyPath: path][i] += abs(a[keyPath: path][i] - b[keyPath: path][i])
      }
    }
    for path in [
      \Posterior.logDensity, \.denoiserTrace, \.negativeScoreTrace, \.covarianceTraceOverVariance,
      \.alphaRate, \.varianceRate,
    ] { add(path) }
    for path in [
      \Posterior.denoiser, \.negativeScore, \.denoiserJacobian, \.negativeScoreJacobian,
      \.covariance,
    ] { addAll(path) }
    return result
  }
}
