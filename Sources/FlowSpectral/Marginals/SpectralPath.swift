import ComplexModule
public import FlowMatching
import RealModule

/// The marginal path `X_t = alpha X1 + sigma X0 + sqrt(c) Z` of any data and any source in one or two
/// dimensions, on periodic grids.
///
/// X1 and X0 are independent, so that the density of X_t is the convolution of their scaled densities
/// and its Fourier transform a product:
///
///     P(k)   = E exp(-i k.X_t) = F1(alpha k) F0(sigma k) exp(-c |k|^2/2)
///
/// with the characteristic functions `F(q) = E exp(-i q.X)`. The velocity is
/// `u = E[alpha' X1 + sigma' X0 + (sqrt c)' Z | X_t = x]`. Times p it is a sum of convolutions in which
/// one density carries its coordinate as a weight, `E[X1 | x] p_t(x) = ((y q1(y)) * q0)(x)` for the
/// scaled densities, and the weighted density has the transform `G(q) = E X exp(-i q.X)`:
///
///     J(k)   = (alpha' G1(alpha k) F0(sigma k) + sigma' F1(alpha k) G0(sigma k)) exp(-c |k|^2/2)
///              - (c'/2) i k P(k)
///
/// A standard normal source is a tube of variance sigma^2, so that its `sigma sigma'` stays finite where
/// sigma' is not. The derivative along time at a point is `dP/dt = -i k.J(k)` by the chain rule, with
/// the derivatives of alpha and sigma by dual numbers.
///
/// Nothing here is shared with the engine's posterior moments: p, u and dp/dt are a second way to the
/// same fields, and the only one for sources and data that have no closed form together.
///
/// *Accuracy*: at a point, a few u of the largest value on the grid, plus what lies beyond the grid
/// (``grid(at:)`` keeps both below u): the mass outside of a period, and `|P(k)|` beyond the wave number
/// pi/step. A density that jumps or has kinks at that time decays algebraically in k, and the error with
/// it: of first order in the step for a density with kinks; one that jumps rings next to the jump.
///
/// *Reference*: Lipman et al. (2023), equations 6 and 8; Albergo et al. (2023), section 2.
public struct SpectralPath: Sendable {
  /// How data and noise are mixed over time.
  public let path: any ProbabilityPath
  /// The law of x1.
  public let data: any CharacteristicLaw
  /// The source, where it is not the standard normal.
  public let source: (any CharacteristicLaw)?
  /// Noise around the interpolant.
  public let tube: Tube

  /// The number of axes of a point.
  public var dimension: Int { data.dimension }

  /// - Throws: `unsupported` beyond two dimensions, `dimensionMismatch`, `outOfDomain` for a negative
  ///   std of the tube.
  public init(
    path: any ProbabilityPath, data: any CharacteristicLaw,
    source: (any CharacteristicLaw)? = nil, tube: Tube = .none
  ) throws(FlowError) {
    guard data.dimension == 1 || data.dimension == 2 else {
      throw FlowError(
        .unsupported, "dimension", "grids have one or two axes, not \(data.dimension)")
    }
    if let source, source.dimension != data.dimension {
      throw FlowError.dimensionMismatch("source", source.dimension, expected: data.dimension)
    }
    switch tube {
    case .none: break
    case .constant(let std), .bridge(let std):
      guard std >= 0, std.isFinite else {
        throw FlowError.outOfDomain("sigma", std, accepted: "[0, infinity)")
      }
    }
    self.path = path
    self.data = data
    self.source = source
    self.tube = tube
  }

  /// Density, velocity and derivative along time on a grid.
  /// - Throws: `dimensionMismatch`; `singular` where the path's derivatives are infinite.
  public func marginal(
    at time: Time<Double>, on grid: PeriodicGrid
  ) throws(FlowError) -> GridMarginal {
    let rates = try SpectralRates(self, at: time)
    let data = try data.spectrum(scaledBy: rates.alpha, on: grid)
    let source = try source?.spectrum(scaledBy: rates.sigma, on: grid)
    let (rows, columns) = (grid.rowNumbers, grid.columnNumbers)
    let width = columns.count
    var density = data.value
    var flux = data.moments
    for row in rows.indices {
      for column in columns.indices {
        let place = row * width + column
        let k = SIMD2(rows[row], columns[column])
        let damping = Complex(Double.exp(-0.5 * rates.variance * (k * k).sum()))
        let f1 = data.value[place] * damping
        let f0 = source?.value[place] ?? Complex(1)
        let p = f1 * f0
        density[place] = p
        for axis in flux.indices {
          let number = axis == flux.count - 1 ? k.y : k.x
          let noise = Complex(0, -rates.halfVarianceDot * number)
          var j = Complex(rates.alphaDot) * (data.moments[axis][place] * damping) * f0
          j += noise * p
          if let source { j += Complex(rates.sigmaDot) * f1 * source.moments[axis][place] }
          flux[axis][place] = j
        }
      }
    }
    return GridMarginal(
      grid: grid, time: time, density: grid.synthesis(of: density),
      densityRate: grid.synthesis(of: grid.negativeDivergence(of: flux)),
      flux: flux.map { grid.synthesis(of: $0) })
  }

  /// A grid on which both errors of ``marginal(at:on:)`` are below u: nine of the largest stds beyond
  /// where `p_t` lives, and at least three points to its smallest std s, so that
  /// `exp(-(pi s/step)^2/2) < 6e-20`.
  /// - Throws: `unsupported` for a law of unknown extent, `singular` for a density that is no convolution
  ///   with a Gaussian, `outOfDomain` where the grid would be larger than 2^24 points.
  public func grid(at time: Time<Double>) throws(FlowError) -> PeriodicGrid {
    let extent = try extent(at: time)
    let narrow = extent.smallestVariance.squareRoot()
    let reach = 9 * extent.largestVariance.squareRoot()
    guard narrow > 0 else {
      throw FlowError.singular(
        "grid", "p_t is not smooth at t = \(time.t), so that no grid is fine enough: choose one")
    }
    return try PeriodicGrid(
      dimension: dimension, covering: extent.lower - reach, extent.upper + reach,
      step: narrow / 3)
  }

  /// What a grid that was not chosen for `p_t` misses of it: the mass beyond the grid and the part of the
  /// spectrum beyond the wave number pi/step, both as if the widest and the narrowest Gaussian of p_t were
  /// alone, `exp(-reach^2/2) + exp(-(pi s/step)^2/2)`; 1 where the grid ends inside the data. Of a density
  /// that is not smooth, for which no step is fine enough, the mass alone.
  /// - Throws: as ``extent(at:)``.
  public func loss(of grid: PeriodicGrid, at time: Time<Double>) throws(FlowError) -> Double {
    let extent = try extent(at: time)
    let (wide, narrow) = (
      extent.largestVariance.squareRoot(), extent.smallestVariance.squareRoot()
    )
    var loss = 0.0
    for axis in grid.axes {
      let end = axis.origin + Double(axis.count) * axis.step
      let margin = min(extent.lower - axis.origin, end - extent.upper)
      let reach = margin <= 0 ? 0 : margin / wide
      let turns = narrow > 0 ? Double.pi * narrow / axis.step : .infinity
      loss = max(loss, min(1, Double.exp(-0.5 * reach * reach) + Double.exp(-0.5 * turns * turns)))
    }
    return loss
  }

  /// Where `p_t` lives.
  /// - Throws: `unsupported` for a law of unknown extent, `singular`.
  public func extent(at time: Time<Double>) throws(FlowError) -> Extent {
    let rates = try SpectralRates(self, at: time)
    guard let data = data.extent else {
      throw FlowError(.unsupported, "grid", "the extent of the data is not known: choose a grid")
    }
    var noise = Extent(lower: 0, upper: 0)
    if let source {
      guard let extent = source.extent else {
        throw FlowError(
          .unsupported, "grid", "the extent of the source is not known: choose a grid")
      }
      noise = extent
    }
    func variance(_ part: KeyPath<Extent, Double>) -> Double {
      rates.variance + rates.alpha * rates.alpha * data[keyPath: part]
        + rates.sigma * rates.sigma * noise[keyPath: part]
    }
    return Extent(
      lower: rates.alpha * data.lower + rates.sigma * noise.lower,
      upper: rates.alpha * data.upper + rates.sigma * noise.upper,
      smallestVariance: variance(\.smallestVariance),
      largestVariance: variance(\.largestVariance))
  }
}

/// The numbers of a path at one time, what is Gaussian taken together: a standard normal source and the
/// tube.
struct SpectralRates {
  let alpha: Double
  let sigma: Double
  let alphaDot: Double
  let sigmaDot: Double
  let variance: Double
  let halfVarianceDot: Double

  init(_ spectral: SpectralPath, at time: Time<Double>) throws(FlowError) {
    let schedule = spectral.path.schedule(at: time.differentiated)
    let (alpha, sigma) = (schedule.alpha, schedule.sigma)
    var variance = spectral.source == nil ? schedule.variance : Dual(0)
    switch spectral.tube {
    case .none: break
    case .constant(let std): variance = variance + Dual(std * std)
    case .bridge(let std): variance = variance + (alpha * sigma).scaled(by: std * std)
    }
    self.alpha = alpha.value
    self.sigma = sigma.value
    alphaDot = alpha.derivative
    sigmaDot = spectral.source == nil ? 0 : sigma.derivative
    self.variance = variance.value
    halfVarianceDot = variance.derivative / 2
    guard alphaDot.isFinite, sigmaDot.isFinite, halfVarianceDot.isFinite else {
      throw FlowError.singular("t", "the path's derivative is infinite at t = \(time.t)")
    }
  }
}
