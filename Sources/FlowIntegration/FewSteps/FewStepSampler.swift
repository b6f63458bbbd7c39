public import FlowMatching
import RealModule

/// The flow of an exact field by few steps, through its denoiser `D = E[x1|x]`.
///
/// With `rho = sigma_t/sigma_s` and `h = lambda_t - lambda_s`, `lambda = log(alpha/sigma)`, the flow from s to t is
///
///     x_t = rho x_s + sigma_t integral of exp(lambda) D(x_lambda, lambda) over [lambda_s, lambda_t],
///
/// and every ``FewStepMethod`` puts a polynomial for D: of degree 0 that is `x_t = rho x_s + (alpha_t - alpha_s rho) D_s`,
/// exact also where alpha is zero at the start or sigma at the end. There h is infinite; the step is then of order 1, and
/// onto the data it lands on D itself.
///
/// *Accuracy*: order ``FewStepMethod/order`` in the largest h between times where h is finite.
public struct FewStepSampler: Sendable {
  /// The field whose denoiser is asked.
  public let field: MarginalField
  /// How a step is made.
  public let method: FewStepMethod
  /// The times of the states, the first and the last included, in either direction.
  public let times: [Time<Double>]
  private let schedules: [Schedule<Double>]
  /// `log(alpha/sigma)`.
  private let logSNRs: [Double]

  /// - Throws: `unsupported` for a source other than the standard normal, `outOfDomain` unless the times go one way,
  ///   `singular` where sigma is zero before the last time.
  public init(
    of field: MarginalField, method: FewStepMethod, times: [Time<Double>]
  ) throws(FlowError) {
    guard !(field.target is any SourcedTarget) else {
      throw FlowError(
        .unsupported, "source",
        "the methods of few steps stand on the standard normal source; the other solvers take any")
    }
    guard times.count >= 2 else {
      throw FlowError.outOfDomain("times", times.count, accepted: "two times and more")
    }
    let path = field.path
    schedules = times.map { path.schedule(at: $0) }
    logSNRs = times.map { path.logSNR(at: $0) }
    let rises = logSNRs[1] > logSNRs[0]
    for k in 1..<times.count {
      guard logSNRs[k] != logSNRs[k - 1], (logSNRs[k] > logSNRs[k - 1]) == rises else {
        throw FlowError.outOfDomain(
          "times", times[k].t,
          accepted:
            "times whose log(alpha/sigma) goes one way: that of t = \(times[k - 1].t) comes before it"
        )
      }
    }
    for (schedule, time) in zip(schedules, times).dropLast() where schedule.sigma == 0 {
      throw FlowError.singular("times", "sigma(t) = 0 at t = \(time.t): nothing leaves the data")
    }
    (self.field, self.method, self.times) = (field, method, times)
  }

  /// How often the denoiser is asked for every point.
  public var evaluations: Int {
    method == .heunSigma
      ? (1..<times.count).reduce(0) { $0 + (isOfOrderOne($1) ? 1 : 2) } : times.count - 1
  }

  /// The states at the last time, a row per point.
  /// - Throws: `dimensionMismatch`, `nonFinite`, what the denoiser throws, `outOfDomain` where a state overflows.
  public func samples(at points: [Double]) throws(FlowError) -> [Double] {
    _ = try FlowError.rowCount(of: points, dimension: field.dimension, "x")
    try FlowError.checkFinite(points, "x")
    var x = points
    // The denoisers of the times before, the newest first.
    var known: [[Double]] = [try denoisers(0, points)]
    for step in 1..<times.count {
      let plain = Step(self, step)
      let isLast = step == times.count - 1
      var next = plain.predicted(x, known)
      var corrects: [Double]?
      if !isLast || needsEnd(step) {
        let new = try denoisers(step, next)
        if needsEnd(step) {
          next = plain.corrected(x, known, new)
          // Heun's step asks again where it stands; the corrector of UniPC keeps what it asked for.
          corrects = method == .heunSigma && !isLast ? try denoisers(step, next) : new
        } else {
          corrects = new
        }
      }
      x = next
      if let corrects { known = Array(([corrects] + known).prefix(method.history)) }
      try Budget.current?.check()
    }
    if let bad = x.firstIndex(where: { !$0.isFinite }) {
      throw FlowError.outOfDomain(
        "times", times[times.count - 1].t,
        accepted:
          "steps whose states stay in double precision, as row \(bad / field.dimension) does not")
    }
    return x
  }

  /// Whether the step asks for the denoiser at its end, and corrects itself by it.
  private func needsEnd(_ step: Int) -> Bool {
    switch method {
    case .ddim, .dpmpp2M, .dpmpp3M, .unip3: false
    case .unipc2, .unipc3: step < times.count - 1 && !isOfOrderOne(step)
    case .heunSigma: !isOfOrderOne(step)
    }
  }

  /// Whether h is infinite.
  private func isOfOrderOne(_ step: Int) -> Bool {
    schedules[step].sigma == 0 || schedules[step - 1].alpha == 0 || schedules[step].alpha == 0
  }

  private func denoisers(_ k: Int, _ x: [Double]) throws(FlowError) -> [Double] {
    try field.values(of: .denoiser, at: [times[k]], of: x)
  }

  /// One step's numbers.
  private struct Step {
    let method: FewStepMethod
    let (rho, alpha): (Double, Double)
    let isOfOrderOne: Bool
    /// `alpha_t - alpha_s rho = alpha_t (1 - exp(-h))`.
    let share: Double
    let h: Double
    /// `(lambda_k - lambda_s)/h` of the times before s.
    let ratios: [Double]
    /// `sigma/alpha` of both ends.
    let noise: (start: Double, end: Double)
    let alphaStart: Double

    init(_ sampler: FewStepSampler, _ step: Int) {
      let (s, t) = (sampler.schedules[step - 1], sampler.schedules[step])
      method = sampler.method
      rho = t.sigma / s.sigma
      (alpha, alphaStart) = (t.alpha, s.alpha)
      isOfOrderOne = sampler.isOfOrderOne(step)
      share = t.alpha.addingProduct(-s.alpha, rho)
      h = sampler.logSNRs[step] - sampler.logSNRs[step - 1]
      let (now, h) = (sampler.logSNRs[step - 1], h)
      ratios = (0..<step - 1).reversed().map { (sampler.logSNRs[$0] - now) / h }
      noise = (s.sigma / s.alpha, t.sigma / t.alpha)
    }

    /// `sum w_i d_i` added to `rho x + share D_0`, d the divided differences of the denoisers.
    private func sum(_ x: [Double], _ known: [[Double]], _ terms: [(weight: Double, d: [Double])])
      -> [Double]
    {
      x.indices.map { i in
        terms.reduce((rho * x[i]).addingProduct(share, known[0][i])) {
          $0.addingProduct($1.weight, $1.d[i])
        }
      }
    }

    /// `(D_k - D_0)/r_k` of the denoisers before; those an infinite time ago say nothing.
    private func slopes(_ known: [[Double]]) -> [[Double]] {
      zip(known.dropFirst(), ratios).map { past, ratio in
        zip(past, known[0]).map { ratio.isFinite ? ($0 - $1) / ratio : 0 }
      }
    }

    func predicted(_ x: [Double], _ known: [[Double]]) -> [Double] {
      let slopes = slopes(known)
      guard !isOfOrderOne, let slope = slopes.first else { return sum(x, known, []) }
      switch method {
      case .ddim, .heunSigma: return sum(x, known, [])
      case .dpmpp2M: return sum(x, known, [(share / 2, slope)])
      case .unipc2: return sum(x, known, [(share / 2, slope)])
      case .dpmpp3M, .unip3, .unipc3:
        guard slopes.count > 1, ratios[1].isFinite else {
          return sum(x, known, [(share / 2, slope)])
        }
        if method != .dpmpp3M {
          let weights = unified(Array(ratios.prefix(2)))
          return sum(x, known, zip(weights, slopes).map { (share * $0, $1) })
        }
        // D_0 + first theta + bend theta^2 is the parabola.
        let bend = zip(slopes[1], slope).map { ($0 - $1) / (ratios[1] - ratios[0]) }
        let first = zip(slope, bend).map { $0 - ratios[0] * $1 }
        let phi = Exponentials(h)
        return sum(x, known, [(alpha * phi.first, first), (alpha * phi.second / 2, bend)])
      }
    }

    func corrected(_ x: [Double], _ known: [[Double]], _ new: [Double]) -> [Double] {
      let change = zip(new, known[0]).map { $0 - $1 }
      if method == .heunSigma {
        // d = (x/alpha - D)/noise at both ends, the second at the predicted state.
        let predicted = sum(x, known, [])
        let length = noise.end - noise.start
        return x.indices.map { i in
          let before = (x[i] / alphaStart - known[0][i]) / noise.start
          let after = (predicted[i] / alpha - new[i]) / noise.end
          return alpha * (x[i] / alphaStart).addingProduct(0.5 * length, before + after)
        }
      }
      let past = zip(slopes(known), ratios).filter { $1.isFinite }
      let used = past.prefix(method.history - 1)
      if used.isEmpty { return sum(x, known, [(share / 2, change)]) }
      let weights = unified(used.map(\.1) + [1])
      return sum(
        x, known, zip(weights, used.map(\.0) + [change]).map { (share * $0, $1) })
    }

    /// The weights of the divided differences that make polynomials of their degree exact, over `share`.
    private func unified(_ ratios: [Double]) -> [Double] {
      // sum_k w_k r_k^(n-1) = (integral of theta^n) n-th moment over the first one.
      let phi = Exponentials(h)
      let moments = [phi.first, phi.second, phi.third].map { $0 / phi.whole }
      if ratios.count == 1 { return [moments[0]] }
      if ratios.count == 2 {
        let (a, b) = (ratios[0], ratios[1])
        let second = (moments[1] - a * moments[0]) / (b - a)
        return [moments[0] - second, second]
      }
      let (a, b, c) = (ratios[0], ratios[1], ratios[2])
      // By Lagrange's basis at a, b, c of 1, theta, theta^2.
      func weight(_ one: Double, _ p: Double, _ q: Double) -> Double {
        (moments[2] - (p + q) * moments[1] + p * q * moments[0]) / ((one - p) * (one - q))
      }
      return [weight(a, b, c), weight(b, a, c), weight(c, a, b)]
    }
  }
}

/// `integral over [0, 1] of h exp(-h (1 - theta)) theta^n`, n = 0, 1, 2, 3: what a step makes of powers of its own time.
private struct Exponentials {
  let whole: Double
  let first: Double
  let second: Double
  let third: Double

  init(_ h: Double) {
    whole = -Double.expMinusOne(-h)
    // By parts I_n = 1 - n I_(n-1)/h, which cancels for a small h: there the series, sum of (-h)^k over the rising
    // factorials of n + 1.
    func series(_ n: Int) -> Double {
      var (term, sum) = (h / Double(n + 1), h / Double(n + 1))
      var k = 1
      while abs(term) > 0x1p-60 * abs(sum), k < 60 {
        term *= -h / Double(n + 1 + k)
        sum += term
        k += 1
      }
      return sum
    }
    if abs(h) < 4 {
      (first, second, third) = (series(1), series(2), series(3))
    } else {
      first = 1 - whole / h
      second = 1 - 2 * first / h
      third = 1 - 3 * second / h
    }
  }
}
