/// Which kernel answers a question about a mixture: decided here and nowhere else.
///
/// | kernel | where | why it may |
/// |---|---|---|
/// | ``SmallMixture`` | means and traces of at most 64 components with one std on at most 4 axes, in the caller's memory | the same operations in the same order as the next but two, without arrays |
/// | ``ExpandedMixture`` | means and traces of equal, equally heavy components on 16 axes or more, for a lane far enough from the data | its logits move by some u of what rounding the means moves them by |
/// | ``EqualSpreadFamily`` | components with one std | differences of components do not contain the spread |
/// | ``IsotropicFamily`` | components with a std each | |
/// | ``FullCovarianceFamily`` | all others | |
/// | ``MirroredComponents`` | means near the centre of a mixture that is its own mirror image | its components come in pairs, which cancel to their difference |
///
/// All but the first go through ``mixturePosterior(_:_:_:_:_:leavingOut:)``. Which of them answers a lane
/// depends on the mixture, on what is asked and on the lane's own point, never on its neighbours.
struct MixtureKernels: Sendable {
  enum Shape: Sendable {
    case isotropic(IsotropicFamily)
    case full(FullCovarianceFamily)
  }

  let shape: Shape
  let components: MixtureComponents
  let small: SmallMixture?
  private let expanded: ExpandedMixture?
  private let mirrored: MirroredComponents?

  init(_ shape: Shape, _ components: MixtureComponents) {
    self.shape = shape
    self.components = components
    switch shape {
    case .isotropic(let family):
      mirrored = MirroredComponents(
        dimension: family.dimension, means: family.means, weights: components.weights
      ) { family.stds[$0] == family.stds[$1] }
      small = SmallMixture(family, components, mirrored)
      expanded = ExpandedMixture(family, components)
    case .full(let family):
      mirrored = MirroredComponents(
        dimension: family.dimension, means: family.means, weights: components.weights
      ) { family.covariances[$0].entries == family.covariances[$1].entries }
      (small, expanded) = (nil, nil)
    }
  }

  /// One group with a derivative.
  func posterior(
    of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
  ) -> Posterior<Dual<Lanes>> {
    paired(evaluate([x], [schedule], wanted, leavingOut: false)[0], x, schedule, wanted)
  }

  /// Several groups; the weights in the order of ``components``.
  func posteriors(
    of points: [[Lanes]], at schedules: [Schedule<Lanes>], _ wanted: Moments
  ) -> [Posterior<Lanes>] {
    let results = plainPosteriors(of: points, at: schedules, wanted)
    if mirrored == nil { return results }
    return results.indices.map { paired(results[$0], points[$0], schedules[$0], wanted) }
  }

  /// With the means of the lanes that are near the centre of a mirrored mixture by pairs.
  private func paired<S: Scalar>(
    _ plain: Posterior<S>, _ x: [S], _ schedule: Schedule<S>, _ wanted: Moments
  ) -> Posterior<S> {
    guard let mirrored, wanted.contains(.means) else { return plain }
    let distance = mirrored.mirror.distance { plain.denoiser[$0] }
    guard S.any(distance, below: S(0.5)) else { return plain }
    let shares = evaluate([x], [schedule], .weights, leavingOut: false)[0].weights
    var (denoiser, negativeScore) = (x, x)
    switch shape {
    case .isotropic(let family):
      mirrored.means(
        family, of: x, at: schedule, probability: { shares[$0] }, denoiser: &denoiser,
        negativeScore: &negativeScore)
    case .full(let family):
      mirrored.means(
        family, of: x, at: schedule, probability: { shares[$0] }, denoiser: &denoiser,
        negativeScore: &negativeScore)
    }
    func chosen(_ pair: S, _ plain: S) -> S {
      S.choose(distance, below: S(0.5), then: pair, otherwise: plain)
    }
    var result = plain
    result.denoiser = zip(denoiser, plain.denoiser).map(chosen)
    result.negativeScore = zip(negativeScore, plain.negativeScore).map(chosen)
    return result
  }

  private func plainPosteriors(
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
    _ points: [[S]], _ schedules: [Schedule<S>], _ wanted: Moments, leavingOut: Bool
  ) -> [Posterior<S>] {
    switch shape {
    case .isotropic(let family) where family.isUniform:
      mixturePosterior(
        EqualSpreadFamily(base: family), components, points, schedules, wanted,
        leavingOut: leavingOut)
    case .isotropic(let family):
      mixturePosterior(
        family, components, points, schedules, wanted, leavingOut: leavingOut)
    case .full(let family):
      mixturePosterior(
        family, components, points, schedules, wanted, leavingOut: leavingOut)
    }
  }
}
