public import ComplexModule
public import FlowMatching
public import RealModule

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A law in the plane by a closed form of its characteristic function, mode by mode.
public struct PlanarLaw: CharacteristicLaw {
  /// `E exp(-i q.X)` and `E X exp(-i q.X)` at the wave vector q.
  public typealias Transform =
    @Sendable (_ q: SIMD2<Double>) -> (
      value: Complex<Double>, moments: (Complex<Double>, Complex<Double>)
    )

  public let extent: Extent?
  public let terms: Int
  private let transform: Transform

  /// The number of axes of a point.
  public var dimension: Int { 2 }

  /// A law by a function of the wave vector.
  public init(extent: Extent?, terms: Int = 1, transform: @escaping Transform) {
    self.extent = extent
    self.terms = terms
    self.transform = transform
  }

  public func spectrum(
    scaledBy a: Double, on grid: PeriodicGrid
  ) throws(FlowError) -> LawSpectrum {
    try check(grid)
    let (rows, columns) = (grid.rowNumbers, grid.columnNumbers)
    var value: [Complex<Double>] = []
    value.reserveCapacity(rows.count * columns.count)
    var (first, second) = (value, value)
    for row in rows {
      for column in columns {
        let result = transform(SIMD2(a * row, a * column))
        value.append(result.value)
        first.append(result.moments.0)
        second.append(result.moments.1)
      }
    }
    return LawSpectrum(value: value, moments: [first, second])
  }
}

extension PlanarLaw {
  /// Gaussians with full covariances: `sum w e^(-iq.m - q.S q/2)`, moments `(m - i S q)` times that.
  ///
  /// - Parameters:
  ///   - weights: shares that sum to one.
  ///   - means: rows of two numbers.
  ///   - covariances: four numbers each, rows first.
  init(weights: [Double], means: [Double], covariances: [[Double]], extent: Extent?) {
    self.init(extent: extent, terms: weights.count) { q in
      var value = Complex<Double>.zero
      var moments = (Complex<Double>.zero, Complex<Double>.zero)
      for k in weights.indices {
        let s = covariances[k]
        let spread = SIMD2(s[0] * q.x + s[1] * q.y, s[2] * q.x + s[3] * q.y)
        let mean = SIMD2(means[2 * k], means[2 * k + 1])
        let damping = weights[k] * Double.exp(-0.5 * (q * spread).sum())
        let angle = (q * mean).sum()
        let term = Complex(damping * Double.cos(angle), -damping * Double.sin(angle))
        value += term
        moments.0 += Complex(mean.x, -spread.x) * term
        moments.1 += Complex(mean.y, -spread.y) * term
      }
      return (value, moments)
    }
  }

  /// The uniform law on a circle plus a Gaussian: `e^(-iq.c) J0(R |q|) e^(-(s |q|)^2/2)`.
  init(_ ring: Ring) {
    let (radius, std) = (ring.radius, ring.std)
    let center = SIMD2(ring.center[0], ring.center[1])
    self.init(extent: ring.extent) { q in
      let length = (q * q).sum().squareRoot()
      let damping = Double.exp(-0.5 * (std * length) * (std * length))
      let (zeroth, firstOrder) = (j0(radius * length), j1(radius * length))
      let angle = (q * center).sum()
      let turn = Complex(damping * Double.cos(angle), -damping * Double.sin(angle))
      // i grad of J0(R |q|) e^(...), along q: R J1(R |q|)/|q| tends to R^2/2.
      let bend = length > 0 ? radius * firstOrder / length : radius * radius / 2
      let slope = -(bend + std * std * zeroth)
      let value = turn * Complex(zeroth)
      return (
        value,
        (
          turn * Complex(center.x * zeroth, slope * q.x),
          turn * Complex(center.y * zeroth, slope * q.y)
        )
      )
    }
  }
}
