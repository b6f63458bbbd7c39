import FlowMatching
import RealModule

/// A path's numbers and their derivatives against the literature's closed forms, each written out on
/// its own, so that no rule of differentiation is shared with the engine.
enum ScheduleCheck: Check {
  static let name = "schedule"
  static let statement = "alpha, v, alpha', v'/2, det = the table's closed forms"
  /// The engine's promise for schedules, and as much again for the table's own roundings.
  static let allowance = 8.0

  /// The table's row at one time.
  struct Row {
    var alpha: Double
    var variance: Double
    var alphaDot: Double
    var halfVarianceDot: Double
    /// How many times its size a number moves when the inputs move by theirs.
    var condition = 1.0
    /// The addends of v'/2 where they cancel.
    var derivativeScale = 0.0
  }

  /// The worst error of the five numbers; `nil` for a path of one's own, which no table has.
  static func error(_ path: any ProbabilityPath, at time: Time<Double>) -> Double? {
    guard let kind = PathKind(rawValue: path.kind) else { return nil }
    let row = row(kind, path, t: time.t, r: time.remaining)
    let s = path.schedule(at: time)
    let sigma = row.variance.squareRoot()
    let half = abs(row.halfVarianceDot)
    var pairs = [
      (s.alpha, row.alpha, abs(row.alpha)), (s.variance, row.variance, abs(row.variance)),
      (s.sigma, sigma, sigma), (s.alphaDot, row.alphaDot, abs(row.alphaDot)),
      (s.varianceDot / 2, row.halfVarianceDot, max(half, row.derivativeScale)),
    ]
    if sigma > 0 {
      pairs.append(
        (
          s.determinant, row.alphaDot * sigma - row.alpha * row.halfVarianceDot / sigma,
          abs(row.alphaDot) * sigma + row.alpha * max(half, row.derivativeScale) / sigma
        ))
    }
    return pairs.reduce(0.0) { worst, pair in
      Roundings.largest(
        worst, Roundings.error(pair.0 - pair.1, scale: pair.2 * row.condition))
    }
  }

  private static func row(
    _ kind: PathKind, _ path: any ProbabilityPath, t: Double, r: Double
  ) -> Row {
    switch kind {
    case .ot:
      let path = path as! OptimalTransportPath
      let sigma = r + path.sigmaMin * t
      return Row(
        alpha: t, variance: sigma * sigma, alphaDot: 1,
        halfVarianceDot: -(1 - path.sigmaMin) * sigma)
    case .shiftedOT:
      let path = path as! ShiftedOptimalTransportPath
      let sigma = r + path.sigmaMin
      return Row(alpha: t, variance: sigma * sigma, alphaDot: 1, halfVarianceDot: -sigma)
    case .vp:
      let path = path as! VariancePreservingPath
      let total = r * path.betaMin + r * r * (path.betaMax - path.betaMin) / 2
      let beta = path.betaMin + r * (path.betaMax - path.betaMin)
      let alpha = Double.exp(-total / 2)
      return Row(
        alpha: alpha, variance: -Double.expMinusOne(-total), alphaDot: beta * alpha / 2,
        halfVarianceDot: -beta * alpha * alpha / 2, condition: 1 + total)
    case .ve:
      let path = path as! VarianceExplodingPath
      let length = Double.log(path.sigmaMax / path.sigmaMin)
      let square = path.sigmaMin * path.sigmaMin
      return Row(
        alpha: 1, variance: square * Double.expMinusOne(2 * r * length), alphaDot: 0,
        halfVarianceDot: -square * length * Double.exp(2 * r * length), condition: 1 + 2 * length)
    case .veGeometric:
      let path = path as! GeometricVarianceExplodingPath
      let length = Double.log(path.sigmaMax / path.sigmaMin)
      let sigma = path.sigmaMax * Double.exp(-t * length)
      return Row(
        alpha: 1, variance: sigma * sigma, alphaDot: 0, halfVarianceDot: -length * sigma * sigma,
        condition: 1 + 2 * length)
    case .cosine:
      let (alpha, sigma) = (Double.sinPi(t / 2), Double.sinPi(r / 2))
      let quarter = Double.pi / 4
      return Row(
        alpha: alpha, variance: sigma * sigma, alphaDot: 2 * quarter * Double.cosPi(t / 2),
        halfVarianceDot: -quarter * Double.sinPi(min(t, r)), condition: 2)
    case .linearVP:
      return Row(alpha: t, variance: r * (1 + t), alphaDot: 1, halfVarianceDot: -t)
    case .polynomial:
      let path = path as! PolynomialPath
      let n = path.exponent
      let logarithm = n * (t < 0.5 ? Double.log(t) : Double.log(onePlus: -r))
      let (alpha, sigma) = (Double.exp(logarithm), -Double.expMinusOne(logarithm))
      let alphaDot = n * Double.pow(t, n - 1)
      return Row(
        alpha: alpha, variance: sigma * sigma, alphaDot: alphaDot,
        halfVarianceDot: -alphaDot * sigma,
        condition: 1 + n + (logarithm.isFinite ? abs(logarithm) : 0))
    case .icfm:
      let path = path as! IndependentCouplingPath
      return Row(
        alpha: t, variance: r * r + path.tubeSigma * path.tubeSigma, alphaDot: 1,
        halfVarianceDot: -r)
    case .schrodingerBridge:
      let path = path as! SchrodingerBridgePath
      let square = path.bridgeSigma * path.bridgeSigma
      var row = Row(
        alpha: t, variance: r * (r + square * t), alphaDot: 1,
        halfVarianceDot: (square * (1 - 2 * t) - 2 * r) / 2)
      row.derivativeScale = (square * (1 + 2 * t) + 2 * r) / 2
      return row
    case .sigmoid:
      // By hyperbolic tangents, as the logistic function itself: alpha' = k (1 - T^2)/(4 T_1).
      let k = (path as! SigmoidPath).steepness
      let (end, here) = (Double.tanh(k / 4), Double.tanh(k * (t - r) / 4))
      let half = (k * t / 4, k * r / 4)
      let both = Double.cosh(k * (t - r) / 4)
      // tanh a + tanh b = sinh(a + b)/(cosh a cosh b) on the side that would cancel.
      let scale = 2 * end * both * Double.cosh(k / 4)
      let alpha = t < r ? Double.sinh(2 * half.0) / scale : (here + end) / (2 * end)
      let sigma = t < r ? (end - here) / (2 * end) : Double.sinh(2 * half.1) / scale
      let alphaDot = k / (4 * end * both * both)
      return Row(
        alpha: alpha, variance: sigma * sigma, alphaDot: alphaDot,
        halfVarianceDot: -alphaDot * sigma, condition: 1 + k)
    }
  }
}
