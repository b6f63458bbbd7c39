import RealModule

/// The geometry of one axis without a density: what is left of an integrand is its kernel.
private struct FlatAxis: LineDensity {
  let marks: [DensityMark]
  let center: Int
  let scale: Double
  var mean: Double? { nil }
  var variance: Double? { nil }
  var hasSlope: Bool { false }

  func jet(at distances: Distances, slope: Double) -> DensityJet {
    DensityJet(log: .zero, slope: .zero, curved: .zero)
  }
}

/// Mass, mean and covariance of the posterior of a density in the plane at one query, by a quadrature
/// over the first axis whose integrand is one over the second.
struct PlaneMoments: Sendable {
  var logMass: Double
  var mean: [Double]
  /// Entries (0, 0), (0, 1), (1, 1).
  var covariance: [Double]
  /// The errors of the log mass, the means and the covariances.
  var massError: Double
  var meanErrors: [Double]
  var covarianceErrors: [Double]
  var evaluations: Int

  init(_ slices: PlaneSlices, x: Double) throws(FlowError) {
    let schedule = slices.schedule
    let isPrior = schedule.alpha == 0
    let frame =
      isPrior ? LineFrame(prior: slices) : LineFrame(slices, x: x, schedule)
    var search = LineIntegrand(
      slices, frame, x: x, schedule, anchor: LineFrame.Place(mark: slices.center, offset: 0))
    let live = search.findAnchor()
    let axis = FlatAxis(marks: slices.marks, center: slices.center, scale: slices.scale)
    let outer = LineIntegrand(axis, frame, x: x, schedule, anchor: search.anchor)
    let anchor =
      outer.reference.data
    let unit = outer.unitData
    let reference = slices.inner(anchor)
    // Every addend carries the inner rule's tolerance and its own roundings.
    let inner = 0x1p53 * slices.limits.relativeTolerance + 64
    var count = 0
    let result = AdaptiveQuadrature(limits: slices.limits, width: 7).integrate(pieces: live) {
      piece, t, row, noise in
      let node = outer.node(piece, t)
      var (log, mean, variance) = (Lanes(0.0), Lanes(0.0), Lanes(0.0))
      for lane in 0..<Lanes.count {
        let inner = slices.inner(anchor + unit * node.offset[lane])
        log[lane] = inner.log - reference.log
        mean[lane] = inner.mean - reference.mean
        variance[lane] = inner.variance
        count += inner.evaluations
      }
      row[0] = Lanes.exp(log + node.logRatio) * node.stretch
      row[1] = row[0] * node.offset
      row[2] = row[1] * node.offset
      row[3] = row[0] * mean
      row[4] = row[3] * mean
      row[5] = row[0] * variance
      row[6] = row[3] * node.offset
      // An inner mean is known to a part of the spread that it is the mean of.
      let size = Lanes.magnitude(mean) + Lanes.sqrt(variance)
      let offset = Lanes.magnitude(node.offset)
      for i in row.indices { noise[i] = Lanes.magnitude(row[i]).scaled(by: inner) }
      noise[3] = (row[0] * size).scaled(by: inner)
      noise[4] = (row[0] * size * size).scaled(by: 2 * inner)
      noise[5] = (row[0] * (variance + size * size)).scaled(by: inner)
      noise[6] = noise[3] * offset
    }
    evaluations = count
    let mass = result.values[0]
    guard result.converged, mass > 0, mass.isFinite else {
      throw FlowError(
        .noConvergence, "x",
        "the nested quadrature reached \(count) evaluations; the log density is about "
          + "\(reference.log + Double.log(mass))")
    }
    let e = result.values.map { $0 / mass }
    let off = result.values.indices.map { i in
      let own = result.errors[i] + e[i].magnitude * result.errors[0]
      return own / mass
    }
    let z = outer.anchorZ
    let kernel = isPrior ? 0 : -z * z / 2 - Double.log(2 * .pi * schedule.variance) / 2
    logMass = reference.log + kernel + Double.log(unit * mass)
    massError = off[0] + 0x1p-51 * (abs(reference.log) + abs(kernel))
    let own = 0x1p-53 * inner
    mean = [anchor + unit * e[1], reference.mean + e[3]]
    meanErrors = [
      unit * off[1] + 0x1p-51 * abs(mean[0]), off[3] + own * (abs(mean[1]) + e[5].squareRoot()),
    ]
    covariance = [
      unit * unit * (e[2] - e[1] * e[1]), unit * (e[6] - e[1] * e[3]), e[5] + (e[4] - e[3] * e[3]),
    ]
    covarianceErrors = [
      unit * unit * (off[2] + 2 * abs(e[1]) * off[1]),
      unit * (off[6] + abs(e[1]) * off[3] + abs(e[3]) * off[1]),
      off[5] + off[4] + 2 * abs(e[3]) * off[3] + 8 * own * e[5],
    ]
  }
}

extension PlaneMoments {
  func posterior(
    _ x: [Double], _ schedule: Schedule<Double>, _ wanted: Moments
  ) -> Posterior<Double> {
    let (alpha, v) = (schedule.alpha, schedule.variance)
    var result = Posterior<Double>()
    result.logDensity = logMass
    let g = (0..<2).map { schedule.gap(x[$0], mean[$0]) / v }
    let trace = covariance[0] + covariance[2]
    if wanted.contains(.means) { (result.denoiser, result.negativeScore) = (mean, g) }
    if wanted.contains(.traces) {
      result.covarianceTraceOverVariance = trace / v
      result.denoiserTrace = alpha * trace / v
      result.negativeScoreTrace = (2 - alpha * alpha * trace / v) / v
    }
    if wanted.contains(.rates) {
      let along = g[0] * mean[0] + g[1] * mean[1]
      let square = g[0] * g[0] + g[1] * g[1]
      result.alphaRate = along - alpha * trace / v
      result.varianceRate = (square + (alpha * alpha * trace / v - 2) / v) / 2
    }
    if wanted.contains(.jacobians) {
      result.covariance = [covariance[0], covariance[1], covariance[1], covariance[2]]
      result.denoiserJacobian = result.covariance.map { alpha * $0 / v }
      result.negativeScoreJacobian = result.covariance.enumerated().map { i, entry in
        ((i == 0 || i == 3 ? 1 : 0) - alpha * alpha * entry / v) / v
      }
    }
    return result
  }

  func errors(
    _ x: [Double], _ schedule: Schedule<Double>, _ wanted: Moments
  ) -> Posterior<Double> {
    let (alpha, v) = (schedule.alpha, schedule.variance)
    let u = 0x1p-53
    var result = Posterior<Double>()
    result.logDensity = massError
    let g = (0..<2).map {
      alpha * meanErrors[$0] / v + 4 * u * (abs(x[$0]) + alpha * abs(mean[$0])) / v
    }
    let trace = covarianceErrors[0] + covarianceErrors[2]
    let size = (2 + alpha * alpha * (covariance[0] + covariance[2]) / v) / v
    let slope = alpha * alpha * trace / (v * v) + 8 * u * size
    if wanted.contains(.means) { (result.denoiser, result.negativeScore) = (meanErrors, g) }
    if wanted.contains(.traces) {
      (result.covarianceTraceOverVariance, result.denoiserTrace) = (trace / v, alpha * trace / v)
      result.negativeScoreTrace = slope
    }
    let score = (0..<2).map { abs(x[$0] - alpha * mean[$0]) / v }
    if wanted.contains(.rates) {
      result.alphaRate = alpha * trace / v
      result.varianceRate = slope
      for i in 0..<2 {
        result.alphaRate += score[i] * meanErrors[i] + g[i] * abs(mean[i])
        result.varianceRate += 2 * score[i] * g[i]
      }
    }
    if wanted.contains(.jacobians) {
      let (a, b, c) = (covarianceErrors[0], covarianceErrors[1], covarianceErrors[2])
      result.covariance = [a, b, b, c]
      result.denoiserJacobian = result.covariance.map { alpha * $0 / v }
      result.negativeScoreJacobian = result.covariance.map {
        alpha * alpha * $0 / (v * v) + 8 * u * size
      }
    }
    return result
  }
}
