/// The posterior of one axis of a box at `y >= 0` by 16-point Gauss rules, and what its mirror image has less.
///
/// With `z = (alpha s - y)/sigma` from A to B: outside from the nearer edge, inside from the lower one or from 9.5 standard
/// deviations below y, on ``KernelPanels``.
struct MirroredNodes<S: Scalar> {
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
    let farthest = S(KernelPanels.farthest)
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
      S.minimum(last, farthest) - start, else: KernelPanels.cut(tilt: tilt))
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

    let panels = KernelPanels.count(tilt: tilt, reach: length)
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
