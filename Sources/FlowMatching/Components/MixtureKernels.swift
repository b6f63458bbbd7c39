/// Which kernel answers a question about a mixture: decided here and nowhere else.
///
/// | kernel | where | why it may |
/// |---|---|---|
/// | ``SmallMixture`` | means and traces of at most 64 components with one std on at most 4 axes, in the caller's memory | the same operations in the same order as the next but two, without arrays |
/// | ``ExpandedMixture`` | means and traces of equal, equally heavy components on 16 axes or more, for a lane far enough from the data | its logits move by some u of what rounding the means moves them by |
/// | ``EqualSpreadFamily`` | components with one std | differences of components do not contain the spread |
/// | ``IsotropicFamily`` | components with a std each | |
/// | ``FullCovarianceFamily`` | all others | |
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

  init(_ shape: Shape, _ components: MixtureComponents) {
    self.shape = shape
    self.components = components
    switch shape {
    case .isotropic(let family):
      small = SmallMixture(family, components)
      expanded = ExpandedMixture(family, components)
    case .full:
      (small, expanded) = (nil, nil)
    }
  }

  /// One group with a derivative.
  func posterior(
    of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
  ) -> Posterior<Dual<Lanes>> {
    evaluate([x], [schedule], wanted, leavingOut: false)[0]
  }

  /// Several groups; the weights in the order of ``components``.
  func posteriors(
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
