import ComplexModule
public import FlowMatching
import RealModule

/// A law by the values of its density on a grid: `E f(X) = sum_j q(x_j) f(x_j) cell`, which for a
/// smooth density that vanishes at the ends is spectrally accurate.
///
/// Its characteristic function is asked at wave numbers that are no multiples of each other's (the path
/// scales them), so that the sums go through chirps. Wave numbers beyond pi/step belong to no mode of
/// the density's own grid and count as zero.
///
/// *Accuracy*: that of the trapezoidal rule: `2 exp(-2 pi^2 s^2/h^2)` for a density convolved with a
/// Gaussian of std s and the step h; of second order in h for a density with kinks, of first order for
/// one that jumps.
public struct SampledLaw: CharacteristicLaw {
  /// Where the values are.
  public let grid: PeriodicGrid
  /// The mass of every point; they sum to one.
  public let masses: [Double]
  public let extent: Extent?

  /// The number of axes of a point.
  public var dimension: Int { grid.dimension }
  /// The sums go through transforms, whose error grows with the logarithm of the number of points.
  public var terms: Int { grid.count.bitWidth - grid.count.leadingZeroBitCount }

  /// - Parameters:
  ///   - density: relative values at the points of `grid`; their sum is divided out.
  ///   - extent: where the law lives, if that is known better than by the grid's ends.
  /// - Throws: `dimensionMismatch`, `nonFinite`, `outOfDomain` for a negative density and for one that
  ///   is zero everywhere.
  public init(
    density: [Double], on grid: PeriodicGrid, extent: Extent? = nil
  ) throws(FlowError) {
    guard density.count == grid.count else {
      throw FlowError.dimensionMismatch("density", density.count, expected: grid.count)
    }
    for value in density where !(value >= 0 && value.isFinite) {
      throw value.isFinite
        ? FlowError.outOfDomain("density", value, accepted: "[0, infinity)")
        : FlowError(.nonFinite, "density", "density = \(value) is not a finite number")
    }
    let total = density.reduce(0, +)
    guard total > 0, total.isFinite else {
      throw FlowError.outOfDomain("density", total, accepted: "a sum in (0, infinity)")
    }
    self.grid = grid
    masses = density.map { $0 / total }
    let axes = grid.axes
    self.extent =
      extent
      ?? Extent(
        lower: axes.map(\.origin).min()!, upper: axes.map { $0.origin + $0.period }.max()!)
  }

  /// A law by its density as a function.
  public init(
    on grid: PeriodicGrid, extent: Extent? = nil, density: (_ x: [Double]) -> Double
  ) throws(FlowError) {
    let d = grid.dimension
    let points = grid.points
    let values = (0..<grid.count).map { density(Array(points[$0 * d..<($0 + 1) * d])) }
    try self.init(density: values, on: grid, extent: extent)
  }

  public func spectrum(
    scaledBy a: Double, on other: PeriodicGrid
  ) throws(FlowError) -> LawSpectrum {
    try check(other)
    let d = dimension
    let last = AxisChirp(grid.axes[d - 1], other.axes[d - 1], a, half: true)
    // Along the last axis, with and without its coordinate as a weight.
    let rows = d == 1 ? 1 : grid.axes[0].count
    var plain: [[Complex<Double>]] = []
    var weighted: [[Complex<Double>]] = []
    for row in 0..<rows {
      let masses = masses[row * last.inputs..<(row + 1) * last.inputs].map { Complex($0) }
      plain.append(last.transform(masses))
      weighted.append(last.transform(zip(masses, last.places).map { $0 * Complex($1) }))
    }
    if d == 1 { return LawSpectrum(value: plain[0], moments: [weighted[0]]) }
    let first = AxisChirp(grid.axes[0], other.axes[0], a, half: false)
    let (width, height) = (last.outputs, first.outputs)
    var value = [Complex<Double>](repeating: .zero, count: height * width)
    var (moment, along) = (value, value)
    for column in 0..<width {
      let values = plain.map { $0[column] }
      let sums = (
        first.transform(values),
        first.transform(zip(values, first.places).map { $0 * Complex($1) }),
        first.transform(weighted.map { $0[column] })
      )
      for row in 0..<height {
        value[row * width + column] = sums.0[row]
        moment[row * width + column] = sums.1[row]
        along[row * width + column] = sums.2[row]
      }
    }
    return LawSpectrum(value: value, moments: [moment, along])
  }
}

/// The sums over one axis of a density's grid at the scaled modes of an axis of another.
private struct AxisChirp {
  let inputs: Int
  let places: [Double]
  private let modes: [Int]
  private let chirp: ChirpTransform
  /// `exp(-i a k origin)`, zero beyond the density's own Nyquist number.
  private let phases: [Complex<Double>]
  private let lowest: Int

  var outputs: Int { modes.count }

  init(_ own: PeriodicGrid.Axis, _ other: PeriodicGrid.Axis, _ a: Double, half: Bool) {
    inputs = own.count
    places = own.places
    modes = other.modes(half: half)
    lowest = modes.min()!
    let ratio = a / other.period
    chirp = ChirpTransform(
      step: ratio * own.step, inputs: own.count, first: lowest,
      outputs: modes.max()! - lowest + 1)
    phases = modes.map { mode in
      abs(a * other.waveNumber(mode)) > own.nyquist
        ? .zero : turned(by: -Double(mode), ratio * own.origin)
    }
  }

  func transform(_ x: [Complex<Double>]) -> [Complex<Double>] {
    let sums = chirp(x)
    return modes.indices.map { sums[modes[$0] - lowest] * phases[$0] }
  }
}
