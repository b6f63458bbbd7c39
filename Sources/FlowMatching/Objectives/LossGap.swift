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
/// *Proof*: `conditional_loss_splits`, `loss_gap`, `gaussian_loss_gap`, `full_gaussian_loss_gap`.
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
  ///   `outOfDomain` for fewer than 32 samples or a result that overflows, `noConvergence`.
  public func value(
    at time: Time<Double>, samples: Int = 4096, seed: UInt64 = 0
  ) throws(FlowError) -> (value: Double, standardError: Double) {
    let schedule = field.path.schedule(at: time)
    let determinant = schedule.determinant
    guard determinant.isFinite else {
      throw FlowError.singular("t", "the loss gap is infinite at t = \(time.t)")
    }
    let (mean, error) = try meanSpread(at: time, schedule, samples, seed)
    let gap = determinant * determinant
    let results = try FlowError.checked([gap * mean, gap * error])
    return (results[0], results[1])
  }

  /// `E[tr Cov[x1|x]/v]` and its standard error.
  private func meanSpread(
    at time: Time<Double>, _ schedule: Schedule<Double>, _ samples: Int, _ seed: UInt64
  ) throws(FlowError) -> (mean: Double, standardError: Double) {
    if target.weights.count == 1 {
      let center = target.component(0).mean.map { schedule.alpha * $0 }
      return (try spread(at: time, of: center)[0], 0)
    }
    if target.dimension <= 2 {
      return (try quadrature(at: time, schedule), 0)
    }
    guard samples >= 32 else {
      throw FlowError.outOfDomain("samples", samples, accepted: "[32, infinity)")
    }
    return try quasiMonteCarlo(at: time, schedule, samples, seed)
  }

  /// `tr Cov[x1 | x]/v` at every point.
  func spread(at time: Time<Double>, of points: [Double]) throws(FlowError) -> [Double] {
    let target = target
    return try field.evaluate(width: 1, at: [time], of: points) { group in
      [target.posterior(of: group.x, at: group.schedule, .traces).covarianceTraceOverVariance]
    }
  }

  /// Halves the step from 1/2 until two results agree to 2^-46. On an analytic integrand with Gaussian
  /// weight the error falls faster than any power of the step, but not evenly: a component that is much
  /// narrower than the one it is seen from adds poles one after the other, and a halving may gain no more than
  /// five digits. What the last halving changed is an honest bound of what is left.
  private func quadrature(
    at time: Time<Double>, _ schedule: Schedule<Double>
  ) throws(FlowError) -> Double {
    let finest = target.dimension == 1 ? 2048 : 128
    var previous = Double.infinity
    var density = 2
    while density <= finest {
      let current = try trapezoid(at: time, schedule, density: density)
      if abs(current - previous) <= 0x1p-46 * abs(current) { return current }
      previous = current
      density *= 2
    }
    throw FlowError(
      .noConvergence, "target", "the loss gap is \(previous) to the last step of its quadrature")
  }

  /// `density` nodes per std and axis around every component, as far as `reach` says.
  private func trapezoid(
    at time: Time<Double>, _ schedule: Schedule<Double>, density: Int
  ) throws(FlowError) -> Double {
    var sum = 0.0
    var mass = 0.0
    for k in target.weights.indices {
      let mean = try componentMean(k, reach: reach(of: k, schedule), density, time, schedule)
      sum += target.weights[k] * mean
      mass += target.weights[k]
    }
    return sum / mass
  }

  /// Nodes of the grid in memory at a time.
  private static let part = 65536

  /// The mean of `tr Cov[x1|x]/v` over the component k.
  private func componentMean(
    _ k: Int, reach: Double, _ density: Int, _ time: Time<Double>, _ schedule: Schedule<Double>
  ) throws(FlowError) -> Double {
    let component = target.component(k)
    let last = Int(reach * Double(density))
    let nodes = (-last...last).map { Double($0) / Double(density) }
    let weights = nodes.map { Double.exp(-$0 * $0 / 2) }
    let total = blockedSum(weights.count) { weights[$0] }
    let shares = weights.map { $0 / total }
    let count = target.dimension == 1 ? nodes.count : nodes.count * nodes.count
    var sums: [Double] = []
    for start in stride(from: 0, to: count, by: Self.part) {
      var points: [Double] = []
      var partShares: [Double] = []
      for place in start..<min(start + Self.part, count) {
        let (row, column) = place.quotientAndRemainder(dividingBy: nodes.count)
        let isLine = target.dimension == 1
        points += component.point(isLine ? [nodes[column]] : [nodes[row], nodes[column]], schedule)
        partShares.append(isLine ? shares[column] : shares[row] * shares[column])
      }
      let values = try spread(at: time, of: FlowError.checked(points))
      sums.append(blockedSum(values.count) { partShares[$0] * values[$0] })
    }
    return blockedSum(sums.count) { sums[$0] }
  }

  /// How many stds around component k matter: 10, beyond the place where its nearest neighbour owns
  /// as much of x as it does. Between components far apart the whole gap comes from such places.
  /// No more than 38, where the normal density leaves the range of double precision.
  private func reach(of k: Int, _ schedule: Schedule<Double>) -> Double {
    let own = target.component(k)
    var nearest = Double.infinity
    for j in target.weights.indices where j != k {
      let other = target.component(j)
      let difference = zip(own.mean, other.mean).map { schedule.alpha * ($1 - $0) }
      // Both distances in stds of their own: a/(a + b) of the way from k, in stds of k, is ab/(a + b).
      let (a, b) = (own.stds(difference, schedule), other.stds(difference, schedule))
      nearest = min(nearest, a == 0 || b == 0 ? 0 : 1 / (1 / a + 1 / b))
    }
    return min(10 + nearest, 38)
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

  /// `sqrt(x^T V^-1 x)`: the length of x in stds.
  func stds(_ x: [Double], _ schedule: Schedule<Double>) -> Double {
    let d = x.count
    let square = blockedSum(d) { a in
      let along = axes.map { axes in blockedSum(d) { axes[$0 * d + a] * x[$0] } } ?? x[a]
      return along * along
        / (schedule.variance + schedule.alpha * schedule.alpha * variances[a])
    }
    return square.squareRoot()
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
