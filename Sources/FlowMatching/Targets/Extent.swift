/// `E[x1]` and, per axis, `E[x1^2]`.
public struct RawMoments: Sendable, Equatable {
  public var mean: [Double]
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
  public var lower: Double
  public var upper: Double
  public var smallestVariance: Double
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
