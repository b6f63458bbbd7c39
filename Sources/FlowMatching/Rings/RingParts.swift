/// What the posterior of a ring at one point is made of.
struct RingParts<S: Scalar> {
  /// `V = alpha^2 s^2 + v`.
  let variance: S
  /// The von Mises moments at `kappa = rho alpha R/V`.
  let angle: CircularMoments<S>
  let logDensity: S
  let g: [S]
  let denoiser: [S]
  /// `E|g_n|^2` over the angle, `g_n = (y - alpha R n)/V`.
  let square: S
  let alphaRate: S
  /// `s^2/V`.
  let own: S
  /// `v (R/V)^2`.
  let pull: S

  private let y: [S]
  private let e: [S]
  private let isSmall: S
  /// `alpha R/V` and `(alpha R)^2/V`.
  private let rate: S
  private let strength: S

  init(_ ring: Ring, _ x: [S], _ schedule: Schedule<S>) {
    let (one, alpha) = (S(1.0), schedule.alpha)
    let spread = alpha.scaled(by: ring.std)
    let radius = alpha.scaled(by: ring.radius)
    let variance = schedule.variance.addingProduct(spread, spread)
    let y = zip(x, ring.center).map { schedule.gap($0, constant: $1) }
    let length = (y[0] * y[0]).addingProduct(y[1], y[1])
    let rho = S.hypot(y[0], y[1])
    let rate = radius / variance
    let kappa = rho * rate
    // kappa^2 from the products, which stay in range where their squares do not.
    let turned = y.map { $0 * rate }
    let strain = (turned[0] * turned[0]).addingProduct(turned[1], turned[1])
    let angle = CircularMoments(square: strain, kappa: kappa)
    // Below kappa = 2 everything is written in |y|^2, which can be differentiated at the centre.
    let isSmall = S.choose(strain, below: S(4.0), then: one, otherwise: S(0.0))
    func small(_ a: S, _ b: S) -> S { S.choose(S(0.5), below: isSmall, then: a, otherwise: b) }

    let strength = radius * rate
    let away = schedule.gap(rho, constant: ring.radius)
    let density = S.choose(S(0.5), below: isSmall, then: one, otherwise: angle.scaledI0)
    let exponent = small(
      length.addingProduct(radius, radius) / variance, away * away / variance)
    logDensity =
      (S.log(density / variance.scaled(by: 2 * .pi)) + small(angle.logI0, S(0.0)))
      .addingProduct(exponent, constant: -0.5)

    let inverse = one / variance
    let slope = one.addingProduct(-strength, angle.sine) * inverse
    let g = y.map { $0 * slope }
    let toRing = (rate * angle.sine).scaled(by: ring.radius)
    let own = S(ring.std * ring.std) * inverse
    let isWide: (S, S) -> S = { a, b in
      S.choose(schedule.variance, below: spread * spread, then: a, otherwise: b)
    }
    denoiser = (0..<2).map { i in
      let byRing = (toRing * y[i]).addingProduct(alpha.scaled(by: ring.std * ring.std), g[i])
      return isWide(
        x[i].addingProduct(-schedule.variance, g[i]) / alpha, S(ring.center[i]) + byRing)
    }
    // |y - alpha R n|^2 = (rho - alpha R)^2 + 2 alpha R rho (1 - cos), on average.
    let crossing = (radius * rho).scaled(by: 2) * angle.versine
    let centred = length.addingProduct(radius, radius)
      .addingProduct((strength * length).scaled(by: -2), angle.sine)
    let square = small(centred, (away * away) + crossing) * (inverse * inverse)
    // E[g_n . E_n] with E_n = c + R n + alpha s^2 g_n, or (x - v g_n)/alpha.
    let along = small(
      (length * rate * angle.sine) - radius, away.addingProduct(-rho, angle.versine))
    let byParts = (g[0].scaled(by: ring.center[0])).addingProduct(g[1], constant: ring.center[1])
      .addingProduct(along * inverse, constant: ring.radius)
      .addingProduct(alpha.scaled(by: ring.std * ring.std), square)
    let byPoint =
      (x[0] * g[0]).addingProduct(x[1], g[1]).addingProduct(-schedule.variance, square) / alpha
    alphaRate = isWide(byPoint, byParts).addingProduct(-alpha.scaled(by: 2), own)

    e = y.map { $0 / small(one, rho) }
    let scale = inverse.scaled(by: ring.radius)
    pull = schedule.variance * (scale * scale)
    (self.variance, self.angle, self.g, self.square, self.own) = (variance, angle, g, square, own)
    (self.y, self.isSmall, self.rate, self.strength) = (y, isSmall, rate, strength)
  }

  /// `A' e e^T + (A/kappa) (I - e e^T)`, entry (i, j).
  private func angular(_ i: Int, _ j: Int) -> S {
    // Near the centre as (A/kappa) I - gap (alpha R/V)^2 y y^T.
    let outer = (rate * y[i]) * (rate * y[j])
    let near = (i == j ? angle.sine : S(0.0)).addingProduct(-angle.gap, outer)
    let far =
      i == j
      ? (angle.cosine * e[i] * e[i]).addingProduct(angle.sine * e[1 - i], e[1 - i])
      : (angle.cosine - angle.sine) * (e[i] * e[j])
    return S.choose(S(0.5), below: isSmall, then: near, otherwise: far)
  }

  /// `dg/dx = (I - ((alpha R)^2/V) angular)/V`.
  func curvature(_ i: Int, _ j: Int) -> S {
    (i == j ? S(1.0) : S(0.0)).addingProduct(-strength, angular(i, j)) / variance
  }

  /// `Cov[x1 | x]/v`.
  func spread(_ i: Int, _ j: Int) -> S {
    (i == j ? own : S(0.0)).addingProduct(pull, angular(i, j))
  }
}
