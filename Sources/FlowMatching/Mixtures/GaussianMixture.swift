import RealModule

/// A mixture `q = sum w_k N(m_k, S_k)`, isotropic (`S_k = s_k^2 I`) or with full covariances, in any
/// dimension. A std of zero is a point mass: with all of them zero this is a point cloud.
///
/// Weights are relative: they need not sum to one. Components of weight zero are kept in the count
/// and never contribute.
public struct GaussianMixture: LabelledTarget, PartialTarget, GroupedTarget, WeightedTarget,
  LocatedTarget
{
  typealias Shape = MixtureKernels.Shape

  public let dimension: Int
  /// How many components were given, those of weight zero included.
  public let count: Int
  /// One label per component given, for guidance.
  public let labels: [String]?

  /// Which kernel answers what.
  private let kernels: MixtureKernels
  var shape: Shape { kernels.shape }
  /// The weights of the components that have any. These are kept in an order in which neighbours are
  /// close to each other.
  var components: MixtureComponents { kernels.components }
  /// For every component that has weight, its place among those given.
  let places: [Int]
  /// The components that have weight, in the order in which they were given.
  let given: [Int]
  /// Smallest variance along any axis, and the component that has it.
  private let narrowest: (place: Int, variance: Double, isPoint: Bool)

  var smallestVariance: Double { narrowest.variance }

  var weights: [Double] { components.weights }

  /// Isotropic components: `means` holds `count` rows of `dimension` numbers, `stds` one number for
  /// all or one per component, `weights` one per component (default: equal).
  /// - Throws: `dimensionMismatch`, `nonFinite`, or `outOfDomain` for a negative std or weight.
  public init(
    dimension: Int, means: [Double], stds: [Double], weights: [Double]? = nil,
    labels: [String]? = nil
  ) throws(FlowError) {
    let kept = try Self.checked(
      dimension: dimension, means: means, weights: weights, labels: labels
    ).inCompactOrder(means, dimension)
    guard stds.count == 1 || stds.count == kept.count else {
      throw FlowError.dimensionMismatch("std", stds.count, expected: kept.count)
    }
    for std in stds { try FlowError.checkNonNegative(std, "std") }
    let all = stds.count == 1 ? [Double](repeating: stds[0], count: kept.count) : stds
    let family = IsotropicFamily(
      dimension: dimension, means: kept.rows(of: means, dimension),
      stds: kept.places.map { all[$0] })
    let smallest = family.stds.indices.min { family.stds[$0] < family.stds[$1] }!
    let bounds = BlockBounds(
      dimension: dimension, means: family.means, variances: family.stds.map { $0 * $0...$0 * $0 },
      logWeights: kept.logWeights, isUniform: family.isUniform)
    self.init(
      dimension: dimension, kept, labels, .isotropic(family), bounds,
      narrowest: (
        smallest, family.stds[smallest] * family.stds[smallest], family.stds[smallest] == 0
      ))
  }

  /// Full covariances, each `dimension` rows of `dimension` numbers.
  /// - Throws: `dimensionMismatch`, `nonFinite`, or `outOfDomain` for a matrix that is not symmetric
  ///   positive semidefinite or a negative weight.
  public init(
    dimension: Int, means: [Double], covariances: [[Double]], weights: [Double]? = nil,
    labels: [String]? = nil
  ) throws(FlowError) {
    let kept = try Self.checked(
      dimension: dimension, means: means, weights: weights, labels: labels
    ).inCompactOrder(means, dimension)
    guard covariances.count == kept.count else {
      throw FlowError.dimensionMismatch("covariances", covariances.count, expected: kept.count)
    }
    var all: [Covariance] = []
    for (k, entries) in covariances.enumerated() {
      all.append(try Covariance(entries, dimension: dimension, field: "covariances[\(k)]"))
    }
    let family = FullCovarianceFamily(
      dimension: dimension, means: kept.rows(of: means, dimension),
      covariances: kept.places.map { all[$0] })
    let smallest = family.covariances.indices.min {
      family.covariances[$0].eigenvalues.last! < family.covariances[$1].eigenvalues.last!
    }!
    let bounds = BlockBounds(
      dimension: dimension, means: family.means,
      variances: family.covariances.map { $0.eigenvalues.last!...$0.eigenvalues.first! },
      logWeights: kept.logWeights, isUniform: false)
    self.init(
      dimension: dimension, kept, labels, .full(family), bounds,
      narrowest: (
        smallest, family.covariances[smallest].eigenvalues.last!,
        family.covariances[smallest].eigenvalues.last! == 0
      ))
  }

  private init(
    dimension: Int, _ kept: KeptComponents, _ labels: [String]?, _ shape: Shape,
    _ bounds: BlockBounds, narrowest: (Int, Double, Bool)
  ) {
    self.dimension = dimension
    self.labels = labels
    count = kept.count
    places = kept.places
    given = kept.places.indices.sorted { kept.places[$0] < kept.places[$1] }
    kernels = MixtureKernels(
      shape,
      MixtureComponents(weights: kept.weights, logWeights: kept.logWeights, bounds: bounds))
    self.narrowest = narrowest
  }

  /// Throws where a component has collapsed to a point: at sigma = 0 with a std of zero.
  public func check(_ x: ArraySlice<Double>, at schedule: Schedule<Double>) throws(FlowError) {
    // A square has lost digits below the normal numbers; an eigenvalue is what was given.
    let isFull = if case .full = shape { true } else { false }
    try FlowError.checkSpread(
      narrowest.variance, isZero: narrowest.isPoint, at: schedule, isFull ? "covariances" : "std",
      of: "component \(places[narrowest.place])", smallest: isFull ? 0 : .leastNormalMagnitude)
  }

  public func posterior(
    of x: [Lanes], at schedule: Schedule<Lanes>, _ wanted: Moments
  ) -> Posterior<Lanes> {
    posteriors(of: [x], at: [schedule], wanted)[0]
  }

  public func posterior(
    of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
  ) -> Posterior<Dual<Lanes>> {
    given(kernels.posterior(of: x, at: schedule, wanted))
  }

  public func posteriors(
    of points: [[Lanes]], at schedules: [Schedule<Lanes>], _ wanted: Moments
  ) -> [Posterior<Lanes>] {
    kernels.posteriors(of: points, at: schedules, wanted).map(given)
  }

  /// With the weights, if any, in the order in which the components were given.
  private func given<S: Scalar>(_ posterior: Posterior<S>) -> Posterior<S> {
    guard !posterior.weights.isEmpty else { return posterior }
    var result = posterior
    result.weights = [S](repeating: S(0.0), count: count)
    for (weight, place) in zip(posterior.weights, places) { result.weights[place] = weight }
    return result
  }
}

extension GaussianMixture: SmallTarget {
  var small: SmallMixture? { kernels.small }
}

extension GaussianMixture {
  static func checked(
    dimension: Int, means: [Double], weights: [Double]?, labels: [String]?
  ) throws(FlowError) -> KeptComponents {
    guard dimension > 0 else {
      throw FlowError.outOfDomain("dimension", dimension, accepted: "[1, infinity)")
    }
    guard !means.isEmpty, means.count % dimension == 0 else {
      throw FlowError.dimensionMismatch("means", means.count, expected: dimension)
    }
    try FlowError.checkFinite(means, "means")
    let count = means.count / dimension
    if let labels, labels.count != count {
      throw FlowError.dimensionMismatch("labels", labels.count, expected: count)
    }
    return try KeptComponents(weights, count: count)
  }

  /// The components that carry `label`, their weights as they are.
  public func restricted(to label: String) throws(FlowError) -> any Target {
    guard let labels else {
      throw FlowError(.unsupported, "label", "the target has no labels")
    }
    let chosen = places.indices.filter { labels[places[$0]] == label }
    guard !chosen.isEmpty else {
      if labels.contains(label) {
        throw FlowError(
          .outOfDomain, "label", "label = \(label) has no weight: that of its components is 0")
      }
      throw FlowError.outOfDomain("label", label, accepted: "the labels of the target")
    }
    func rows(_ table: [Double]) -> [Double] {
      chosen.flatMap { table[$0 * dimension..<($0 + 1) * dimension] }
    }
    let weights = chosen.map { self.weights[$0] }
    switch shape {
    case .isotropic(let family):
      return try GaussianMixture(
        dimension: dimension, means: rows(family.means), stds: chosen.map { family.stds[$0] },
        weights: weights)
    case .full(let family):
      return try GaussianMixture(
        dimension: dimension, means: rows(family.means),
        covariances: chosen.map { family.covariances[$0].entries }, weights: weights)
    }
  }
}
