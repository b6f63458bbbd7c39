/// A data distribution, known through its posterior moments and its samples.
///
/// To add a target, write one generic `posterior`, forward the two concrete requirements to it, and
/// say how to draw from it.
public protocol Target: Sendable {
  /// The number of axes of a point.
  var dimension: Int { get }
  /// The number of components, for targets that have posterior weights.
  var componentCount: Int? { get }
  /// The source, where it is not the standard normal.
  var source: (any Target)? { get }
  /// Throws where the posterior of the point `x` does not exist.
  func check(_ x: ArraySlice<Double>, at schedule: Schedule<Double>) throws(FlowError)
  /// Eight queries at once; `x` holds one `Lanes` per axis.
  func posterior(
    of x: [Lanes], at schedule: Schedule<Lanes>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Lanes>
  /// The same for several groups of eight queries: equal to the bit, and faster where a target can
  /// share work between them.
  func posteriors(
    of points: [[Lanes]], at schedules: [Schedule<Lanes>], _ wanted: Moments
  ) throws(FlowError) -> [Posterior<Lanes>]
  /// One group with a derivative.
  func posterior(
    of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Dual<Lanes>>

  /// Sample `index` of the stream, `x1 ~ q`. It depends on the seed, the stream and the index alone.
  func sample(_ index: UInt64, from random: RandomStream) -> [Double]
  /// The mean and the mean squares of q; `nil` where they do not exist.
  var rawMoments: RawMoments? { get }
  /// Where q lives; `nil` where its tails are heavier than a Gaussian's.
  var extent: Extent? { get }
  /// How large the numbers are that the posterior moments at every point are sums of; one time for
  /// all or one per point.
  func magnitudes(
    of points: [Double], at times: [Time<Double>], on path: any ProbabilityPath
  ) throws(FlowError) -> [ComponentMagnitudes]
}

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

extension Target {
  public var componentCount: Int? { nil }
  public var source: (any Target)? { nil }
  public var extent: Extent? { nil }

  public func posteriors(
    of points: [[Lanes]], at schedules: [Schedule<Lanes>], _ wanted: Moments
  ) throws(FlowError) -> [Posterior<Lanes>] {
    var results: [Posterior<Lanes>] = []
    for (x, schedule) in zip(points, schedules) {
      results.append(try posterior(of: x, at: schedule, wanted))
    }
    return results
  }

  /// The samples `0..<count` of the stream, a row each.
  public func samples(_ count: Int, from random: RandomStream) -> [Double] {
    (0..<UInt64(count)).flatMap { sample($0, from: random) }
  }
}

/// A target whose components carry labels, for guidance.
public protocol LabelledTarget: Target {
  /// The distribution given the label.
  /// - Throws: `outOfDomain` when no component has it, `unsupported` without labels.
  func restricted(to label: String) throws(FlowError) -> any Target
  /// Of every component that has weight, whether it carries the label.
  /// - Throws: `unsupported` without labels.
  func carries(_ label: String) throws(FlowError) -> [Bool]
  /// D and g with every component weighted as in `u + w (u_c - u)`, which cancels nothing: see
  /// ``GuidedField``.
  func guidedMeans(
    of x: [Lanes], at schedule: Schedule<Lanes>, label: String, weight: Double
  ) throws(FlowError) -> Posterior<Lanes>
}
