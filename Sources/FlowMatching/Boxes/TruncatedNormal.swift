import RealModule

/// One axis of a box: x1 uniform on [a, b], and its posterior given `x = alpha x1 + sigma eps`,
/// a normal law truncated to `[(alpha a - x)/sigma, (alpha b - x)/sigma]`.
///
/// With e the nearer of the two edges, `zeta = (alpha e - x)/sigma` counted outwards (negative when x
/// is inside) and `h = alpha (b - a)/sigma`, the distance `tau = alpha |x1 - e|/sigma` has the density
/// `exp(-zeta tau - tau^2/2)/I` on [0, h]. Everything follows from its mean m and variance w2:
///
///     E[x1] = e +- (b - a) m/h          g = -+(zeta + m)/sigma
///     Var[x1] = (b - a)^2 w2/h^2        dg/dx = (1 - w2)/v
///     p(x) = exp(-zeta^2/2) I/(h sqrt(2 pi) sigma)
///
/// Outside the box, and everywhere in a narrow one, by Gauss rules on positive integrands; near the middle of a
/// narrow one with the middle in the place of the edge, about which mean and g are odd; inside a wide one by the densities at both ends and complementary error functions, where `1 - w2` and
/// `zeta + m` are as small as `exp(-zeta^2/2)`.
struct TruncatedNormal<S: Scalar> {
  /// The nearer edge, or the middle.
  var edge: S
  /// `(x - alpha e)/sigma`; 0 inside a wide box, where the density is flat.
  var offset: S
  /// 1 inside a wide box, else 0.
  var isWide: S
  /// `p(x) = exp(-offset^2/2) volume`.
  var volume: S
  /// `E[x1 | x]`.
  var denoiser: S
  /// `E[x1 | x] - e`; not inside a wide box.
  var fromEdge: S
  /// `-d log p/dx`.
  var g: S
  /// `dg/dx`.
  var inverse: S
  /// `Var[x1 | x]/v`.
  var spread: S
  /// `d log p/d alpha` and `d log p/dv`.
  var alphaRate: S
  var varianceRate: S

  init(_ x: S, lower: Double, upper: Double, _ schedule: Schedule<S>) {
    let (one, zero) = (S(1.0), S(0.0))
    let alpha = schedule.alpha
    let width = upper - lower
    // At sigma = 0 everything is infinitely far from the edges, which 2^100 stands for.
    func moving(_ quotient: S, atRest: S) -> S {
      S.choose(zero, below: schedule.variance, then: quotient, otherwise: atRest)
    }
    let sigma = moving(schedule.sigma, atRest: one)
    let variance = moving(schedule.variance, atRest: one)

    // From the middle, which may be no number itself.
    let middle = 0.5 * lower + 0.5 * upper
    let rest = (0.5 * lower - middle) + 0.5 * upper
    let gap = schedule.gap(x, constant: middle).addingProduct(-alpha, constant: rest)
    let fromLower = schedule.gap(x, constant: lower)
    let toUpper = -schedule.gap(x, constant: upper)
    // Next to the middle both distances may round to the same number; the gap has a sign still.
    func nearer(_ a: S, _ b: S) -> S { S.choose(gap, below: zero, then: a, otherwise: b) }
    let (near, far) = (nearer(fromLower, toUpper), nearer(toUpper, fromLower))
    let sign = nearer(one, -one)
    edge = nearer(S(lower), S(upper))
    let away = S.choose(near, below: zero, then: S(0x1p100), otherwise: S(-0x1p100))
    let zeta = moving(-near / sigma, atRest: away)
    let farther = moving(far / sigma, atRest: S(0x1p101))
    let h = moving(alpha.scaled(by: width) / sigma, atRest: S(0x1p101))
    let inside = S.choose(zeta, below: zero, then: h, otherwise: zero)
    func wide(_ a: S, else b: S) -> S { S.choose(inside, below: S(2.0), then: b, otherwise: a) }

    isWide = wide(one, else: zero)
    offset = wide(zero, else: -sign * zeta)
    (volume, denoiser, fromEdge, g) = (one, x, zero, zero)
    (inverse, spread, varianceRate) = (zero, zero, zero)
    let xi = moving(gap / sigma, atRest: -sign.scaled(by: 0x1p99))
    let tilt = h * S.choose(xi, below: zero, then: -xi, otherwise: xi)
    let isCentral = S.choose(
      h, below: S(2.0), then: S.choose(tilt, below: one, then: one, otherwise: zero),
      otherwise: zero)
    if S.any(inside + isCentral.scaled(by: 4), below: S(2.0)) {
      let (zeta, h) = (wide(zero, else: zeta), wide(one, else: h))
      let part = EdgeMoments(zeta: zeta, h: h)
      let slope = zeta.addingProduct(h, part.mean)
      let unit = S.choose(part.share, below: one, then: alpha.scaled(by: width), otherwise: sigma)
      volume = (part.mass / unit).scaled(by: Self.inverseRoot)
      fromEdge = sign.scaled(by: width) * part.mean
      denoiser = edge + fromEdge
      g = -(sign * slope) / sigma
      let own = one.addingProduct(-h * h, part.variance)
      inverse = own / variance
      spread = part.variance.scaled(by: width * width) / variance
      varianceRate = (slope * slope - own) / variance.scaled(by: 2)
    }
    if S.any(S(0.5), below: isCentral) {
      func central(_ a: S, else b: S) -> S {
        S.choose(isCentral, below: S(0.5), then: b, otherwise: a)
      }
      let (h, xi) = (central(h, else: one), central(xi, else: zero))
      let part = CentralMoments(xi: xi, h: h)
      let slope = xi.addingProduct(-h, part.mean)
      let own = one.addingProduct(-h * h, part.variance)
      edge = central(S(middle), else: edge)
      offset = central(xi, else: offset)
      volume = central((part.mass / sigma).scaled(by: Self.inverseRoot), else: volume)
      fromEdge = central(part.mean.scaled(by: width), else: fromEdge)
      denoiser = central(S(middle) + (fromEdge + S(rest)), else: denoiser)
      g = central(slope / sigma, else: g)
      inverse = central(own / variance, else: inverse)
      spread = central(part.variance.scaled(by: width * width) / variance, else: spread)
      varianceRate = central((slope * slope - own) / variance.scaled(by: 2), else: varianceRate)
    }
    if S.any(S(1.99), below: inside) {
      let part = InteriorMoments(
        near: wide(-zeta, else: one), far: wide(farther, else: S(2.0)),
        apart: wide((-sign * xi).scaled(by: 2), else: one), h: wide(h, else: S(3.0)))
      volume = wide(part.mass / alpha.scaled(by: width), else: volume)
      denoiser = wide(x.addingProduct(sign * schedule.sigma, part.slope) / alpha, else: denoiser)
      g = wide(-(sign * part.slope) / sigma, else: g)
      inverse = wide(part.loss / variance, else: inverse)
      spread = wide((one - part.loss) / (alpha * alpha), else: spread)
      varianceRate = wide(-part.edges / variance.scaled(by: 2), else: varianceRate)
    }
    alphaRate = (g * denoiser).addingProduct(-alpha, spread)
  }

  /// `1/sqrt(2 pi)`.
  static var inverseRoot: Double { 0.3989422804014327 }
}

extension TruncatedNormal {
  /// The same choice for every part that an anchor needs.
  static func choose(_ x: S, below bound: S, then: Self, otherwise: Self) -> Self {
    func pick(_ a: S, _ b: S) -> S { S.choose(x, below: bound, then: a, otherwise: b) }
    var result = then
    result.edge = pick(then.edge, otherwise.edge)
    result.offset = pick(then.offset, otherwise.offset)
    result.isWide = pick(then.isWide, otherwise.isWide)
    result.volume = pick(then.volume, otherwise.volume)
    result.denoiser = pick(then.denoiser, otherwise.denoiser)
    result.fromEdge = pick(then.fromEdge, otherwise.fromEdge)
    result.g = pick(then.g, otherwise.g)
    return result
  }
}

/// Mass, mean and variance of `s = tau/h` under `exp(-zeta h s - h^2 s^2/2)` on [0, 1], for
/// `zeta >= -h/2`, h < 2 where zeta is negative.
///
/// By 16-point Gauss rules on ``KernelPanels``.
private struct EdgeMoments<S: Scalar> {
  /// The part of [0, 1] that is not cut off.
  let share: S
  /// The integral over s, or over tau where `share < 1`.
  let mass: S
  let mean: S
  let variance: S

  init(zeta: S, h: S) {
    let (one, zero) = (S(1.0), S(0.0))
    let tilt = S.choose(zeta, below: zero, then: zero, otherwise: zeta)
    let cut = KernelPanels.cut(tilt: tilt)
    share = S.choose(h, below: cut, then: one, otherwise: cut / h)
    let reach = S.choose(h, below: cut, then: h, otherwise: cut)
    let panels = KernelPanels.count(tilt: tilt, reach: reach)
    let (length, step) = (reach / panels, share / panels)
    // Where the density hardly changes the mean is found as a distance from the middle.
    let middle = S.choose(
      h * tilt.addingProduct(h, constant: 0.5), below: S(0.5), then: share.scaled(by: 0.5),
      otherwise: zero)
    var places: [S] = []
    var weights: [S] = []
    var total = zero
    var first = zero
    var panel = 0.0
    while S.any(S(panel), below: panels) {
      var panelTotal = zero
      var panelFirst = zero
      for (node, weight) in gaussLegendre16 {
        let tau = length.scaled(by: panel + node)
        let s = step.scaled(by: panel + node) - middle
        let exponent = -(tau * zeta.addingProduct(tau, constant: 0.5))
        // A lane with fewer panels adds exact zeros.
        let share = S.choose(
          S(panel), below: panels, then: S.exp(exponent).scaled(by: weight), otherwise: zero)
        panelTotal = panelTotal + share
        panelFirst = panelFirst.addingProduct(share, s)
        places.append(s)
        weights.append(share)
      }
      total = total + panelTotal
      first = first + panelFirst
      panel += 1
    }
    // Once more from the mean itself, so that its derivative, a variance, is no difference of squares.
    let rough = first / total
    let rest = blockedSum(places.count) { weights[$0] * (places[$0] - rough) }
    let mean = rough + rest / total
    let second = blockedSum(places.count) { i in
      let difference = places[i] - mean
      return weights[i] * (difference * difference)
    }
    self.mean = middle + mean
    variance = second / total
    // By the share, as whoever takes the mass decides: h and the cut may be equal.
    mass = total * S.choose(share, below: one, then: cut, otherwise: one) / panels
  }
}

/// Inside a wide box, the distances n and f of x to its near and far edge in sigmas:
/// with `phi_n = phi(n)/mass` and `phi_f = phi(f)/mass`, `slope = phi_n - phi_f = zeta + m`,
/// `edges = n phi_n + f phi_f` and `loss = 1 - w2 = slope^2 + edges`.
private struct InteriorMoments<S: Scalar> {
  let mass: S
  let slope: S
  let edges: S
  let loss: S

  /// `apart` is `far - near`, from the middle.
  init(near: S, far: S, apart: S, h: S) {
    func tail(_ z: S) -> S { S.erfc(z.scaled(by: 0.7071067811865476)) }
    func density(_ z: S) -> S {
      S.exp(-(z * z).scaled(by: 0.5)).scaled(by: TruncatedNormal<S>.inverseRoot)
    }
    mass = S(1.0) - (tail(near) + tail(far)).scaled(by: 0.5)
    let atNear = density(near) / mass
    slope = -atNear * S.expMinusOne(-(h * apart).scaled(by: 0.5))
    edges = (near * atNear).addingProduct(far, density(far) / mass)
    loss = edges.addingProduct(slope, slope)
  }
}

/// The 16-point Gauss rule on [0, 1]: nodes and weights.
let gaussLegendre16: [(node: Double, weight: Double)] = {
  let half = [
    (0.005299532504175033, 0.013576229705877048), (0.02771248846338371, 0.031126761969323947),
    (0.06718439880608412, 0.04757925584124639), (0.12229779582249849, 0.06231448562776694),
    (0.19106187779867811, 0.07479799440828837), (0.2709916111713863, 0.08457825969750127),
    (0.35919822461037054, 0.09130170752246179), (0.4524937450811813, 0.09472530522753425),
  ]
  return half + half.reversed().map { (1 - $0.0, $0.1) }
}()
