import RealModule

/// Which of two exact forms each moment is taken from: averages over the kernel,
/// `g = -E[z]/sigma`, or over the density's own slope, `g = -E[(log q)']/alpha` and what jumps add. They
/// agree; the first cancels near the data, the second near the noise.
struct LineForms {
  var scoreFromDensity = false
  var slopeFromDensity = false
}

/// The posterior moments of one query from its integrals.
struct LineMoments<S: NodeScalar> {
  let isNarrow: Bool
  /// The density's length.
  let unit: Double
  /// `l q` at the anchor, where it is known better than its logarithm.
  let level0: Double?
  let alpha: S
  let sigma: S
  let variance: S
  let x: S
  let unitData: S
  let unitZ: S
  /// The reference's z and its place in the data.
  let z0: S
  let y0: S
  /// The anchor's z, log q and its slope there.
  let anchorZ: S
  /// `log0 - z0^2/2` up to a constant: by completing the square, so that nothing is left to cancel.
  private let anchorRate: S
  let log0: S
  let c: S
  /// The magnitudes that y0 is the sum of.
  let y0Size: Double
  /// The averages over the posterior, and the jumps.
  let mass: S
  let means: [S]
  let jumps: LineJumps<S>

  init<D: LineDensity>(_ integrand: LineIntegrand<D, S>, sums: [S], usesDensity: Bool) {
    isNarrow = integrand.frame.isNarrow
    unit = integrand.density.unit
    (alpha, sigma) = (integrand.schedule.alpha, integrand.schedule.sigma)
    variance = integrand.schedule.variance
    (unitData, unitZ) = (integrand.unitData, integrand.unitZ)
    x = integrand.x
    anchorZ = integrand.anchorZ
    (z0, y0) = (integrand.reference.z, integrand.reference.data)
    y0Size = integrand.reference.size
    let (tilted, slope) = (integrand.tilted, integrand.tiltSlope)
    let tilt = unitData.scaled(by: slope)
    anchorRate =
      ((tilt * tilt - tilted * tilted).scaled(by: 0.5) + (x / alpha).scaled(by: slope))
      + integrand.anchorPlace.scaled(by: integrand.anchorSlope - slope)
    log0 = integrand.anchorLog
    level0 = integrand.density.level(at: integrand.anchorDistances)
    c = S(integrand.anchorSlope)
    mass = sums[0]
    let total = sums[0]
    means = sums.map { $0 / total }
    jumps = usesDensity ? integrand.jumps(mass: sums[0]) : LineJumps()
  }

  var logDensity: S {
    let volume = isNarrow ? S.log(alpha.scaled(by: unit)) : S.log(variance).scaled(by: 0.5)
    let total = isNarrow ? mass : (mass * unitData).scaled(by: 1 / unit)
    var logTotal = log0 + S.log(total)
    if let level0, (level0 * total.primal).isNormal {
      logTotal = S.carrying(Double.log(level0 * total.primal), derivativeOf: logTotal)
    }
    let shape = logTotal - (anchorZ * anchorZ).scaled(by: 0.5)
    let value = shape - (volume + S(0.5 * Double.log(2 * .pi)))
    if !isNarrow { return value }
    return S.carrying(value.primal, derivativeOf: (anchorRate + S.log(mass)) - volume)
  }

  var meanZ: S { z0.addingProduct(unitZ, means[LineComponent.offset]) }
  private var spread: S {
    let mean = means[LineComponent.offset]
    return means[LineComponent.square] - mean * mean
  }
  /// `E[l'] - c` and the jumps.
  private var tilt: S { means[LineComponent.slope] + jumps.value }

  func negativeScore(_ forms: LineForms) -> S {
    forms.scoreFromDensity ? -(c + tilt) / alpha : -meanZ / sigma
  }

  func denoiser(_ forms: LineForms) -> S {
    if forms.scoreFromDensity {
      return x.addingProduct(-variance, negativeScore(forms)) / alpha
    }
    return y0.addingProduct(unitData, means[LineComponent.offset])
  }

  func negativeScoreSlope(_ forms: LineForms) -> S {
    guard forms.slopeFromDensity else {
      return (S(1.0) - unitZ * unitZ * spread) / variance
    }
    let smooth = (tilt * tilt - means[LineComponent.curved]) - jumps.slope
    let jump = (c + c) * jumps.value - alpha * jumps.valueZ
    return (smooth + jump) / (alpha * alpha)
  }

  /// `Var[x1 | x]/v`.
  func covarianceOverVariance(_ forms: LineForms) -> S {
    guard forms.slopeFromDensity else { return unitData * unitData * spread / variance }
    return (S(1.0) - variance * negativeScoreSlope(forms)) / (alpha * alpha)
  }

  func alphaRate(_ forms: LineForms) -> S {
    let mean = means[LineComponent.offset]
    if forms.slopeFromDensity {
      let moved = unitData * (c * mean + means[LineComponent.product]) + jumps.valueOffset
      return -(S(1.0) + y0 * (c + tilt) + moved) / alpha
    }
    let own = z0 * y0.addingProduct(unitData, mean)
    let rest = unitZ * (y0 * mean + unitData * means[LineComponent.square])
    return -(own + rest) / sigma
  }

  func varianceRate(_ forms: LineForms) -> S {
    if forms.slopeFromDensity {
      let slope = means[LineComponent.slope]
      let bulk = (means[LineComponent.curved] + (c + c) * slope) + (c * c + jumps.slope)
      return ((bulk / alpha + jumps.valueZ) / alpha).scaled(by: 0.5)
    }
    let z = unitZ * means[LineComponent.offset]
    let square = (z0 * z0 + (z0 + z0) * z) + unitZ * unitZ * means[LineComponent.square]
    return ((square - S(1.0)) / variance).scaled(by: 0.5)
  }

  func posterior(_ forms: LineForms, _ wanted: Moments) -> Posterior<S> {
    var result = Posterior<S>()
    result.logDensity = logDensity
    if wanted.contains(.means) {
      result.denoiser = [denoiser(forms)]
      result.negativeScore = [negativeScore(forms)]
    }
    if !wanted.isDisjoint(with: [.traces, .jacobians]) {
      let whole = covarianceOverVariance(forms)
      let slope = negativeScoreSlope(forms)
      if wanted.contains(.traces) {
        result.covarianceTraceOverVariance = whole
        result.denoiserTrace = alpha * whole
        result.negativeScoreTrace = slope
      }
      if wanted.contains(.jacobians) {
        result.covariance = [variance * whole]
        result.denoiserJacobian = [alpha * whole]
        result.negativeScoreJacobian = [slope]
      }
    }
    if wanted.contains(.rates) {
      result.alphaRate = alphaRate(forms)
      result.varianceRate = varianceRate(forms)
    }
    return result
  }
}
