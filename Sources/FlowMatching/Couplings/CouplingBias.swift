import RealModule

/// How far optimal transport between minibatches is from the optimal map between the laws, whose
/// pairs it stands in for: batches of n samples of N(0, I) and of a target are paired by exact
/// assignment and compared with the map.
///
/// The mean cost per pair is never below `W_2^2` (the optimal cost is convex in the pair of laws) and
/// falls to it like `n^(-2/d)` for d > 4; a batch of one is the independent coupling.
///
/// *Reference*: Fatras et al. (2020); Tong et al. (2023), section 3.3; Fournier and Guillin (2015) for
/// the rate.
public struct CouplingBias: Sendable {
  /// A mean and its standard error.
  public struct Estimate: Sendable, Equatable {
    public let mean: Double
    public let standardError: Double
  }

  /// What was found for one batch size.
  public struct Row: Sendable, Equatable {
    public let batch: Int
    public let batches: Int
    /// `|x0 - x1|^2` per pair.
    public let cost: Estimate
    /// `|x1 - T(x0)|^2` per pair: 0 for pairs of the exact map.
    public let offset: Estimate
  }

  /// The means of one batch.
  private struct Pairs {
    let cost: Double
    let offset: Double
  }

  public let target: GaussianMixture
  /// `W_2^2` between N(0, I) and the target.
  public let squaredDistance: Double
  private let map: @Sendable ([Double]) throws(FlowError) -> [Double]

  /// A Gaussian target.
  /// - Throws: as `GaussianMap`.
  public init(mean: [Double], covariance: [Double]) throws(FlowError) {
    let d = mean.count
    let identity = (0..<d * d).map { $0 % (d + 1) == 0 ? 1.0 : 0 }
    let map = try GaussianMap(
      mean0: [Double](repeating: 0, count: d), covariance0: identity, mean1: mean,
      covariance1: covariance)
    target = try GaussianMixture(dimension: d, means: mean, covariances: [covariance])
    squaredDistance = map.squaredDistance
    self.map = { x throws(FlowError) in try map(x) }
  }

  /// A mixture on the line; `W_2^2` by the trapezoidal rule with steps of a 64th of a std.
  /// - Throws: as `MonotoneMap`.
  public init(onTheLine target: GaussianMixture) throws(FlowError) {
    let source = try GaussianMixture(dimension: 1, means: [0], stds: [1])
    let map = try MonotoneMap(from: source, to: target)
    self.target = target
    var terms: [Double] = []
    for step in -576...576 {
      let x = Double(step) / 64
      let away = try map(x) - x
      terms.append(away * away * Double.exp(-x * x / 2))
    }
    squaredDistance = blockedSum(terms.count) { terms[$0] } / (64 * (2 * Double.pi).squareRoot())
    self.map = { x throws(FlowError) in [try map(x[0])] }
  }

  /// The means over `batches` independent batches of `batch` pairs; the same for every thread count.
  /// - Throws: `outOfDomain` for fewer than one pair or two batches.
  public func measure(batch: Int, batches: Int, seed: UInt64) throws(FlowError) -> Row {
    guard batch > 0 else { throw FlowError.outOfDomain("batch", batch, accepted: "[1, infinity)") }
    guard batches > 1 else {
      throw FlowError.outOfDomain("batches", batches, accepted: "[2, infinity)")
    }
    var results = [Result<Pairs, FlowError>?](repeating: nil, count: batches)
    results.withUnsafeMutableBufferPointer { results in
      // Each batch writes its own place.
      nonisolated(unsafe) let results = results.baseAddress!
      Parallel.perform(batches) { index in
        do throws(FlowError) {
          results[index] = .success(try pairs(index, batch: batch, seed: seed))
        } catch {
          results[index] = .failure(error)
        }
      }
    }
    var found: [Pairs] = []
    for result in results {
      guard let result else { preconditionFailure("a batch was not computed") }
      found.append(try result.get())
    }
    return Row(
      batch: batch, batches: batches, cost: Self.estimate(found.map(\.cost)),
      offset: Self.estimate(found.map(\.offset)))
  }

  /// The mean cost and the mean squared offset of one batch.
  private func pairs(
    _ index: Int, batch n: Int, seed: UInt64
  ) throws(FlowError) -> Pairs {
    let d = target.dimension
    let sources = RandomStream(seed: seed, stream: 0)
    let targets = RandomStream(seed: seed, stream: 1)
    var x0: [Double] = []
    var x1: [Double] = []
    for sample in UInt64(index * n)..<UInt64((index + 1) * n) {
      x0 += sources.normals(d, at: sample &* UInt64((d + 1) / 2))
      x1 += target.sample(sample, from: targets)
    }
    let costs = try CostMatrix(squaredDistancesFrom: x0, to: x1, dimension: d)
    let assignment = try Assignment(costs)
    var offsets: [Double] = []
    for i in 0..<n {
      let exact = try map(Array(x0[i * d..<(i + 1) * d]))
      let j = assignment.permutation[i]
      offsets.append(
        blockedSum(d) { axis in
          let difference = x1[j * d + axis] - exact[axis]
          return difference * difference
        })
    }
    return Pairs(
      cost: assignment.cost / Double(n), offset: blockedSum(n) { offsets[$0] } / Double(n))
  }

  private static func estimate(_ values: [Double]) -> Estimate {
    let count = Double(values.count)
    let mean = blockedSum(values.count) { values[$0] } / count
    let square = blockedSum(values.count) { (values[$0] - mean) * (values[$0] - mean) }
    return Estimate(mean: mean, standardError: (square / (count - 1) / count).squareRoot())
  }
}
