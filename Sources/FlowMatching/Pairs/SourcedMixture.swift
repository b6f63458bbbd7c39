import RealModule

/// A mixture of Gaussians as the data and another, independent of it, as the source:
///
///     X = alpha X1 + sigma X0 + sqrt(c) Z,    V_jk = sigma^2 S0_j + alpha^2 S1_k + c I
///
/// given the components j of the source and k of the data. The tube's variance c is zero, or makes two
/// point clouds, which have no density of their own, into a path of densities around the segments
/// between their points.
///
/// *Accuracy*: 8 u (|y| + sensitivity); held by the fixtures.
///
/// *Reference*: Tong et al. (2023), section 3.2; Albergo et al. (2023).
public struct SourcedMixture: LabelledTarget, PartialTarget, WeightedTarget, LocatedTarget,
  SourcedTarget
{
  /// The distribution of x1.
  public let data: GaussianMixture
  public let noise: GaussianMixture
  /// The noise around the interpolant of a pair.
  public let tube: Tube
  let pairs: PairTable

  public var dimension: Int { data.dimension }
  public var count: Int { data.count }
  public var labels: [String]? { data.labels }

  /// - Throws: `dimensionMismatch`, `nonFinite`, or `outOfDomain` for a negative std.
  public init(
    data: GaussianMixture, source: GaussianMixture, tube: Tube = .none
  ) throws(FlowError) {
    guard source.dimension == data.dimension else {
      throw FlowError.dimensionMismatch("source", source.dimension, expected: data.dimension)
    }
    switch tube {
    case .none: break
    case .constant(let std), .bridge(let std): try FlowError.checkNonNegative(std, "sigma")
    }
    self.data = data
    self.tube = tube
    noise = source
    pairs = PairTable(source: source, data: data)
  }

  /// Throws where a pair has no extent in some direction: between the ends it is the sum of both
  /// covariances that must be positive definite, at an end the one that is left.
  public func check(_ x: ArraySlice<Double>, at schedule: Schedule<Double>) throws(FlowError) {
    let spread = schedule.alpha * schedule.alpha * data.smallestVariance
    let noise = schedule.variance * noise.smallestVariance
    let isInside = schedule.alpha > 0 && schedule.variance > 0
    guard
      isInside && pairs.isRegular || spread + noise + tube.parts(schedule).variance > 0
    else {
      throw FlowError.singular(
        "t",
        "a pair of components has no spread, or one whose square is below the smallest double, so that "
          + "p_t has an atom")
    }
  }

  public func restricted(to label: String) throws(FlowError) -> any Target {
    guard let part = try data.restricted(to: label) as? GaussianMixture else {
      throw FlowError(.unsupported, "label", "the data has no labels")
    }
    return try SourcedMixture(data: part, source: noise, tube: tube)
  }

  public func posterior(
    of x: [Lanes], at schedule: Schedule<Lanes>, _ wanted: Moments
  ) -> Posterior<Lanes> {
    evaluate(x, schedule, wanted)
  }

  public func posterior(
    of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
  ) -> Posterior<Dual<Lanes>> {
    evaluate(x, schedule, wanted)
  }

  private func evaluate<S: Scalar>(
    _ x: [S], _ schedule: Schedule<S>, _ wanted: Moments
  ) -> Posterior<S> {
    let tube = tube.parts(schedule)
    var result =
      if let stds = pairs.stds {
        pairPosterior(
          IsotropicPairs(table: pairs, stds: stds), pairs, x, schedule, tube, wanted)
      } else {
        pairPosterior(FullPairs(table: pairs), pairs, x, schedule, tube, wanted)
      }
    if wanted.contains(.weights) {
      var all = [S](repeating: S(0.0), count: data.count)
      for (pair, weight) in result.weights.enumerated() {
        let place = data.places[pair % pairs.dataCount]
        all[place] = all[place] + weight
      }
      result.weights = all
    }
    return result
  }

  public func sample(_ index: UInt64, from random: RandomStream) -> [Double] {
    data.sample(index, from: random)
  }

  public var rawMoments: RawMoments? { data.rawMoments }
  public var extent: Extent? { data.extent }
}
