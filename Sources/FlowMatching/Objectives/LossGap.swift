import RealModule

/// The constant between the two flow-matching losses at one time:
///
///     L_CFM - L_FM = E[ (det/sigma)^2 tr Cov[x1 | X_t] ]
///
/// where `det = alpha' sigma - alpha sigma'`. For one Gaussian it is closed,
/// `det^2 tr(S V^-1)`; for mixtures in d <= 2 it is a quadrature (the trapezoidal rule on Gaussian
/// weights, halved until it no longer changes); beyond, quasi-Monte Carlo with a standard error.
///
/// *Accuracy*: 8 u (|y| + sensitivity) where the standard error is zero. A component that is
/// millions of times narrower than another it lies inside is seen only to about its share of that
/// other's mass.
///
/// *Proof*: `conditional_loss_splits`, `loss_gap`, `gaussian_loss_gap`.
/// *Reference*: Lipman et al. (2023), theorem 2.
public struct LossGap: Sendable {
  public let field: MarginalField
  let target: GaussianMixture

  public init(path: any ProbabilityPath, target: GaussianMixture) {
    field = MarginalField(path: path, target: target)
    self.target = target
  }

  /// The gap at `time`; `samples` and `seed` matter beyond two dimensions only.
  /// - Throws: `singular` where it is infinite or a component has collapsed to a point,
  ///   `outOfDomain` for fewer than 32 samples, `noConvergence`.
  public func value(
    at time: Time<Double>, samples: Int = 4096, seed: UInt64 = 0
  ) throws(FlowError) -> (value: Double, standardError: Double) {
    let schedule = field.path.schedule(at: time)
    let determinant = schedule.determinant
    guard determinant.isFinite else {
      throw FlowError.singular("t", "the loss gap is infinite at t = \(time.t)")
    }
    let gap = determinant * determinant
    if target.weights.count == 1 {
      let center = target.component(0).mean.map { schedule.alpha * $0 }
      return (gap * (try spread(at: time, of: center))[0], 0)
    }
    if target.dimension <= 2 {
      return (gap * (try quadrature(at: time, schedule)), 0)
    }
    guard samples >= 32 else {
      throw FlowError.outOfDomain("samples", samples, accepted: "[32, infinity)")
    }
    let (mean, error) = try quasiMonteCarlo(at: time, schedule, samples, seed)
    return (gap * mean, gap * error)
  }

  /// `tr Cov[x1 | x]/v` at every point.
  func spread(at time: Time<Double>, of points: [Double]) throws(FlowError) -> [Double] {
    let target = target
    return try field.evaluate(width: 1, at: [time], of: points) { group in
      [target.posterior(of: group.x, at: group.schedule, .traces).covarianceTraceOverVariance]
    }
  }

  /// Halves the step from 1/2. On an analytic integrand with Gaussian weight the error falls like
  /// `exp(-c/h)` or faster: each halving squares it, so two results that agree to 2^-32 leave the
  /// finer one with an error far below u.
  private func quadrature(
    at time: Time<Double>, _ schedule: Schedule<Double>
  ) throws(FlowError) -> Double {
    let finest = target.dimension == 1 ? 1024 : 64
    var previous = Double.infinity
    var density = 2
    while density <= finest {
      let current = try trapezoid(at: time, schedule, density: density)
      if abs(current - previous) <= 0x1p-32 * abs(current) { return current }
      previous = current
      density *= 2
    }
    throw FlowError(
      .noConvergence, "target", "the loss gap is \(previous) to the last step of its quadrature")
  }

  /// `density` nodes per std and axis, 10 stds to either side, around every component.
  private func trapezoid(
    at time: Time<Double>, _ schedule: Schedule<Double>, density: Int
  ) throws(FlowError) -> Double {
    let d = target.dimension
    let reach = 10 * density
    let nodes = (-reach...reach).map { Double($0) / Double(density) }
    let weights = nodes.map { Double.exp(-$0 * $0 / 2) }
    let total = blockedSum(weights.count) { weights[$0] }
    var sum = 0.0
    var mass = 0.0
    for k in target.weights.indices {
      let component = target.component(k)
      var points: [Double] = []
      var shares: [Double] = []
      for first in nodes.indices {
        for second in d == 1 ? 0..<1 : nodes.indices {
          let z = d == 1 ? [nodes[first]] : [nodes[first], nodes[second]]
          points += component.point(z, schedule)
          shares.append(weights[first] / total * (d == 1 ? 1 : weights[second] / total))
        }
      }
      let values = try spread(at: time, of: points)
      sum += target.weights[k] * blockedSum(values.count) { shares[$0] * values[$0] }
      mass += target.weights[k]
    }
    return sum / mass
  }
}

/// One Gaussian component: mean, axes and stds.
struct MixtureComponent {
  let mean: [Double]
  /// Orthonormal axes, column a of rows; nil for the coordinate axes.
  let axes: [Double]?
  /// `s^2` along every axis.
  let variances: [Double]

  /// `alpha m + V^(1/2) z` in the component's axes.
  func point(_ z: [Double], _ schedule: Schedule<Double>) -> [Double] {
    let d = mean.count
    let scaled = (0..<d).map { a in
      z[a] * (schedule.variance + schedule.alpha * schedule.alpha * variances[a]).squareRoot()
    }
    return (0..<d).map { i in
      let turned = axes.map { axes in blockedSum(d) { axes[i * d + $0] * scaled[$0] } } ?? scaled[i]
      return (schedule.alpha * mean[i]) + turned
    }
  }
}

extension GaussianMixture {
  /// The component k of those that have weight.
  func component(_ k: Int) -> MixtureComponent {
    func row(_ means: [Double]) -> [Double] { Array(means[k * dimension..<(k + 1) * dimension]) }
    switch shape {
    case .isotropic(let family):
      let variance = family.stds[k] * family.stds[k]
      return MixtureComponent(
        mean: row(family.means), axes: nil,
        variances: [Double](repeating: variance, count: dimension))
    case .full(let family):
      return MixtureComponent(
        mean: row(family.means), axes: family.covariances[k].eigenvectors,
        variances: family.covariances[k].eigenvalues)
    }
  }
}
