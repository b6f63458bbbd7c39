package import FlowMatching
import RealModule

/// When the posterior of a point cloud collapses onto one data point.
///
/// With `x = alpha x_i + sigma eps` the posterior weight of data point k is proportional to
/// `exp(-|eps + s (x_i - x_k)|^2/2)` with `s = alpha/sigma`: it depends on the path through s alone. So
/// there is one `log s` at which a data set collapses, and a path or a sigma_min only decides at which
/// time it gets there, if ever.
///
/// Theory. Summed over the other points the weights are on average
/// `n (2 pi sigma^2)^(d/2) p_t(x)`, against `exp(-|eps|^2/2)` of the own point, p_t being the law of x for
/// the population. With `|eps|^2 = d` the own point wins where
///
///     log n < -log p_t(x) - (d/2) log(2 pi e sigma^2),
///
/// that is `log n < i(x1; x)`, the information density: its posterior weight is then above 1/2. For half
/// of all x this is near `log n = h(p_t) - h(noise) = I(x1; x)`: when x says as much about the population
/// as it takes to name one of n points. It is the freezing of a random energy model. For a population with the
/// covariance C, `I <= (1/2) log det(1 + s^2 C)`, with equality for a Gaussian, and for `C = lambda 1` the
/// collapse is at `s^2 = (n^(2/d) - 1)/lambda`: the number of points counts through `log n / d`.
///
/// *Reference*: Biroli, Bonnaire, de Bortoli and Mezard (2024), *Dynamical regimes of diffusion models*
/// (the excess entropy criterion); Derrida (1981) for the random energy model.
package struct CollapseStudy: Sendable {
  package let dimension: Int
  /// Rows of data points.
  package let points: [Double]
  /// How many pairs of a data point and noise are averaged over.
  package let samples: Int
  package let seed: UInt64
  let cloud: GaussianMixture

  package var count: Int { points.count / dimension }

  /// - Throws: `dimensionMismatch`, `nonFinite`, `outOfDomain`.
  package init(
    dimension: Int, points: [Double], samples: Int = 256, seed: UInt64 = 0
  ) throws(FlowError) {
    guard (1...1_000_000).contains(samples) else {
      throw FlowError.outOfDomain("samples", samples, accepted: "[1, 1000000]")
    }
    self.dimension = dimension
    self.points = points
    self.samples = samples
    self.seed = seed
    cloud = try PointCloud.target(dimension: dimension, points: points)
  }

  /// The largest posterior weight of every sample x. The pairs (x_i, eps) are the same at every time and on
  /// every path.
  /// - Throws: `singular` at sigma = 0.
  package func largestWeights(
    at time: Time<Double>, on path: any ProbabilityPath
  ) throws(FlowError) -> [Double] {
    let d = dimension
    let s = path.schedule(at: time)
    let data = RandomStream(seed: seed, stream: 1)
    let noise = RandomStream(seed: seed, stream: 2)
    let field = MarginalField(path: path, target: cloud)
    var result: [Double] = []
    // A slice at a time, so that the weights of all points fit in little memory.
    for first in stride(from: 0, to: samples, by: 64) {
      let last = min(samples, first + 64)
      let x = (first..<last).flatMap { k -> [Double] in
        let row = Int(
          data.bits(at: UInt64(k)).0.multipliedFullWidth(by: UInt64(count)).high)
        let eps = noise.normals(d, at: UInt64(k * ((d + 1) / 2)))
        return (0..<d).map { (s.alpha * points[row * d + $0]).addingProduct(s.sigma, eps[$0]) }
      }
      let weights = try field.values(of: .posteriorWeights, at: [time], of: x)
      for k in 0..<last - first {
        result.append(weights[k * count..<(k + 1) * count].max()!)
      }
    }
    return result
  }

  /// The share of x that one data point owns: its posterior weight is above 1/2.
  package func ownedShare(
    at time: Time<Double>, on path: any ProbabilityPath
  ) throws(FlowError) -> Double {
    let weights = try largestWeights(at: time, on: path)
    return Double(weights.count { $0 > 0.5 }) / Double(samples)
  }

  /// The `log(alpha/sigma)` at which a share of x is owned, on a path, and its standard error; `nil` where
  /// the path never gets there. *Accuracy*: 1e-4 in the logarithm, for these pairs.
  package func logSNR(
    ofOwnedShare share: Double, on path: any ProbabilityPath
  ) throws(FlowError) -> (value: Double, standardError: Double)? {
    let last = path.logSNR(at: .end)
    let first = path.logSNR(at: .start)
    var (low, high) = (max(first, -8.0), min(last, 8.0))
    func value(_ logSNR: Double) throws(FlowError) -> Double {
      // The very end by itself: the inverse may miss its own bound by rounding.
      try ownedShare(
        at: logSNR >= last ? .end : try path.time(atLogSNR: logSNR), on: path)
    }
    guard try value(high) >= share, try value(low) < share else { return nil }
    while high - low > 1e-4 {
      let middle = (low + high) / 2
      if try value(middle) < share { low = middle } else { high = middle }
    }
    let found = (low + high) / 2
    // The slope over a tenth on both sides, or as far as the path goes.
    let (before, after) = (max(first, found - 0.1), min(last, found + 0.1))
    let slope = (try value(after) - value(before)) / (after - before)
    return (found, (share * (1 - share) / Double(samples)).squareRoot() / slope)
  }

  /// The information in nats that x has on x1 in a Gaussian population with the data's covariance:
  /// `(1/2) log det(1 + s^2 C)`.
  ///
  /// It is read off the engine's log density of that Gaussian at its mode.
  package func gaussianInformation(
    _ twin: GaussianMixture, logSNR: Double
  ) throws(FlowError) -> Double {
    let path = try OptimalTransportPath()
    let time = try path.time(atLogSNR: logSNR)
    let s = path.schedule(at: time)
    let mode = twin.componentMeans[0].mean.map { s.alpha * $0 }
    let top = try MarginalField(path: path, target: twin).value(
      of: .logDensity, at: time, of: mode)[0]
    return -top - Double(dimension) / 2 * Double.log(2 * .pi * s.variance)
  }

  /// Where `log n` equals ``gaussianInformation(_:logSNR:)``.
  package func gaussianTheory(_ twin: GaussianMixture) throws(FlowError) -> Double {
    var (low, high) = (-12.0, 12.0)
    while high - low > 1e-10 {
      let middle = (low + high) / 2
      if try gaussianInformation(twin, logSNR: middle) < Double.log(Double(count)) {
        low = middle
      } else {
        high = middle
      }
    }
    return (low + high) / 2
  }

  /// The same for equal variances on all axes: `s^2 = (n^(2/d) - 1)/lambda`.
  package func isotropicTheory(_ twin: GaussianMixture) throws(FlowError) -> Double {
    guard let moments = twin.rawMoments else {
      throw FlowError(.unsupported, "data", "the moments of the data are not known")
    }
    let lambda =
      zip(moments.square, moments.mean).reduce(0) { $0 + $1.0 - $1.1 * $1.1 } / Double(dimension)
    let exponent = 2 * Double.log(Double(count)) / Double(dimension)
    return Double.log(Double.expMinusOne(exponent) / lambda) / 2
  }

  /// The Gaussian with the mean and the covariance of the data.
  /// - Throws: `outOfDomain` where that is not positive semidefinite to rounding.
  package func twin() throws(FlowError) -> GaussianMixture {
    let (d, n) = (dimension, Double(count))
    let mean = (0..<d).map { i in
      stride(from: i, to: points.count, by: d).reduce(0.0) { $0 + points[$1] } / n
    }
    var covariance = [Double](repeating: 0, count: d * d)
    for row in stride(from: 0, to: points.count, by: d) {
      let centred = (0..<d).map { points[row + $0] - mean[$0] }
      for i in 0..<d {
        for j in 0...i { covariance[i * d + j] += centred[i] * centred[j] / n }
      }
    }
    for i in 0..<d {
      for j in 0..<i { covariance[j * d + i] = covariance[i * d + j] }
    }
    return try GaussianMixture(dimension: d, means: mean, covariances: [covariance])
  }
}
