import RealModule

/// Moments of the von Mises law, the angle th with the density `exp(kappa cos th)/(2 pi I0(kappa))`,
/// in terms of the modified Bessel functions I0, I1 and `A = I1/I0 = E[cos th]`:
///
///     scaledI0    I0(kappa) exp(-kappa)
///     sine        E[sin^2 th] = A/kappa
///     cosine      Var[cos th] = A' = 1 - A/kappa - A^2
///     gap         (A/kappa - A')/kappa^2, which is 1/8 at kappa = 0
///
/// Nothing overflows or cancels for any kappa: power series with positive terms below 2; the
/// trapezoidal rule on the periodic integrand, which errs by less than exp(-50), up to 40; beyond, the
/// same rule in `w^2 = kappa (1 - cos th)`, where the weights `exp(-w^2)` no longer depend on kappa.
///
/// *Accuracy*: 8 u relative for each; tested against 50 digits.
///
/// *Reference*: Abramowitz and Stegun (1964), 9.6.10 and 9.6.19; Watson (1944), 5.41 for the series of
/// `I1^2 - I0 I2`; Trefethen and Weideman (2014).
public struct CircularMoments<S: Scalar>: Sendable {
  /// `I0(kappa) exp(-kappa)`.
  public private(set) var scaledI0: S
  /// `E[sin^2 th] = A/kappa`.
  public private(set) var sine: S
  /// `Var[cos th]`.
  public private(set) var cosine: S
  /// `(E[sin^2 th] - Var[cos th])/kappa^2`.
  public private(set) var gap: S
  /// `E[1 - cos th] = 1 - A`, from kappa = 2 on.
  private(set) var versine = S(1.0)
  /// `log I0(kappa)`, below 2.
  private(set) var logI0 = S(0.0)

  /// The moments at `kappa >= 0`.
  public init(_ kappa: S) { self.init(square: kappa * kappa, kappa: kappa) }

  /// `I1(kappa) exp(-kappa)` at the argument of the initialiser.
  public func scaledI1(_ kappa: S) -> S { kappa * sine * scaledI0 }

  /// Below 2 all but `scaledI0` depend on `square = kappa^2` alone, so that they can be
  /// differentiated at kappa = 0 where kappa is a length.
  init(square: S, kappa: S) {
    (scaledI0, sine, cosine, gap) = (S(1.0), S(0.5), S(0.5), S(0.125))
    if S.any(square, below: S(4.0)) { addSeries(square, kappa) }
    if S.any(S(3.99), below: square) { addMeans(square, kappa) }
  }

  /// Where `square < 4`: `x = kappa^2/4 < 1`.
  private mutating func addSeries(_ square: S, _ kappa: S) {
    let x = S.choose(square, below: S(4.0), then: square, otherwise: S(0.0)).scaled(by: 0.25)
    func sum(_ coefficients: [Double]) -> S {
      coefficients.reversed().reduce(S(0.0)) { S($1).addingProduct($0, x) }
    }
    let i0 = sum(besselSeries.i0)
    logI0 = S.log(i0)
    scaledI0 = i0 * S.exp(-S.choose(square, below: S(4.0), then: kappa, otherwise: S(0.0)))
    sine = sum(besselSeries.sine) / i0
    gap = sum(besselSeries.gap) / (i0 * i0)
    cosine = sine.addingProduct(-gap, x.scaled(by: 4))
  }

  /// Where `square >= 4`.
  private mutating func addMeans(_ square: S, _ kappa: S) {
    let limit = S(40.0)
    // Lanes that are elsewhere stand at a harmless value.
    let known = S.choose(square, below: S(4.0), then: S(2.0), otherwise: kappa)
    func take(_ part: inout S, _ moderate: S, _ large: S) {
      let value = S.choose(known, below: limit, then: moderate, otherwise: large)
      part = S.choose(square, below: S(4.0), then: part, otherwise: value)
    }
    var moderate = AngleSums<S>()
    var large = AngleSums<S>()
    if S.any(known, below: limit) {
      moderate = .periodic(S.choose(known, below: limit, then: known, otherwise: S(2.0)))
    }
    if S.any(S(39.9), below: known) {
      large = .peaked(S.choose(known, below: limit, then: limit, otherwise: known))
    }
    take(&scaledI0, moderate.scaledI0, large.scaledI0)
    take(&versine, moderate.versine, large.versine)
    take(&sine, moderate.sine, large.sine)
    take(&cosine, moderate.cosine, large.cosine)
    let squared = known * known
    take(
      &gap, (moderate.sine - moderate.cosine) / squared, (large.sine - large.cosine) / squared)
  }
}

/// Means over the angle, from a rule's versines `c = 1 - cos th` and weights.
private struct AngleSums<S: Scalar> {
  var scaledI0 = S(1.0)
  var versine = S(1.0)
  var sine = S(1.0)
  var cosine = S(1.0)

  /// 33 nodes on half a turn.
  static func periodic(_ kappa: S) -> Self {
    let rule = besselNodes.periodic
    let versines = rule.map { S($0.versine) }
    var result = Self()
    let total = result.add(
      versines, rule.map { S.exp(kappa.scaled(by: -$0.versine)).scaled(by: $0.weight) })
    result.scaledI0 = total
    return result
  }

  /// `d th = sqrt(2/kappa) dw/sqrt(1 - w^2/(2 kappa))`; at kappa >= 40 nothing is left beyond w = 7.
  static func peaked(_ kappa: S) -> Self {
    let rule = besselNodes.peaked
    let versines = rule.map { S($0.square) / kappa }
    var result = Self()
    let total = result.add(
      versines,
      zip(rule, versines).map { node, c in
        S(node.weight) / S.sqrt(S(1.0) - c.scaled(by: 0.5))
      })
    result.scaledI0 = total / S.sqrt(kappa)
    return result
  }

  /// Mean and variance of c, the mean of `sin^2 = c (2 - c)`, and the sum of the weights.
  private mutating func add(_ versines: [S], _ weights: [S]) -> S {
    let count = versines.count
    let total = blockedSum(count) { weights[$0] }
    let mean = blockedSum(count) { weights[$0] * versines[$0] } / total
    versine = mean
    sine = blockedSum(count) { weights[$0] * (versines[$0] * (S(2.0) - versines[$0])) } / total
    cosine =
      blockedSum(count) {
        let difference = versines[$0] - mean
        return weights[$0] * (difference * difference)
      } / total
    return total
  }
}

/// Coefficients in `x = kappa^2/4` of `I0`, `I1/kappa` and `(I1^2 - I0 I2)/kappa^2`:
/// `1/k!^2`, `1/(2 k! (k+1)!)` and `(2k+2)!/(4 k! (k+1)!^2 (k+2) (k+2)!)`.
private let besselSeries: (i0: [Double], sine: [Double], gap: [Double]) = {
  var (i0, sine, gap) = ([1.0], [0.5], [0.125])
  for k in 1..<16 {
    let n = Double(k)
    i0.append(i0[k - 1] / (n * n))
    sine.append(sine[k - 1] / (n * (n + 1)))
    // From (2k+1)(2k+2)/(k (k+1)^2 (k+2)) times (k+1)/(k+2).
    gap.append(gap[k - 1] * ((2 * n + 1) * 2) / (n * (n + 2) * (n + 2)))
  }
  return (i0, sine, gap)
}()

/// `1 - cos(pi i/32)`, each the nearest double.
private let versines: [Double] = [
  0.0, 0.004815273327803114, 0.019214719596769552, 0.043059664267791134, 0.07612046748871325,
  0.11807873565164496, 0.16853038769745476, 0.22698954663726303, 0.2928932188134525,
  0.3656067158363545, 0.44442976698039777, 0.5286032631740023, 0.6173165676349103,
  0.7097153227455376, 0.8049096779838717, 0.9019828596704395, 1.0, 1.0980171403295607,
  1.1950903220161282, 1.2902846772544623, 1.3826834323650898, 1.4713967368259977,
  1.5555702330196022, 1.6343932841636455, 1.7071067811865475, 1.7730104533627369,
  1.8314696123025453, 1.881921264348355, 1.9238795325112867, 1.9569403357322088,
  1.9807852804032304, 1.995184726672197, 2.0,
]

/// The nodes of both rules; their weights sum to `I0(kappa) exp(-kappa)`, `sqrt(kappa)` apart.
private let besselNodes:
  (periodic: [(versine: Double, weight: Double)], peaked: [(square: Double, weight: Double)]) = {
    let periodic = versines.indices.map { i in
      (versine: versines[i], weight: i == 0 || i == 32 ? 0.5 / 32 : 1.0 / 32)
    }
    let step = 0.4375
    let peaked = (0...16).map { i in
      let square = step * step * Double(i * i)
      let scale = step * Double.sqrt(2) / Double.pi
      return (square: square, weight: Double.exp(-square) * (i == 0 ? scale / 2 : scale))
    }
    return (periodic, peaked)
  }()
