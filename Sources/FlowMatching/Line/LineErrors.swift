import RealModule

extension LineQuery {
  /// What the moments may be off by: the quadrature's own estimates and the roundings of what was
  /// added, pushed through the formulas to first order.
  func errors(_ wanted: Moments) -> Posterior<Double> {
    let budget = LineErrorBudget(self)
    var errors = Posterior<Double>()
    errors.logDensity = budget.logDensity
    if wanted.contains(.means) {
      errors.negativeScore = [budget.score]
      errors.denoiser = [budget.denoiser]
    }
    if wanted.isDisjoint(with: [.traces, .jacobians, .rates]) { return errors }
    let slope = budget.slope
    let spread = budget.spread(slope: slope)
    let (alpha, variance) = (moments.alpha, moments.variance)
    if wanted.contains(.traces) {
      errors.covarianceTraceOverVariance = spread
      (errors.denoiserTrace, errors.negativeScoreTrace) = (alpha * spread, slope)
    }
    if wanted.contains(.jacobians) {
      errors.covariance = [variance * spread]
      (errors.denoiserJacobian, errors.negativeScoreJacobian) = ([alpha * spread], [slope])
    }
    if wanted.contains(.rates) {
      errors.alphaRate = budget.alphaRate(spread: spread)
      errors.varianceRate = budget.varianceRate(slope: slope)
    }
    return errors
  }
}

/// The errors of one query's moments: every formula of ``LineMoments`` with the errors of what it adds.
private struct LineErrorBudget {
  private let u = 0x1p-53
  private let m: LineMoments<Double>
  private let forms: LineForms
  /// The errors of the averages, in the order of ``LineComponent``; the relative error of the mass.
  private let errors: [Double]
  private let ownError: Double
  private let jumps: LineJumps<Double>.Sizes
  /// The distance of x to a mark is rounded once: as if x were off by as much.
  private let shift: Double
  private let normaliser: Double
  private let slopeNoise: Double
  private let sizes: LineSizes
  private let score0: Double
  private let scoreSize: Double
  private let slopeSize: Double

  init<D: LineDensity>(_ query: LineQuery<D>) {
    let (m, u, forms) = (query.moments, u, query.forms)
    (self.m, self.forms) = (m, forms)
    let own = query.result.errors[0] / m.mass + 2 * u
    ownError = own
    errors = query.result.values.indices.map { i in
      query.result.errors[i] / m.mass + abs(m.means[i]) * (own + 2 * u)
    }
    let (noise, size) = (m.jumps.noise, m.jumps.sizes)
    jumps = .init(
      value: noise.value + own * size.value, valueZ: noise.valueZ + own * size.valueZ,
      valueOffset: noise.valueOffset + own * size.valueOffset,
      slope: noise.slope + own * size.slope)
    shift = 2 * u * query.integrand.distanceInReach
    let density = query.integrand.density
    normaliser = u * density.normaliserNoise
    slopeNoise = u * query.integrand.anchorSlopeNoise
    let sizes = LineSizes(m, query.result.magnitudes)
    self.sizes = sizes
    scoreSize = min(sizes.kernelScore, sizes.densityScore)
    slopeSize = min(sizes.kernelSlope, sizes.densitySlope)
    score0 = query.width > 1 ? abs(m.negativeScore(forms)) : abs(m.anchorZ) / m.sigma
  }

  var logDensity: Double {
    let terms =
      abs(m.log0) + m.anchorZ * m.anchorZ + abs(m.logDensity)
      + abs(Double.log(m.isNarrow ? m.mass : m.mass * (m.unitData / m.unit)))
    let volume = abs(Double.log(m.isNarrow ? m.alpha * m.unit : m.variance))
    let moved = (score0 + m.jumps.sizes.value / m.alpha + scoreSize * u) * shift
    return ownError + normaliser + 2 * u * (4 + terms + volume) + moved
  }

  private var slope0: Double {
    errors.count > LineComponent.square ? abs(m.negativeScoreSlope(forms)) : 0
  }

  /// Of `E[l'] - c` and the jumps, and of c.
  private var tilt: Double { errors[LineComponent.slope] + jumps.value + slopeNoise }
  private var tiltSize: Double { abs(m.means[LineComponent.slope]) + m.jumps.sizes.value }
  private var offset: Double { abs(m.means[LineComponent.offset]) }

  var score: Double {
    let moved = (slope0 + m.jumps.sizes.valueZ / m.alpha + slopeSize * u) * shift
    if forms.scoreFromDensity {
      return (tilt + 4 * u * (abs(m.c) + tiltSize)) / m.alpha + moved
    }
    let sum = m.unitZ * errors[LineComponent.offset] + 4 * u * (abs(m.z0) + m.unitZ * offset)
    return sum / m.sigma + moved
  }

  var denoiser: Double {
    let own = 2 * u * abs(m.denoiser(forms))
    if forms.scoreFromDensity {
      return (m.variance * score + 2 * u * abs(m.x)) / m.alpha + own
    }
    let moved = (1 + slope0 * m.variance) * shift / m.alpha
    let rounded = 2 * u * (m.y0Size + m.unitData * offset)
    return m.unitData * errors[LineComponent.offset] + rounded + moved + own
  }

  /// Of `E[s^2] - E[s]^2`.
  private var square: Double {
    let size = m.means[LineComponent.square] + offset * offset
    return errors[LineComponent.square] + 2 * offset * errors[LineComponent.offset] + 4 * u * size
  }

  /// Of dg/dx.
  var slope: Double {
    let moved = slopeSize * scoreSize * shift
    if !forms.slopeFromDensity {
      return m.unitZ * m.unitZ * square / m.variance + 4 * u * sizes.kernelSlope + moved
    }
    let smooth = errors[LineComponent.curved] + 2 * tiltSize * tilt + jumps.slope
    let jump = 2 * abs(m.c) * jumps.value + m.alpha * jumps.valueZ
    return (smooth + jump) / (m.alpha * m.alpha) + 8 * u * sizes.densitySlope + moved
  }

  /// Of Var[x1 | x]/v.
  func spread(slope: Double) -> Double {
    let own = 8 * u * m.covarianceOverVariance(forms)
    if forms.slopeFromDensity {
      return (m.variance * slope + 4 * u) / (m.alpha * m.alpha) + own
    }
    let moved = m.covarianceOverVariance(forms) * scoreSize * shift
    return m.unitData * m.unitData / m.variance * square + own + moved
  }

  func alphaRate(spread: Double) -> Double {
    let place = m.y0Size + m.unitData * offset
    let whole = m.alpha * m.covarianceOverVariance(forms)
    let moved = shift * (slope0 * place + 2 * scoreSize * whole)
    if forms.slopeFromDensity {
      let product = abs(m.means[LineComponent.product]) + abs(m.c) * offset
      let size = 1 + m.y0Size * (abs(m.c) + tiltSize) + m.unitData * product
      let rounded = 8 * u * (size + m.jumps.sizes.valueOffset)
      let part = abs(m.c) * errors[LineComponent.offset] + errors[LineComponent.product]
      let own = abs(m.y0) * tilt + m.unitData * part + jumps.valueOffset + rounded
      return own / m.alpha + moved
    }
    let square = m.unitData * m.means[LineComponent.square]
    let size = abs(m.z0) * place + m.unitZ * (m.y0Size * offset + square)
    let first = (abs(m.z0) * m.unitData + m.unitZ * abs(m.y0)) * errors[LineComponent.offset]
    let second = m.unitZ * m.unitData * errors[LineComponent.square]
    return (first + second + 8 * u * size) / m.sigma + moved
  }

  func varianceRate(slope: Double) -> Double {
    let moved = 2 * shift * slopeSize * scoreSize
    if forms.slopeFromDensity {
      let slope = abs(m.means[LineComponent.slope])
      let size = abs(m.means[LineComponent.curved]) + 2 * abs(m.c) * slope + m.c * m.c
      let rounded = 8 * u * (size + m.jumps.sizes.slope + m.alpha * m.jumps.sizes.valueZ)
      let part = errors[LineComponent.curved] + 2 * abs(m.c) * errors[LineComponent.slope]
      let own = part + jumps.slope + m.alpha * jumps.valueZ + rounded
      return own / (2 * m.alpha * m.alpha) + moved
    }
    let square = m.unitZ * m.unitZ * m.means[LineComponent.square]
    let size = 1 + m.z0 * m.z0 + 2 * abs(m.z0) * m.unitZ * offset + square
    let first = 2 * abs(m.z0) * m.unitZ * errors[LineComponent.offset]
    let second = m.unitZ * m.unitZ * errors[LineComponent.square]
    return (first + second + 8 * u * size) / (2 * m.variance) + moved
  }
}
