/// All pairs seen from one, which stands for the heaviest (``Anchoring``).
struct PairView<F: PairFamily, S: Scalar> {
  let family: F
  let table: PairTable
  let x: [S]
  let schedule: Schedule<S>
  let tube: TubeParts<S>
  /// The number of the pair, per lane.
  private var pair: S
  private(set) var index: (source: S, data: S)
  private(set) var anchor: PairAnchor<S>
  private var anchorWeights: (source: S, data: S)

  /// From the pair with the largest logit.
  init(
    _ family: F, _ table: PairTable, _ x: [S], _ schedule: Schedule<S>, _ tube: TubeParts<S>
  ) {
    (self.family, self.table, self.x) = (family, table, x)
    (self.schedule, self.tube) = (schedule, tube)
    var best = S(-Double.infinity)
    var pair = S(0.0)
    for candidate in 0..<table.count {
      let logit = family.logit(candidate, x, schedule, tube) + S(table.logWeight(candidate))
      pair = S.choose(best, below: logit, then: S(Double(candidate)), otherwise: pair)
      best = S.choose(best, below: logit, then: logit, otherwise: best)
    }
    self.pair = pair
    (index, anchorWeights) = Self.places(pair, table)
    anchor = family.anchor(at: index, x, schedule, tube)
  }

  private typealias Ends = (source: S, data: S)

  private static func places(_ pair: S, _ table: PairTable) -> (index: Ends, weights: Ends) {
    let index = (
      source: S.gather(at: pair) { Double($0 / table.dataCount) },
      data: S.gather(at: pair) { Double($0 % table.dataCount) }
    )
    let weights = (
      source: S.gather(at: index.source) { table.sourceWeights[$0] },
      data: S.gather(at: index.data) { table.dataWeights[$0] }
    )
    return (index, weights)
  }

  func term(_ pair: Int, _ wanted: Moments) -> PairTerm<S> {
    family.compare(pair, x, anchor, schedule, tube, wanted)
  }

  func share(_ pair: Int, _ term: PairTerm<S>) -> S {
    S.exp(term.logRatio) * term.factor * table.share(pair, anchorWeights)
  }

  /// Takes a heavier pair where the shares add up to more than there are pairs; whether it did.
  mutating func move(total: S) -> Bool {
    if Anchoring.isSettled(total, count: table.count) { return false }
    let heavier = Anchoring.largest((0..<table.count).map { share($0, term($0, [])) })
    pair = Anchoring.moved(pair, to: heavier, total: total, count: table.count)
    (index, anchorWeights) = Self.places(pair, table)
    anchor = family.anchor(at: index, x, schedule, tube)
    return true
  }
}
