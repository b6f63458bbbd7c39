import Dispatch
import FlowMatching

@testable import FlowIntegration

/// A field that notes every time it is asked at.
final class SpyField: DifferentiableField, @unchecked Sendable {
  // The lock guards `times` and `jacobianCount`; the rest is constant.
  private let lock = DispatchQueue(label: "spy")
  private var times: [Double] = []
  private var jacobianCount = 0
  private let inner: any DifferentiableField

  init(_ inner: any DifferentiableField) { self.inner = inner }

  var dimension: Int { inner.dimension }
  var asked: [Double] { lock.sync { times } }
  var askedForJacobians: Int { lock.sync { jacobianCount } }

  func velocities(at times: [Time<Double>], of points: [Double]) throws(FlowError) -> [Double] {
    let noted = times.map(\.t)
    lock.sync { self.times += noted }
    return try inner.velocities(at: times, of: points)
  }

  func jacobianProducts(
    at times: [Time<Double>], of points: [Double], along directions: [Double]
  ) throws(FlowError) -> (velocities: [Double], products: [Double]) {
    try inner.jacobianProducts(at: times, of: points, along: directions)
  }

  func jacobians(at times: [Time<Double>], of points: [Double]) throws(FlowError) -> [Double] {
    lock.sync { jacobianCount += 1 }
    return try inner.jacobians(at: times, of: points)
  }

  func timeDerivatives(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    try inner.timeDerivatives(at: times, of: points)
  }
}

/// A Gaussian target, whose flow is known: `alpha m + sqrt(V_t/V_0) (x - alpha_0 m)` per axis.
struct GaussianFlow {
  let path: any ProbabilityPath
  let mean: [Double]
  let std: Double
  let field: MarginalField

  init(_ path: any ProbabilityPath, mean: [Double], std: Double) throws {
    self.path = path
    self.mean = mean
    self.std = std
    field = MarginalField(
      path: path, target: try GaussianMixture(dimension: mean.count, means: mean, stds: [std]))
  }

  func state(from x: [Double], at start: Double, to end: Double) throws -> [Double] {
    let (a, b) = (path.schedule(at: try Time(start)), path.schedule(at: try Time(end)))
    let (before, after) = (
      a.variance + a.alpha * a.alpha * std * std, b.variance + b.alpha * b.alpha * std * std
    )
    return x.indices.map { i in
      b.alpha * mean[i] + (after / before).squareRoot() * (x[i] - a.alpha * mean[i])
    }
  }
}

func distance(_ a: [Double], _ b: [Double]) -> Double {
  zip(a, b).map { abs($0 - $1) }.max() ?? 0
}
