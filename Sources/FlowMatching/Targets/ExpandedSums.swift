/// The running sums of one group of points in ``ExpandedMixture``. Plain pointers into memory that the
/// mixture lends.
struct ExpandedSums {
  private let dimension: Int
  private let schedule: Schedule<Lanes>
  private let variance: Lanes
  /// `alpha / V`.
  private let slope: Lanes
  /// `x'`, and `sum p m'` without its scale.
  private let x: UnsafeMutablePointer<Lanes>
  private let sum: UnsafeMutablePointer<Lanes>
  /// The sum of one block, and the q and then the shares of its components.
  private let part: UnsafeMutablePointer<Lanes>
  private let shares: UnsafeMutablePointer<Lanes>
  /// The largest q of every block.
  private let tops: UnsafeMutablePointer<Lanes>
  private let squares: UnsafeMutablePointer<Lanes>
  private var total = Lanes(0.0)
  /// `sum p |m'|^2/2`.
  private var halfSquare = Lanes(0.0)
  /// The largest q so far; none before the first block.
  private var top: Lanes?

  static func ownCount(_ mixture: ExpandedMixture) -> Int {
    2 * mixture.dimension + mixture.bounds.count
  }
  static func commonCount(_ mixture: ExpandedMixture) -> Int {
    mixture.dimension + 2 * BlockBounds.size
  }

  /// `own` and `common` are memory for itself and for all that are evaluated together.
  init(
    _ mixture: ExpandedMixture, _ point: [Lanes], _ schedule: Schedule<Lanes>,
    _ own: UnsafeMutablePointer<Lanes>, _ common: UnsafeMutablePointer<Lanes>
  ) {
    dimension = mixture.dimension
    self.schedule = schedule
    let spread = schedule.alpha.scaled(by: mixture.std)
    variance = schedule.variance.addingProduct(spread, spread)
    slope = schedule.alpha / variance
    (x, sum, tops) = (own, own + dimension, own + 2 * dimension)
    (part, shares) = (common, common + dimension)
    squares = shares + BlockBounds.size
    for i in 0..<dimension {
      x[i] = point[i].addingProduct(-schedule.alpha, constant: mixture.center[i])
      sum[i] = Lanes(0.0)
    }
  }

  /// Adds one block, shares below the cut left out.
  mutating func add(_ block: Int, of mixture: ExpandedMixture, _ cut: ShareCut<Lanes>) {
    mixture.means.withUnsafeBufferPointer { means in
      let rows = mixture.rows(block, means.baseAddress!)
      findLogits(rows, mixture)
      var blockTop = Lanes(-Double.infinity)
      for b in 0..<rows.block.count { blockTop = Lanes.maximum(blockTop, shares[b]) }
      tops[block] = blockTop
      if let top, Lanes.all((blockTop - top) * slope, below: cut.logit) { return }
      let blockTotal = findShares(rows, raise(to: blockTop), cut)
      if Lanes.all(blockTotal, below: Lanes(.leastNonzeroMagnitude)) { return }
      total = total + blockTotal
      halfSquare =
        halfSquare
        + blockedSum(rows.block.count) {
          shares[$0].scaled(by: mixture.halfSquares[rows.block.lowerBound + $0])
        }
      rows.add(to: sum, by: shares, part)
    }
  }

  /// Puts q of every component into `shares`.
  private func findLogits(_ rows: BlockRows, _ mixture: ExpandedMixture) {
    rows.products(with: x, into: shares)
    for b in 0..<rows.block.count {
      shares[b] = shares[b].addingProduct(
        -schedule.alpha, constant: mixture.halfSquares[rows.block.lowerBound + b])
    }
  }

  /// Turns q into shares; their sum.
  private func findShares(_ rows: BlockRows, _ top: Lanes, _ cut: ShareCut<Lanes>) -> Lanes {
    for b in 0..<rows.block.count {
      let share = Lanes.exp((shares[b] - top) * slope)
      shares[b] = Lanes.choose(share, below: cut.share, then: Lanes(0.0), otherwise: share)
    }
    for b in rows.block.count..<rows.paddedCount { shares[b] = Lanes(0.0) }
    return blockedSum(rows.block.count) { shares[$0] }
  }

  /// Makes the larger of the largest q so far and `other` what shares are relative to.
  private mutating func raise(to other: Lanes) -> Lanes {
    guard let old = top else {
      top = other
      return other
    }
    let new = Lanes.maximum(old, other)
    if Lanes.all(new - old, below: Lanes(.leastNonzeroMagnitude)) { return old }
    // One in the lanes where nothing changes.
    let factor = Lanes.exp((old - new) * slope)
    top = new
    total = total * factor
    halfSquare = halfSquare * factor
    for i in 0..<dimension { sum[i] = sum[i] * factor }
    return new
  }

  /// The trace of Cov[m']: the mean square less the square of the mean where at least an eighth is
  /// left of it, elsewhere by deviations in a second sweep over what matters.
  private func covariance(_ mixture: ExpandedMixture, _ cut: ShareCut<Lanes>) -> Lanes {
    let mean = part
    for i in 0..<dimension { mean[i] = sum[i] / total }
    let square = (halfSquare / total).scaled(by: 2)
    let difference = square - blockedSum(dimension) { mean[$0] * mean[$0] }
    let least = square.scaled(by: 0.125)
    if !Lanes.any(difference, below: least) { return difference }
    guard let top else { return difference }
    var deviation = Lanes(0.0)
    mixture.means.withUnsafeBufferPointer { means in
      for block in 0..<mixture.bounds.count {
        // Lanes that need no second sweep do not ask for the block.
        let reach = Lanes.choose(
          difference, below: least, then: (tops[block] - top) * slope,
          otherwise: Lanes(-Double.infinity))
        if Lanes.all(reach, below: cut.logit) { continue }
        let rows = mixture.rows(block, means.baseAddress!)
        findLogits(rows, mixture)
        _ = findShares(rows, top, cut)
        let sums = RowSums(means: means.baseAddress!, dimension: dimension)
        sums(
          rows.block, DistanceTerm(center: UnsafePointer(mean)), times: Lanes(1.0),
          where: UnsafePointer(shares), into: squares)
        deviation = deviation + blockedSum(rows.block.count) { shares[$0] * squares[$0] }
      }
    }
    return Lanes.choose(difference, below: least, then: deviation / total, otherwise: difference)
  }

  func posterior(
    _ point: [Lanes], _ mixture: ExpandedMixture, _ wanted: Moments, _ cut: ShareCut<Lanes>
  ) -> Posterior<Lanes> {
    var result = Posterior<Lanes>()
    let toMean = schedule.variance / variance
    let toPoint = schedule.alpha.scaled(by: mixture.std * mixture.std) / variance
    if wanted.contains(.means) {
      result.denoiser.reserveCapacity(dimension)
      result.negativeScore.reserveCapacity(dimension)
      for i in 0..<dimension {
        let mean = sum[i] / total
        result.negativeScore.append(x[i].addingProduct(-schedule.alpha, mean) / variance)
        result.denoiser.append(
          (toMean * (mean + Lanes(mixture.center[i]))).addingProduct(toPoint, point[i]))
      }
    }
    if wanted.contains(.traces) {
      let covariance = covariance(mixture, cut) / variance / variance
      let inverse = Lanes(Double(dimension)) / variance
      let whole = inverse.scaled(by: mixture.std * mixture.std)
        .addingProduct(schedule.variance, covariance)
      result.denoiserTrace = schedule.alpha * whole
      result.covarianceTraceOverVariance = whole
      result.negativeScoreTrace = inverse.addingProduct(
        -schedule.alpha * schedule.alpha, covariance)
    }
    let square = blockedSum(dimension) { x[$0] * x[$0] }
    let logVolume = Lanes.log(variance.scaled(by: 2 * .pi)).scaled(by: Double(dimension))
    result.logDensity =
      (slope * (top ?? Lanes(0.0)) - (square / variance + logVolume).scaled(by: 0.5))
      + Lanes.log(total.scaled(by: 1 / Double(mixture.count)))
    return result
  }
}

/// `(m - center)^2`.
private struct DistanceTerm: AxisTerm {
  let center: UnsafePointer<Lanes>

  @inline(__always) func shared(_ i: Int) -> Lanes { center[i] }
  @inline(__always) func add(to sum: inout Lanes, _ center: Lanes, _ mean: Double) {
    let difference = Lanes(mean) - center
    sum = sum.addingProduct(difference, difference)
  }
}
