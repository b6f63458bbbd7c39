import RealModule

/// A mixture `q = sum w_k N(m_k, S_k)`, isotropic (`S_k = s_k^2 I`) or with full covariances, in any
/// dimension. A std of zero is a point mass: with all of them zero this is a point cloud.
///
/// Weights are relative: they need not sum to one. Components of weight zero are kept in the count
/// and never contribute.
public struct GaussianMixture: LabelledTarget {
  enum Shape: Sendable {
    case isotropic(IsotropicFamily)
    case full(FullCovarianceFamily)
  }

  public let dimension: Int
  /// How many components were given, those of weight zero included.
  public let count: Int
  /// One label per component given, for guidance.
  public let labels: [String]?

  let shape: Shape
  /// The weights of the components that have any. These are kept in an order in which neighbours are
  /// close to each other.
  let components: MixtureComponents
  /// For every component that has weight, its place among those given.
  let places: [Int]
  /// The components that have weight, in the order in which they were given.
  let given: [Int]
  /// Its means by the expanded square, where that is possible at all.
  private let expanded: ExpandedMixture?
  /// Smallest variance along any axis, and the component that has it.
  private let narrowest: (place: Int, variance: Double, isPoint: Bool)

  public var componentCount: Int? { count }
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
    self.shape = shape
    self.labels = labels
    count = kept.count
    places = kept.places
    given = kept.places.indices.sorted { kept.places[$0] < kept.places[$1] }
    components = MixtureComponents(
      weights: kept.weights, logWeights: kept.logWeights, bounds: bounds)
    if case .isotropic(let family) = shape {
      expanded = ExpandedMixture(family, components)
    } else {
      expanded = nil
    }
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
    evaluate([x], [schedule], wanted, leavingOut: false)[0]
  }

  public func posteriors(
    of points: [[Lanes]], at schedules: [Schedule<Lanes>], _ wanted: Moments
  ) -> [Posterior<Lanes>] {
    func evaluate(_ groups: [Int]) -> [Posterior<Lanes>] {
      self.evaluate(
        groups.map { points[$0] }, groups.map { schedules[$0] }, wanted, leavingOut: true)
    }
    let groups = Array(points.indices)
    guard let expanded, ExpandedMixture.gives(wanted) else { return evaluate(groups) }
    // Which way a lane goes depends on its own point alone.
    let allowed = groups.map { expanded.allows(points[$0], schedules[$0]) }
    let some = groups.filter { Lanes.any(Lanes(0.5), below: allowed[$0]) }
    let others = groups.filter { Lanes.any(allowed[$0], below: Lanes(0.5)) }
    let far = expanded.posteriors(
      some.map { points[$0] }, some.map { schedules[$0] }, wanted)
    var results = [Posterior<Lanes>?](repeating: nil, count: groups.count)
    for (group, posterior) in zip(some, far) { results[group] = posterior }
    for (group, near) in zip(others, evaluate(others)) {
      results[group] = results[group].map { near.replaced(by: $0, where: allowed[group]) } ?? near
    }
    return results.map { $0! }
  }

  @inline(__always)
  private func evaluate<S: Scalar>(
    _ points: [[S]], _ schedules: [Schedule<S>], _ wanted: Moments,
    leavingOut: Bool
  ) -> [Posterior<S>] {
    var results: [Posterior<S>]
    switch shape {
    case .isotropic(let family) where family.isUniform:
      results = mixturePosterior(
        EqualSpreadFamily(base: family), components, points, schedules, wanted,
        leavingOut: leavingOut)
    case .isotropic(let family):
      results = mixturePosterior(
        family, components, points, schedules, wanted,
        leavingOut: leavingOut)
    case .full(let family):
      results = mixturePosterior(
        family, components, points, schedules, wanted,
        leavingOut: leavingOut)
    }
    if wanted.contains(.weights) {
      for group in results.indices {
        var all = [S](repeating: S(0.0), count: count)
        for (weight, place) in zip(results[group].weights, places) { all[place] = weight }
        results[group].weights = all
      }
    }
    return results
  }
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
