public import ComplexModule
public import FlowMatching
public import RealModule

/// A probability law in one or two dimensions, known by its characteristic function: all that a grid
/// needs of a source or of the data.
///
/// Laws with closed forms: ``SeparableLaw`` (Gaussians, point masses, boxes), ``PlanarLaw`` (full
/// covariances, rings, a closure of your own); for everything else with a density there is
/// ``SampledLaw``.
public protocol CharacteristicLaw: Sendable {
  /// The number of axes of a point.
  var dimension: Int { get }
  /// Where the law lives; `nil` if nobody knows.
  var extent: Extent? { get }
  /// How many terms a value of the spectrum is the sum of, for bounds on rounding.
  var terms: Int { get }
  /// `E exp(-i a k.X)` and `E X exp(-i a k.X)` at the modes k of the grid, for the scale a.
  /// - Throws: `dimensionMismatch`.
  func spectrum(scaledBy a: Double, on grid: PeriodicGrid) throws(FlowError) -> LawSpectrum
}

/// The Fourier transforms of the law of `a X` and of the same law weighted by X, at the modes of a
/// grid: rows of half a spectrum.
public struct LawSpectrum: Sendable {
  /// `E exp(-i a k.X)`.
  public var value: [Complex<Double>]
  /// `E X_i exp(-i a k.X)`, an array per axis.
  public var moments: [[Complex<Double>]]

  public init(value: [Complex<Double>], moments: [[Complex<Double>]]) {
    self.value = value
    self.moments = moments
  }
}

extension CharacteristicLaw {
  func check(_ grid: PeriodicGrid) throws(FlowError) {
    guard grid.dimension == dimension else {
      throw FlowError.dimensionMismatch("grid", grid.dimension, expected: dimension)
    }
  }
}
