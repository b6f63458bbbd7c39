package import FlowMatching
import RealModule

/// The exact field from a uniform box to a mixture of isotropic Gaussians.
///
/// `X = alpha X1 + sigma X0` with X0 uniform on `[lower, upper]^d` and X1 = m_k + s_k Z. Given k the roles
/// can be exchanged: `X - alpha m_k = sigma X0 + (alpha s_k) Z` is a box that plays the data, under noise
/// that plays the source, so that ``UniformBoxes`` knows `log p_k`, `D_k = E[X0 | X, k]` and
/// `g_k = -grad log p_k`, and
///
///     p_t = sum w_k p_k,   E[X1 | X, k] = m_k + alpha s_k^2 g_k,
///     u_t = sum P(k | X) (alpha' E[X1 | X, k] + sigma' D_k).
///
/// *Accuracy*: that of ``UniformBoxes``, and the rounding of `X - alpha m_k`.
///
/// *Edge cases*: at t = 0 the field exists inside the box and is `singular` elsewhere.
///
/// *Reference*: Lipman et al. (2023), equation 8, for a source that is not Gaussian.
package struct UniformSourceField: VelocityField {
  package let path: any ProbabilityPath
  /// Rows of means.
  package let means: [Double]
  package let std: Double
  private let box: UniformBoxes

  package var dimension: Int { box.dimension }

  /// Components of equal weight.
  /// - Throws: `outOfDomain` unless `lower < upper` and `std > 0`, `dimensionMismatch`, `nonFinite`.
  package init(
    path: any ProbabilityPath, dimension: Int, means: [Double], std: Double, lower: Double,
    upper: Double
  ) throws(FlowError) {
    guard std > 0 else { throw FlowError.outOfDomain("std", std, accepted: "(0, infinity)") }
    // The mixture checks the means.
    _ = try GaussianMixture(dimension: dimension, means: means, stds: [std])
    self.path = path
    self.means = means
    self.std = std
    box = try UniformBoxes(
      dimension: dimension, lower: [Double](repeating: lower, count: dimension),
      upper: [Double](repeating: upper, count: dimension))
  }

  package func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    try rows(at: times, of: points).flatMap(\.velocity)
  }

  /// `log p_t` in nats.
  package func logDensities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    try rows(at: times, of: points).map(\.logDensity)
  }

  private func rows(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [(logDensity: Double, velocity: [Double])] {
    let d = dimension
    let count = try rowCount(of: points, at: times)
    var results: [(Double, [Double])] = []
    for row in 0..<count {
      results.append(
        try value(
          at: times[times.count == 1 ? 0 : row], of: Array(points[row * d..<(row + 1) * d])))
    }
    return results
  }

  private func value(
    at time: Time<Double>, of x: [Double]
  ) throws(FlowError) -> (logDensity: Double, velocity: [Double]) {
    let s = path.schedule(at: time)
    guard s.alphaDot.isFinite, s.sigmaDot.isFinite else {
      throw FlowError.singular("t", "the path's derivative is infinite at t = \(time.t)")
    }
    let noise = s.alpha * std
    let exchanged = Schedule(
      alpha: s.sigma, sigma: noise, variance: noise * noise, alphaDot: 0, sigmaDot: 0,
      varianceDot: 0)
    let parts = means.count / dimension
    var logs: [Double] = []
    var velocities: [[Double]] = []
    for first in stride(from: 0, to: parts, by: Lanes.count) {
      let here = (0..<Lanes.count).map { min(first + $0, parts - 1) }
      var y = [Lanes](repeating: .zero, count: dimension)
      for (lane, k) in here.enumerated() {
        for i in 0..<dimension { y[i][lane] = x[i] - s.alpha * means[k * dimension + i] }
        try box.check(y.map { $0[lane] }[...], at: exchanged)
      }
      let posterior = box.posterior(
        of: y, at: exchanged.mapped { Lanes($0) }, .means)
      for (lane, k) in here.enumerated() where first + lane < parts {
        logs.append(posterior.logDensity[lane])
        velocities.append(
          (0..<dimension).map { i in
            let pull = s.alpha * std * std * posterior.negativeScore[i][lane]
            let x1 = means[k * dimension + i] + pull
            return s.alphaDot * x1 + s.sigmaDot * posterior.denoiser[i][lane]
          })
      }
    }
    let top = logs.max()!
    let weights = logs.map { Double.exp($0 - top) }
    let total = weights.reduce(0, +)
    let u = (0..<dimension).map { i in
      zip(weights, velocities).reduce(0.0) { $0 + $1.0 / total * $1.1[i] }
    }
    return (top + Double.log(total / Double(parts)), u)
  }
}

extension Schedule where S == Double {
  fileprivate func mapped(_ transform: (Double) -> Lanes) -> Schedule<Lanes> {
    Schedule<Lanes>(
      alpha: transform(alpha), sigma: transform(sigma), variance: transform(variance),
      alphaDot: transform(alphaDot), sigmaDot: transform(sigmaDot),
      varianceDot: transform(varianceDot))
  }
}
