import RealModule

/// One axis of a box [c + a, c + b] seen from `x = alpha c + y` and from the other side of the centre, `alpha c - y`: half
/// the differences of the mean `E - c` and of g there, which vanish with y, half their sums, which do not, and
/// `lead = log p(y) - log p(-y)`, which vanishes too.
///
/// Where they are small, the differences are averages over the posterior at y, `s = x1 - c`. From the other side x1 has
/// there the weight times `1 - r`, with `r = -expm1(-2 alpha s y/v)`, so that
///
///     lead = -log(1 - <r>),   (E(y) - E(-y))/2 = Cov(s, r)/(2 (1 - <r>)),
///
/// and the two factors of the covariance rise together. With `v g = y - alpha (E - c)` that is g's difference too, but
/// inside a wide box, where it would cancel: there `g = (phi(B) - phi(A))/(sigma (Phi(B) - Phi(A)))` at the edges A and B,
/// and from the other side its numerator has the opposite sign and every density the weight `1 - r`.
///
/// *Accuracy*: some u of every one of these, from where y is so small that r is straight; beyond `2 alpha s y/v = 4` plain
/// differences, which have lost nothing there.
struct MirroredInterval<S: Scalar> {
  private(set) var lead: S
  /// `(E(y) - E(-y))/2` and `(g(y) - g(-y))/2`.
  private(set) var oddMean: S
  private(set) var oddScore: S
  /// `(E(y) + E(-y))/2 - c` and `(g(y) + g(-y))/2`.
  private(set) var evenMean: S
  private(set) var evenScore: S

  init(_ y: S, lower a: Double, upper b: Double, _ schedule: Schedule<S>) {
    let zero = S(0.0)
    // As if the middle were not left of the centre, and y neither.
    let isLeft = a + b < 0
    let (a, b) = isLeft ? (-b, -a) : (a, b)
    let gap = magnitude(y)
    let there = TruncatedNormal(gap, lower: a, upper: b, schedule)
    let back = TruncatedNormal(-gap, lower: a, upper: b, schedule)
    lead = zero
    oddMean = (there.denoiser - back.denoiser).scaled(by: 0.5)
    oddScore = (there.g - back.g).scaled(by: 0.5)
    (evenMean, evenScore) = (zero, zero)
    if a + b != 0 {
      lead = Self.lead(there, back, gap, schedule)
      let nodes = MirroredNodes(gap, lower: a, upper: b, schedule)
      if S.any(S(0.5), below: nodes.isNear) {
        func near(_ a: S, else b: S) -> S {
          S.choose(nodes.isNear, below: S(0.5), then: b, otherwise: a)
        }
        lead = near(nodes.lead, else: lead)
        oddMean = near(nodes.oddMean, else: oddMean)
        oddScore = near(nodes.oddScore, else: oddScore)
      }
      evenMean = there.denoiser - oddMean
      evenScore = there.g - oddScore
    }
    // Whose middle is left of the centre is the mirror image of whose is right of it.
    func signed(_ value: S) -> S { S.choose(y, below: zero, then: -value, otherwise: value) }
    lead = signed(isLeft ? -lead : lead)
    (oddMean, oddScore) = (signed(oddMean), signed(oddScore))
    if isLeft { (evenMean, evenScore) = (-evenMean, -evenScore) }
  }

  /// `log p(y) - log p(-y)` by both, the difference of the squares by the edges.
  private static func lead(
    _ there: TruncatedNormal<S>, _ back: TruncatedNormal<S>, _ gap: S, _ schedule: Schedule<S>
  ) -> S {
    let volumes = S.log(there.volume / back.volume)
    let plain = (back.offset - there.offset) * (back.offset + there.offset)
    let (apart, both) = (back.edge - there.edge, back.edge + there.edge)
    let byEdges =
      (gap.scaled(by: 2).addingProduct(schedule.alpha, apart) / schedule.sigma)
      * (schedule.alpha * both / schedule.sigma)
    let squares = S.choose(
      there.isWide + back.isWide, below: S(0.5), then: byEdges, otherwise: plain)
    return volumes.addingProduct(squares, constant: 0.5)
  }
}
