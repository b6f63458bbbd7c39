package import FlowMatching

/// The energy distance of samples from one set, `2 E|X - Y| - E|X - X'| - E|Y - Y'|` without the terms of a row with
/// itself, and its standard error by the jackknife over the rows of both sets.
///
/// *Accuracy*: the value is that of ``SampleDistance/energy(_:_:dimension:spreadOfSecond:)`` up to the order of the sums. Where
/// both laws are the same the jackknife's variance is about twice the true one, and the value may be negative.
///
/// *Reference*: Szekely and Rizzo (2013); Efron and Stein (1981), the jackknife estimate of variance.
package struct EnergyDistance: Sendable {
  /// A distance and its standard error.
  package struct Estimate: Sendable, Equatable {
    package let value: Double
    package let standardError: Double

    static let none = Estimate(value: .nan, standardError: .nan)
  }

  package let dimension: Int
  /// The samples that others are compared with, a row each.
  package let samples: [Double]
  /// Of every row the sum of its distances from the others.
  private let sums: [Double]

  /// - Throws: `dimensionMismatch`; `outOfDomain` for fewer than three rows, of which one cannot be left out.
  package init(from samples: [Double], dimension: Int) throws(FlowError) {
    try Self.check(samples, dimension)
    self.dimension = dimension
    self.samples = samples
    sums = SampleDistance.sums(samples, samples, dimension: dimension)
  }

  private static func check(_ samples: [Double], _ dimension: Int) throws(FlowError) {
    let rows = try FlowError.rowCount(of: samples, dimension: dimension, "samples")
    guard rows >= 3 else {
      throw FlowError.outOfDomain("samples", rows, accepted: "[3, infinity)")
    }
  }

  /// - Throws: as ``init(from:dimension:)``.
  package func estimate(of others: [Double]) throws(FlowError) -> Estimate {
    try Self.check(others, dimension)
    let within = SampleDistance.sums(others, others, dimension: dimension)
    let across = SampleDistance.sums(others, samples, dimension: dimension)
    let back = SampleDistance.sums(samples, others, dimension: dimension)
    let (n, m) = (Double(within.count), Double(sums.count))
    let (own, cross, reference) = (
      within.reduce(0, +), across.reduce(0, +), sums.reduce(0, +)
    )
    func value(
      _ own: Double, _ n: Double, _ cross: Double, _ reference: Double, _ m: Double
    ) -> Double {
      2 * cross / (n * m) - own / (n * (n - 1)) - reference / (m * (m - 1))
    }
    let first = zip(within, across).map {
      value(own - 2 * $0, n - 1, cross - $1, reference, m)
    }
    let second = zip(sums, back).map {
      value(own, n, cross - $1, reference - 2 * $0, m - 1)
    }
    return Estimate(
      value: value(own, n, cross, reference, m),
      standardError: (Self.variance(first) + Self.variance(second)).squareRoot())
  }

  /// The jackknife's variance from the values with each row left out.
  private static func variance(_ values: [Double]) -> Double {
    let n = Double(values.count)
    let mean = values.reduce(0, +) / n
    return (n - 1) / n * values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  }
}
