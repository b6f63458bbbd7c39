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
      let nodes = KernelNodes(gap, lower: a, upper: b, schedule)
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

/// The posterior of one axis of a box at `y >= 0` by 16-point Gauss rules, and what its mirror image has less.
///
/// With `z = (alpha s - y)/sigma` from A to B: outside from the nearer edge, inside from the lower one or from 9.5 standard
/// deviations below y, on at most eight panels of at most 2.5 standard deviations and six e-foldings, cut off at exp(-45).
private struct KernelNodes<S: Scalar> {
  /// A place from 0 to 1 of the part that is seen, its weight, and r.
  private struct Node {
    let place: S
    let share: S
    let loss: S
  }

  /// 1 where r is between 0 and about 1 and inside the box y is at most a fifth of sigma, else 0.
  let isNear: S
  private(set) var lead: S
  private(set) var oddMean: S
  private(set) var oddScore: S

  init(_ gap: S, lower a: Double, upper b: Double, _ schedule: Schedule<S>) {
    let (zero, one) = (S(0.0), S(1.0))
    let (alpha, sigma) = (schedule.alpha, schedule.sigma)
    let farthest = S(9.486832980505138)
    let first = -schedule.gap(gap, constant: a) / sigma
    let last = -schedule.gap(gap, constant: b) / sigma
    let h = alpha.scaled(by: b - a) / sigma
    let shift = gap / sigma

    // 1 where y is right of the box, where it is inside, and where the kernel ends inside.
    let isBeyond = S.choose(zero, below: last, then: zero, otherwise: one)
    let isInside = S.choose(first, below: zero, then: one - isBeyond, otherwise: zero)
    func inside(_ a: S, else b: S) -> S { S.choose(isInside, below: S(0.5), then: b, otherwise: a) }
    func beyond(_ a: S, else b: S) -> S { S.choose(isBeyond, below: S(0.5), then: b, otherwise: a) }
    let direction = beyond(-one, else: one)
    let start = inside(S.maximum(first, -farthest), else: beyond(last, else: first))
    let tilt = inside(zero, else: magnitude(start))
    let cut = inside(
      S.minimum(last, farthest) - start, else: S(90.0) / (tilt + S.hypot(tilt, farthest)))
    let isCut = S.choose(
      zero, below: inside(S.maximum(start - first, last - start - cut), else: h - cut), then: one,
      otherwise: zero)
    let reach = S.choose(isCut, below: S(0.5), then: h, otherwise: cut)
    // alpha s/sigma at the start, and the largest.
    let edge = beyond(alpha.scaled(by: b), else: alpha.scaled(by: a)) / sigma
    let origin = S.choose(
      S.choose(first, below: -farthest, then: isInside, otherwise: zero), below: S(0.5),
      then: edge, otherwise: shift + start)
    let largest = S.maximum(magnitude(origin), magnitude(origin.addingProduct(direction, reach)))
    isNear = S.choose(largest * shift, below: S(2.0), then: one, otherwise: zero)
    (lead, oddMean, oddScore) = (zero, zero, zero)
    guard S.any(S(0.5), below: isNear) else { return }
    func near(_ a: S) -> S { S.choose(isNear, below: S(0.5), then: zero, otherwise: a) }
    let (apart, length) = (near(shift), near(reach))

    let widest = S.choose(tilt, below: S(2.4), then: S(2.5), otherwise: S(6.0) / tilt)
    var panels = one
    for n in 1..<9 {
      let next = S(Double(n + 1))
      panels = S.choose(widest.scaled(by: Double(n)), below: length, then: next, otherwise: panels)
    }
    var nodes: [Node] = []
    var panel = 0.0
    while S.any(S(panel), below: panels) {
      for (node, weight) in gaussLegendre16 {
        let place = S(panel + node) / panels
        let step = length * place
        let z = start.addingProduct(direction, step)
        let exponent = inside(
          (z * z).scaled(by: -0.5), else: -(step * tilt.addingProduct(step, constant: 0.5)))
        let turn = (origin.addingProduct(direction, step) * apart).scaled(by: -2)
        // A lane with fewer panels adds exact zeros.
        func counted(_ a: S) -> S { S.choose(S(panel), below: panels, then: a, otherwise: zero) }
        nodes.append(
          Node(
            place: place, share: counted(S.exp(exponent).scaled(by: weight)),
            loss: counted(-S.expMinusOne(turn))))
      }
      panel += 1
    }
    func sum(_ term: (Node) -> S) -> S { blockedSum(nodes.count) { term(nodes[$0]) } }
    let mass = sum { $0.share }
    let loss = sum { $0.share * $0.loss } / mass
    let rough = sum { $0.share * $0.place } / mass
    let mean = rough + sum { $0.share * ($0.place - rough) } / mass
    let covariance = sum { $0.share * (($0.place - mean) * ($0.loss - loss)) } / mass
    lead = -S.log(onePlus: -loss)
    // s = origin + direction place b - a, or place reach sigma/alpha.
    let moving = S.choose(isCut, below: S(0.5), then: one, otherwise: alpha)
    let unit = S.choose(
      isCut, below: S(0.5), then: S(b - a), otherwise: length * sigma / moving)
    oddMean = direction * unit * covariance / (one - loss).scaled(by: 2)
    oddScore = gap.addingProduct(-alpha, oddMean) / (sigma * sigma)
    if S.any(S(2.0), below: inside(h, else: zero)) {
      // The densities at both ends, and by how much they are less from the other side.
      func end(_ z: S, _ place: Double) -> (density: S, less: S) {
        let isSeen = S.choose(magnitude(z), below: S(38.0), then: isNear, otherwise: zero)
        func seen(_ a: S) -> S { S.choose(isSeen, below: S(0.5), then: zero, otherwise: a) }
        let density = seen(S.exp((z * z).scaled(by: -0.5)))
        let turn = seen((alpha.scaled(by: place) / sigma) * apart).scaled(by: -2)
        return (density, -(density * S.expMinusOne(turn)))
      }
      let (lower, upper) = (end(first, a), end(last, b))
      let whole = mass * length / panels
      let score = (upper.density - lower.density) / whole
      let fall: S = (upper.less - lower.less) / whole
      let odd: S = (fall - score * loss) / (sigma * (one - loss)).scaled(by: 2)
      oddScore = S.choose(
        inside(h, else: zero), below: S(2.0), then: oddScore, otherwise: odd)
    }
  }
}
