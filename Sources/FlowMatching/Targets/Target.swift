/// A data distribution, known through its posterior moments and its samples.
///
/// To add a target, write one generic `posterior`, forward the two concrete requirements to it, and
/// say how to draw from it. What only some targets have is a capability of its own: ``PartialTarget``,
/// ``GroupedTarget``, ``WeightedTarget``, ``LocatedTarget``, ``SourcedTarget``, ``LabelledTarget``,
/// ``QuadratureTarget``.
public protocol Target: Sendable {
  /// The number of axes of a point.
  var dimension: Int { get }
  /// Eight queries at once; `x` holds one `Lanes` per axis.
  func posterior(
    of x: [Lanes], at schedule: Schedule<Lanes>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Lanes>
  /// One group with a derivative.
  func posterior(
    of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Dual<Lanes>>

  /// Sample `index` of the stream, `x1 ~ q`. It depends on the seed, the stream and the index alone.
  func sample(_ index: UInt64, from random: RandomStream) -> [Double]
}

extension Target {
  /// The samples `0..<count` of the stream, a row each.
  public func samples(_ count: Int, from random: RandomStream) -> [Double] {
    (0..<UInt64(count)).flatMap { sample($0, from: random) }
  }
}
