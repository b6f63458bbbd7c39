/// A target whose posterior does not exist at every point: where `sigma(t) = 0`, a point mass has no density.
public protocol PartialTarget: Target {
  /// Throws where the posterior of the point `x` does not exist.
  func check(_ x: ArraySlice<Double>, at schedule: Schedule<Double>) throws(FlowError)
  /// Throws where what is asked for does not exist; by default where anything does not.
  func check(
    _ x: ArraySlice<Double>, at schedule: Schedule<Double>, for wanted: Moments
  ) throws(FlowError)
}

extension PartialTarget {
  public func check(
    _ x: ArraySlice<Double>, at schedule: Schedule<Double>, for wanted: Moments
  ) throws(FlowError) {
    try check(x, at: schedule)
  }
}

/// A target that may have atoms: points of positive probability, on which trajectories end where sigma(t) = 0.
public protocol AtomicTarget: Target {
  /// The atom that owns `x = alpha x1 + sigma x0`: the posterior of x1 is this point to rounding, and so is the end of
  /// the trajectory through x. `nil` where that is not decided, or no atom.
  func atom(owning x: [Double], at schedule: Schedule<Double>) -> [Double]?
}

/// A target that shares work between groups of eight queries.
public protocol GroupedTarget: Target {
  /// The posteriors of several groups: to the bit those of the groups alone.
  func posteriors(
    of points: [[Lanes]], at schedules: [Schedule<Lanes>], _ wanted: Moments
  ) throws(FlowError) -> [Posterior<Lanes>]
}

/// A target made of components, whose posterior probabilities are ``Posterior/weights``.
public protocol WeightedTarget: Target {
  /// The number of components given, those of weight zero included.
  var count: Int { get }
}

/// A target whose place on the axes is known.
public protocol LocatedTarget: Target {
  /// The mean and the mean squares of q; `nil` where they do not exist.
  var rawMoments: RawMoments? { get }
  /// Where q lives; `nil` where its tails are heavier than a Gaussian's.
  var extent: Extent? { get }
}

/// A target with a source other than the standard normal; its posteriors carry ``SourceMoments``.
public protocol SourcedTarget: Target {
  /// The type of the source.
  associatedtype Noise: Target
  /// The distribution of x0.
  var noise: Noise { get }
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

/// A target whose posterior moments come from a quadrature.
public protocol QuadratureTarget: Target {
  /// About how many components of a mixture on the same axes one answer costs as much as.
  var cost: Int { get }
  /// The moments at one point, their estimated errors and the number of evaluations.
  /// - Throws: `singular`, `noConvergence` with the best value so far.
  func estimate(
    of x: [Double], at schedule: Schedule<Double>, _ wanted: Moments
  ) throws(FlowError) -> EstimatedPosterior
}

/// A target that counts itself how large the numbers are that its moments are sums of.
package protocol MeasuredTarget: Target {
  /// One per point; `points` holds rows of `dimension` numbers, `schedules` one for all or one per point.
  func magnitudes(
    of points: [Double], at schedules: [Schedule<Double>]
  ) throws(FlowError) -> [ComponentMagnitudes]
}

extension Target {
  /// About how many components of a mixture on the same axes one answer costs as much as.
  package var work: Int {
    if let target = self as? any QuadratureTarget { return target.cost }
    if let target = self as? any WeightedTarget { return target.count }
    return 8
  }
}
