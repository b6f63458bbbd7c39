/// `E[x1]` and, per axis, `E[x1^2]`.
public struct RawMoments: Sendable, Equatable {
  public var mean: [Double]
  /// `E[x1^2]` per axis.
  public var square: [Double]

  public init(mean: [Double], square: [Double]) {
    self.mean = mean
    self.square = square
  }
}

/// A distribution's place and its scales: it lies within `lower` and `upper` on every axis, up to
/// Gaussian tails of at most `largestVariance`, and its density is one convolved with a Gaussian of
/// `smallestVariance`.
public struct Extent: Sendable, Equatable {
  /// No coordinate is below this, tails aside.
  public var lower: Double
  /// No coordinate is above this, tails aside.
  public var upper: Double
  /// The density is one convolved with a Gaussian of this variance.
  public var smallestVariance: Double
  /// Tails beyond the ends are at most those of a Gaussian of this variance.
  public var largestVariance: Double

  public init(
    lower: Double, upper: Double, smallestVariance: Double = 0, largestVariance: Double = 0
  ) {
    self.lower = lower
    self.upper = upper
    self.smallestVariance = smallestVariance
    self.largestVariance = largestVariance
  }
}
