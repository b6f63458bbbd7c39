/// Posterior moments of a mixture of Gaussians from its components, each seen from the heaviest one.
///
/// With `W = sum p_k w_k` and `C = Cov_p(w)` over the posterior p:
///
///     D = E_j + v W                              g = g_j - alpha W
///     dD/dx = alpha sum p S V^-1 + v alpha C     dg/dx = sum p V^-1 - alpha^2 C
///     Cov[x1|x] = v sum p S V^-1 + v^2 C
///
/// The rates in alpha and v are summed directly, not taken from these, so that a continuity residual
/// built on them can fail.
///
/// Sums run over blocks of 64 components; second moments are centred inside each block and merged
/// with positive terms only (Chan, Golub and LeVeque, 1983), so that nothing cancels and the memory
/// does not grow with the number of components; rounding errors of the running sums are kept
/// (``RunningSum``), so that neither do they.
///
/// **What is left out.** Components whose share is below a cut far under the promised accuracy: see
/// ``ShareCut``. Whether a component is left out depends on its share alone, and so on nothing but its
/// lane's own point. Whole blocks are passed over where an upper bound of their logits, moved up by
/// more than all rounding errors, puts all their shares below the cut in all lanes: first the bound by
/// ``BlockBounds``, then, for blocks that might have held the heaviest component, the largest logit
/// itself. Of the blocks looked at, fours of components are passed over by their own logits. That saves
/// time and changes no bit.
///
/// **Which component is the anchor** is settled by the comparisons themselves: see ``Anchoring``.
///
/// *Proof*: `full_moments_by_shifts`, `full_jacobians_by_shifts`, `full_component_covariance`,
/// `full_bayes`; with axes of their own, `moments_consistent`, `posterior_covariance`.
func mixturePosterior<F: GaussianFamily, S: Scalar>(
  _ family: F, _ components: MixtureComponents, _ points: [[S]], _ schedules: [Schedule<S>],
  _ wanted: Moments, leavingOut: Bool
) -> [Posterior<S>] {
  let scratch = BlockScratch(
    dimension: family.dimension, points: points, blockCount: components.blockCount)
  let groups = points.indices
  let bounds = components.bounds
  let isCut =
    leavingOut && bounds != nil && wanted.isDisjoint(with: [.rates, .jacobians, .weights])
  let cut = isCut ? ShareCut<S>(count: family.count) : .exact
  var heaviest = groups.map {
    HeaviestComponent($0, family, components, schedules[$0], cut, scratch)
  }
  // Block by block, so that a block stays in the cache for all groups.
  for block in 0..<components.blockCount {
    for group in groups where heaviest[group].canBe(in: block) {
      heaviest[group].visit(block, family, components, scratch)
    }
  }
  var contested = [S](repeating: S(0.0), count: groups.count)
  func empty(_ group: Int) -> MixtureSums<S> {
    MixtureSums(
      family, components, heaviest[group].index, isContested: contested[group], scratch.x(group),
      schedules[group], wanted)
  }
  var sums = groups.map(empty)
  var cuts = [ShareCut<S>](repeating: cut, count: groups.count)
  func sum(_ groups: some Collection<Int>, leavingOutFours: Bool) {
    for block in 0..<components.blockCount {
      for group in groups where heaviest[group].canMatter(block, cuts[group]) {
        scratch.fours = leavingOutFours ? heaviest[group].fours(in: block) : .all
        sums[group].add(
          components.range(block), of: family, components, scratch.x(group), schedules[group],
          cuts[group].share, scratch)
      }
    }
  }
  sum(groups, leavingOutFours: true)
  for _ in 0..<Anchoring.attempts {
    let unsettled = groups.filter { !Anchoring.isSettled(sums[$0].total, count: family.count) }
    if unsettled.isEmpty { break }
    for group in unsettled {
      let heavier = sums[group].heaviest(
        of: family, components, scratch.x(group), schedules[group], scratch)
      func moved(_ old: S, to new: S) -> S {
        Anchoring.moved(old, to: new, total: sums[group].total, count: family.count)
      }
      heaviest[group].index = moved(heaviest[group].index, to: heavier)
      contested[group] = moved(contested[group], to: S(1.0))
      sums[group] = empty(group)
    }
    sum(unsettled, leavingOutFours: false)
  }
  var results = groups.map { sums[$0].posterior(schedules[$0]) }
  guard isCut, let bounds else { return results }
  let unsure = groups.filter { group in
    let g = sums[group].anchor.g
    cuts[group] = cut.confirmed(
      by: results[group], steepness: S.sqrt(blockedSum(g.count) { g[$0] * g[$0] }), bounds,
      schedules[group], wanted)
    return cuts[group].isExactSomewhere
  }
  for group in unsure { sums[group] = empty(group) }
  sum(unsure, leavingOutFours: false)
  for group in unsure { results[group] = sums[group].posterior(schedules[group]) }
  return results
}

/// One group of points, all components seen.
func mixturePosterior<F: GaussianFamily, S: Scalar>(
  _ family: F, weights: [Double], logWeights: [Double], _ points: [S], _ schedule: Schedule<S>,
  _ wanted: Moments
) -> Posterior<S> {
  mixturePosterior(
    family, MixtureComponents(weights: weights, logWeights: logWeights), [points], [schedule],
    wanted, leavingOut: false)[0]
}
