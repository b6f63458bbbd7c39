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
/// does not grow with the number of components.
///
/// **What is skipped.** A component whose logit, with its weight, is more than 750 below that of the
/// heaviest has a share below e^-746 < 2^-1075, which rounds to zero: leaving it out changes no bit
/// of any result. Whole blocks are left out when an upper bound of their logits, moved up by more
/// than all rounding errors, says so in all lanes: first the bound by ``BlockBounds``, then, for
/// blocks that might have held the heaviest component, the largest logit itself.
///
/// *Proof*: `full_moments_by_shifts`, `full_jacobians_by_shifts`, `full_component_covariance`,
/// `full_bayes`; with axes of their own, `moments_consistent`, `posterior_covariance`.
func mixturePosterior<F: GaussianFamily, S: Scalar>(
  _ family: F, _ components: MixtureComponents, _ points: [[S]], _ schedules: [Schedule<S>],
  _ wanted: Moments
) -> [Posterior<S>] {
  let scratch = BlockScratch<S>(dimension: family.dimension)
  let groups = points.indices
  var heaviest = groups.map { group in
    points[group].withUnsafeBufferPointer {
      HeaviestComponent(family, components, $0.baseAddress!, schedules[group], scratch)
    }
  }
  // Block by block, so that a block stays in the cache for all groups.
  for block in 0..<components.blockCount {
    for group in groups {
      points[group].withUnsafeBufferPointer {
        heaviest[group].visit(
          block, family, components, $0.baseAddress!, schedules[group], scratch)
      }
    }
  }
  var sums = groups.map { group in
    points[group].withUnsafeBufferPointer {
      MixtureSums(
        family, components, heaviest[group].index, $0.baseAddress!, schedules[group], wanted)
    }
  }
  for block in 0..<components.blockCount {
    let range = components.range(block)
    for group in groups where heaviest[group].canMatter(block) {
      points[group].withUnsafeBufferPointer {
        sums[group].add(
          range, of: family, components, $0.baseAddress!, schedules[group], scratch)
      }
    }
  }
  return groups.map { sums[$0].posterior(schedules[$0]) }
}

/// One group of points, all components seen.
func mixturePosterior<F: GaussianFamily, S: Scalar>(
  _ family: F, weights: [Double], logWeights: [Double], _ points: [S], _ schedule: Schedule<S>,
  _ wanted: Moments
) -> Posterior<S> {
  mixturePosterior(
    family, MixtureComponents(weights: weights, logWeights: logWeights), [points], [schedule],
    wanted)[0]
}
