/// Means under guidance: of every component (or pair of components) the mean, weighted with
///
///     p(k|x) + w p(k|x, c) P_rest      where k carries the label c
///     (1 - w) p(k|x)                   where it does not
///
/// with P_rest the posterior probability of all other labels. These are the coefficients of
/// `u + w (u_c - u)`; they sum to one, and none is a difference of probabilities. Seen from the heaviest
/// component as in ``pairPosterior``, so that no large means are subtracted however large w is.
func guidedMeans<F: PairFamily, S: Scalar>(
  _ family: F, _ table: PairTable, _ x: [S], _ schedule: Schedule<S>, _ tube: TubeParts<S>,
  label: [Bool], weight: Double
) -> Posterior<S> {
  let d = table.dimension
  var view = PairView(family, table, x, schedule, tube)
  var terms: [PairTerm<S>]
  var shares: [S]
  var total: S
  var attempts = 0
  repeat {
    terms = (0..<table.count).map { view.term($0, .means) }
    shares = terms.indices.map { view.share($0, terms[$0]) }
    total = blockedSum(shares.count) { shares[$0] }
    attempts += 1
  } while attempts <= Anchoring.attempts && view.move(total: total)
  let isLabelled = (0..<table.count).map { label[$0 % table.dataCount] }
  // The label's components may all be too light for a number beside the heaviest one.
  var top = S(-Double.infinity)
  for (pair, term) in terms.enumerated() where isLabelled[pair] {
    top = S.choose(top, below: term.logRatio, then: term.logRatio, otherwise: top)
  }
  let own = terms.indices.map { pair in
    var term = terms[pair]
    term.logRatio = term.logRatio - top
    return isLabelled[pair] ? view.share(pair, term) : S(0.0)
  }
  let ownTotal = blockedSum(own.count) { own[$0] }
  let rest = blockedSum(shares.count) { isLabelled[$0] ? S(0.0) : shares[$0] } / total
  let coefficients = terms.indices.map { pair in
    let plain = shares[pair] / total
    return isLabelled[pair]
      ? plain.addingProduct((own[pair] / ownTotal).scaled(by: weight), rest)
      : plain.scaled(by: 1 - weight)
  }
  let shift = (0..<3 * d).map { i in
    blockedSum(terms.count) { coefficients[$0] * terms[$0].shifts[i] }
  }
  return view.anchor.moved(by: shift, tube)
}

extension SourcedMixture {
  public func carries(_ label: String) throws(FlowError) -> [Bool] { try data.carries(label) }

  public func guidedMeans(
    of x: [Lanes], at schedule: Schedule<Lanes>, label: String, weight: Double
  ) throws(FlowError) -> Posterior<Lanes> {
    let carries = try carries(label)
    let tube = tube.parts(schedule)
    return pairs.stds.map { stds in
      FlowMatching.guidedMeans(
        IsotropicPairs(table: pairs, stds: stds), pairs, x, schedule, tube, label: carries,
        weight: weight)
    }
      ?? FlowMatching.guidedMeans(
        FullPairs(table: pairs), pairs, x, schedule, tube, label: carries, weight: weight)
  }
}

extension GaussianMixture {
  public func guidedMeans(
    of x: [Lanes], at schedule: Schedule<Lanes>, label: String, weight: Double
  ) throws(FlowError) -> Posterior<Lanes> {
    let normal = try GaussianMixture(
      dimension: dimension, means: [Double](repeating: 0, count: dimension), stds: [1])
    var posterior = try SourcedMixture(data: self, source: normal)
      .guidedMeans(of: x, at: schedule, label: label, weight: weight)
    posterior.source = nil
    return posterior
  }

  /// Of every component that has weight, whether it carries `label`.
  public func carries(_ label: String) throws(FlowError) -> [Bool] {
    guard let labels else {
      throw FlowError(.unsupported, "label", "the target has no labels")
    }
    return places.map { labels[$0] == label }
  }
}
