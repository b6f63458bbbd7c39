/// Whether the component that all others are seen from was chosen well enough.
///
/// The search goes by plain logits, which are off by some u of `|x - alpha m|^2/V`. Far from all components, in
/// units of sqrt(V), that is more than what decides between two of them; seen from each other they are compared to
/// some u of their difference. So where the shares, relative to the chosen component's, add up to more than there
/// are components, the one with the largest takes its place, until none is much heavier.
enum Anchoring {
  /// How often another component is taken.
  static let attempts = 64

  private static func limit<S: Scalar>(_ count: Int) -> S { S(2 * Double(count)) }

  /// Whether no component is much heavier than the chosen one, in any lane; `total` is the sum of the shares.
  static func isSettled<S: Scalar>(_ total: S, count: Int) -> Bool {
    S.all(total, below: limit(count))
  }

  /// `index` in the lanes that are settled, `other` elsewhere.
  static func moved<S: Scalar>(_ index: S, to other: S, total: S, count: Int) -> S {
    S.choose(total, below: limit(count), then: index, otherwise: other)
  }

  /// The first component with the largest share.
  static func largest<S: Scalar>(_ shares: some Sequence<S>) -> S {
    var (best, index) = (S(-1.0), S(0.0))
    for (k, share) in shares.enumerated() {
      index = S.choose(best, below: share, then: S(Double(k)), otherwise: index)
      best = S.choose(best, below: share, then: share, otherwise: best)
    }
    return index
  }
}
