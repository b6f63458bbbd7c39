import FlowMatching

/// Every built-in path, with default parameters for seed 0 and with random ones otherwise.
enum EveryPath {
  static let kinds = PathKind.allCases.map(\.rawValue)

  /// The path and its parameters, in the order of the wire protocol's table.
  static func make(
    _ kind: String, seed: Int
  ) throws(FlowError) -> (path: any AffinePath, numbers: [Double]) {
    var random = SplitMix(seed: seed)
    let plain = seed == 0
    switch PathKind(rawValue: kind)! {
    case .ot:
      let s = plain ? 0 : random.power(-20...(-0.01))
      return (try OptimalTransportPath(sigmaMin: s), [s])
    case .vp:
      let b = plain ? 0.1 : random.uniform(0.01...2)
      let top = plain ? 20 : random.uniform(2...30)
      return (try VariancePreservingPath(betaMin: b, betaMax: top), [b, top])
    case .ve, .veGeometric:
      let low = plain ? 0.01 : random.power(-10...0)
      let high = plain ? 50 : random.power(0.5...8)
      return kind == PathKind.ve.rawValue
        ? (try VarianceExplodingPath(sigmaMin: low, sigmaMax: high), [low, high])
        : (try GeometricVarianceExplodingPath(sigmaMin: low, sigmaMax: high), [low, high])
    case .cosine: return (CosinePath(), [])
    case .linearVP: return (LinearVariancePreservingPath(), [])
    case .polynomial:
      let n = plain ? 2 : random.uniform(0.3...4)
      return (try PolynomialPath(exponent: n), [n])
    case .shiftedOT:
      let s = plain ? 1e-4 : random.power(-20...0)
      return (try ShiftedOptimalTransportPath(sigmaMin: s), [s])
    case .icfm:
      let s = plain ? 0.1 : random.power(-20...0)
      return (try IndependentCouplingPath(sigma: s), [s])
    case .schrodingerBridge:
      let s = plain ? 0.5 : random.power(-4...2)
      return (try SchrodingerBridgePath(sigma: s), [s])
    case .sigmoid:
      let k = plain ? 10 : random.uniform(0.1...60)
      return (try SigmoidPath(steepness: k), [k])
    }
  }
}

extension SplitMix {
  /// A time inside (0, 1), as often near an end as in the middle.
  mutating func time() throws(FlowError) -> Time<Double> {
    switch index(below: 3) {
    case 0: return try Time(power(-40...(-1)))
    case 1: return try Time(remaining: power(-40...(-1)))
    default: return try Time(uniform(0.001...0.999))
    }
  }
}

#if arch(x86_64)
  import Foundation

  /// A path's numbers by the formulas of the literature, written without regard to the engine.
  struct PathNumbers {
    var alpha, variance, alphaDot, varianceDot: Float80
    var sigma: Float80 { variance.squareRoot() }

    init(_ kind: String, _ t: Float80, _ r: Float80, _ n: [Float80]) {
      func set(
        _ alpha: Float80, _ variance: Float80, _ alphaDot: Float80, _ varianceDot: Float80
      ) -> (Float80, Float80, Float80, Float80) { (alpha, variance, alphaDot, varianceDot) }
      let pi = Float80.pi
      let parts: (Float80, Float80, Float80, Float80)
      switch PathKind(rawValue: kind)! {
      case .ot:
        let sigma = r + n[0] * t
        parts = set(t, sigma * sigma, 1, -2 * (1 - n[0]) * sigma)
      case .vp:
        let total = r * n[0] + r * r * (n[1] - n[0]) / 2
        let beta = n[0] + r * (n[1] - n[0])
        let alpha = exp(-total / 2)
        parts = set(alpha, -expm1(-total), beta * alpha / 2, -beta * exp(-total))
      case .ve:
        let rate = 2 * log(n[1] / n[0])
        let square = n[0] * n[0]
        parts = set(1, square * expm1(r * rate), 0, -square * rate * exp(r * rate))
      case .veGeometric:
        let rate = log(n[1] / n[0])
        let sigma = n[1] * exp(-t * rate)
        parts = set(1, sigma * sigma, 0, -2 * rate * sigma * sigma)
      case .cosine:
        let (alpha, sigma) = (sin(pi * t / 2), sin(pi * r / 2))
        parts = set(alpha, sigma * sigma, pi / 2 * sigma, -pi * alpha * sigma)
      case .linearVP:
        parts = set(t, r * (1 + t), 1, -2 * t)
      case .polynomial:
        let logarithm = t < 0.5 ? log(t) : log1p(-r)
        let sigma = -expm1(n[0] * logarithm)
        let slope = n[0] * exp((n[0] - 1) * logarithm)
        parts = set(exp(n[0] * logarithm), sigma * sigma, slope, -2 * slope * sigma)
      case .shiftedOT:
        parts = set(t, (r + n[0]) * (r + n[0]), 1, -2 * (r + n[0]))
      case .icfm:
        parts = set(t, r * r + n[0] * n[0], 1, -2 * r)
      case .schrodingerBridge:
        let square = n[0] * n[0]
        parts = set(t, r * (r + square * t), 1, square * (r - t) - 2 * r)
      case .sigmoid:
        // The difference of two tanh is sinh(a - b)/(cosh a cosh b).
        let middle = cosh(n[0] * (t - r) / 4)
        let scale = 2 * sinh(n[0] / 4) * middle
        let sigma = sinh(n[0] * r / 2) / scale
        let slope = n[0] * cosh(n[0] / 4) / (2 * scale * middle)
        parts = set(sinh(n[0] * t / 2) / scale, sigma * sigma, slope, -2 * slope * sigma)
      }
      (alpha, variance, alphaDot, varianceDot) = parts
    }
  }
#endif
