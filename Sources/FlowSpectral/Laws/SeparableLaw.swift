import ComplexModule
public import FlowMatching
import RealModule

/// A mixture of products of one-dimensional laws, each normal, uniform, or a point (a normal law of std
/// zero): isotropic Gaussians, data sets, boxes.
///
///     normal   E e^(-iqX) = e^(-iqm - (s q)^2/2),          E X e^(-iqX) = (m - i s^2 q) e^(...)
///     uniform  E e^(-iqX) = e^(-iqc) S(w q),               E X e^(-iqX) = e^(-iqc) (c S + i w S'(w q))
///
/// with the middle c and half of the width w, `S(z) = sin(z)/z`.
///
/// *Accuracy*: 8 u (1 + |q| |X|) times the sum of the magnitudes of the components; cost: components
/// times modes.
public struct SeparableLaw: CharacteristicLaw {
  /// The law of one axis of one component.
  public enum Factor: Sendable, Equatable {
    case normal(mean: Double, std: Double)
    case uniform(lower: Double, upper: Double)
  }

  /// The number of axes of a point.
  public let dimension: Int
  public let extent: Extent?
  public var terms: Int { shares.count }
  let shares: [Double]
  /// Rows of one factor per axis.
  let factors: [Factor]

  /// - Parameter weights: relative, one per component.
  /// - Throws: `unsupported` beyond two dimensions, `dimensionMismatch`, `nonFinite`, `outOfDomain` for
  ///   a negative std or weight and for an empty interval.
  public init(dimension: Int, weights: [Double], factors: [Factor]) throws(FlowError) {
    guard dimension == 1 || dimension == 2 else {
      throw FlowError(.unsupported, "dimension", "grids have one or two axes, not \(dimension)")
    }
    guard !weights.isEmpty, factors.count == weights.count * dimension else {
      throw FlowError.dimensionMismatch(
        "factors", factors.count, expected: weights.count * dimension)
    }
    for factor in factors { try factor.check() }
    for weight in weights where !(weight >= 0 && weight.isFinite) {
      throw FlowError.outOfDomain("weights", weight, accepted: "[0, infinity)")
    }
    let total = weights.reduce(0, +)
    guard total > 0 else {
      throw FlowError.outOfDomain("weights", total, accepted: "a sum in (0, infinity)")
    }
    self.dimension = dimension
    self.factors = factors
    shares = weights.map { $0 / total }
    let parts = factors.map(\.extent)
    extent = Extent(
      lower: parts.map(\.lower).min()!, upper: parts.map(\.upper).max()!,
      smallestVariance: parts.map(\.smallestVariance).min()!,
      largestVariance: parts.map(\.largestVariance).max()!)
  }

  public func spectrum(
    scaledBy a: Double, on grid: PeriodicGrid
  ) throws(FlowError) -> LawSpectrum {
    try check(grid)
    let (rows, columns) = (grid.rowModes, grid.columnModes)
    let last = dimension - 1
    let along = factorTable(axis: last, grid.axes[last], columns, a)
    let across =
      dimension == 1
      ? FactorTable(
        value: shares.map { _ in Complex(1) }, moment: shares.map { _ in .zero }, width: 1)
      : factorTable(axis: 0, grid.axes[0], rows, a)
    let width = columns.count
    let size = rows.count * width
    var value = [Complex<Double>](repeating: .zero, count: size)
    var first = value
    var second = value
    let (dimension, shares) = (dimension, shares)
    value.withUnsafeMutableBufferPointer { value in
      first.withUnsafeMutableBufferPointer { first in
        second.withUnsafeMutableBufferPointer { second in
          // Each row writes its own part.
          nonisolated(unsafe) let outputs = (
            value.baseAddress!, first.baseAddress!, second.baseAddress!
          )
          Parallel.perform(rows.count) { row in
            let start = row * width
            let (value, first, second) = outputs
            for k in shares.indices {
              let c = Complex(shares[k]) * across.value[k * across.width + row]
              along.add(k, times: c, to: value + start, along: second + start)
              if dimension == 2 {
                let m = Complex(shares[k]) * across.moment[k * across.width + row]
                along.add(k, times: m, to: first + start, along: nil)
              }
            }
          }
        }
      }
    }
    return LawSpectrum(value: value, moments: dimension == 1 ? [second] : [first, second])
  }

  /// The factors of an axis at the modes, a row per component.
  private func factorTable(
    axis: Int, _ places: PeriodicGrid.Axis, _ modes: [Int], _ a: Double
  ) -> FactorTable {
    var table = FactorTable(value: [], moment: [], width: modes.count)
    table.value.reserveCapacity(shares.count * modes.count)
    table.moment.reserveCapacity(shares.count * modes.count)
    for k in shares.indices {
      let factor = factors[k * dimension + axis]
      for mode in modes {
        let (value, moment) = factor.transform(mode, a, places)
        table.value.append(value)
        table.moment.append(moment)
      }
    }
    return table
  }
}

/// The factors of one axis, rows of `width` modes.
private struct FactorTable {
  var value: [Complex<Double>]
  var moment: [Complex<Double>]
  let width: Int

  /// Adds `c` times row k to one row of a spectrum, and `c` times its moments to another.
  func add(
    _ k: Int, times c: Complex<Double>, to sum: UnsafeMutablePointer<Complex<Double>>,
    along moments: UnsafeMutablePointer<Complex<Double>>?
  ) {
    value.withUnsafeBufferPointer { value in
      let value = value.baseAddress! + k * width
      for column in 0..<width { sum[column] += c * value[column] }
    }
    guard let moments else { return }
    moment.withUnsafeBufferPointer { moment in
      let moment = moment.baseAddress! + k * width
      for column in 0..<width { moments[column] += c * moment[column] }
    }
  }
}
