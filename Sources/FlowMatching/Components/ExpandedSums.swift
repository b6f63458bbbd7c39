/// The running sums of one group of points in ``ExpandedMixture``. Plain pointers into memory that the
/// mixture lends.
struct ExpandedSums {
  private let dimension: Int
  private let wanted: Moments
  private let schedule: Schedule<Lanes>
  private let variance: Lanes
  /// `alpha / V`.
  private let slope: Lanes
  /// `x'`.
  private let x: UnsafeMutablePointer<Lanes>
  /// `sum p m'` over a run of blocks, over the runs before it, and what rounding took from these.
  private let sum: UnsafeMutablePointer<Lanes>
  private let earlier: UnsafeMutablePointer<Lanes>
  private let lost: UnsafeMutablePointer<Lanes>
  /// The sum of one block and its mean; the q and then the shares of its components, and their squares.
  private let part: UnsafeMutablePointer<Lanes>
  private let mean: UnsafeMutablePointer<Lanes>
  private let shares: UnsafeMutablePointer<Lanes>
  private let squares: UnsafeMutablePointer<Lanes>
  private var total = RunningSum<Lanes>()
  /// `sum p |m' - M'|^2`.
  private var squareTrace = RunningSum<Lanes>()
  /// The squares about the centers of blocks that were used for it.
  private var usedSquares = Lanes(0.0)
  /// The q that shares are relative to; none before the first block.
  private var top: Lanes?

  /// Blocks whose sums are added before they are added to the rest without a rounding error.
  private static let run = 16
  /// How far, in nats, a logit may lie above the one that shares are relative to.
  private static let headroom = 30.0
  /// Times the trace may be taken from squares, so that it keeps its digits.
  private static let largestCancellation = 8.0

  static func ownCount(_ mixture: ExpandedMixture) -> Int { 4 * mixture.dimension }
  static func commonCount(_ mixture: ExpandedMixture) -> Int {
    2 * mixture.dimension + 2 * BlockBounds.size
  }

  /// `own` and `common` are memory for itself and for all that are evaluated together.
  init(
    _ mixture: ExpandedMixture, _ point: [Lanes], _ schedule: Schedule<Lanes>,
    _ wanted: Moments, _ own: UnsafeMutablePointer<Lanes>, _ common: UnsafeMutablePointer<Lanes>
  ) {
    dimension = mixture.dimension
    self.wanted = wanted
    self.schedule = schedule
    let spread = schedule.alpha.scaled(by: mixture.std)
    variance = schedule.variance.addingProduct(spread, spread)
    slope = schedule.alpha / variance
    (x, sum) = (own, own + dimension)
    (earlier, lost) = (own + 2 * dimension, own + 3 * dimension)
    (part, mean) = (common, common + dimension)
    shares = common + 2 * dimension
    squares = shares + BlockBounds.size
    for i in 0..<dimension {
      x[i] = schedule.gap(point[i], constant: mixture.center[i])
      (sum[i], earlier[i], lost[i]) = (Lanes(0.0), Lanes(0.0), Lanes(0.0))
    }
  }

  /// Adds one block, shares below the cut left out.
  mutating func add(_ block: Int, of mixture: ExpandedMixture, _ cut: ShareCut<Lanes>) {
    mixture.means.withUnsafeBufferPointer { means in
      let rows = mixture.rows(block, means.baseAddress!)
      findLogits(rows, mixture)
      var blockTop = Lanes(-Double.infinity)
      for b in 0..<rows.block.count { blockTop = Lanes.maximum(blockTop, shares[b]) }
      if let top, Lanes.all((blockTop - top) * slope, below: cut.logit) { return }
      let blockTotal = findShares(rows, raise(to: blockTop), cut)
      if Lanes.all(blockTotal, below: Lanes(.leastNonzeroMagnitude)) { return }
      rows.weighted(by: shares, into: part)
      if wanted.contains(.traces) { addSquares(block, rows, blockTotal, mixture) }
      total.add(blockTotal)
      for i in 0..<dimension { sum[i] = sum[i] + part[i] }
    }
    if block % Self.run == Self.run - 1 { closeRun() }
  }

  private func closeRun() {
    for i in 0..<dimension {
      accumulate(sum[i], into: &earlier[i], &lost[i])
      sum[i] = Lanes(0.0)
    }
  }

  /// Puts q of every component into `shares`.
  private func findLogits(_ rows: BlockRows, _ mixture: ExpandedMixture) {
    rows.products(with: x, into: shares)
    for b in 0..<rows.block.count {
      shares[b] = shares[b].adding(
        -schedule.alpha, timesConstant: mixture.halfSquares[rows.block.lowerBound + b])
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

  /// What shares are relative to from here on: as before, or `other` where that is far above.
  private mutating func raise(to other: Lanes) -> Lanes {
    guard let old = top else {
      top = other
      return other
    }
    let rise = (other - old) * slope
    if Lanes.all(rise, below: Lanes(Self.headroom)) { return old }
    let new = Lanes.choose(rise, below: Lanes(Self.headroom), then: old, otherwise: other)
    // One in the lanes where nothing changes.
    let factor = Lanes.exp((old - new) * slope)
    top = new
    total.scale(by: factor)
    squareTrace.scale(by: factor)
    usedSquares = usedSquares * factor
    for i in 0..<dimension {
      sum[i] = sum[i] * factor
      earlier[i] = earlier[i] * factor
      lost[i] = lost[i] * factor
    }
    return new
  }

  /// Adds the second moment of a block about its mean and that of this mean about the earlier one; by
  /// the known squares where little of them cancels.
  private mutating func addSquares(
    _ block: Int, _ rows: BlockRows, _ blockTotal: Lanes, _ mixture: ExpandedMixture
  ) {
    let (one, past) = (Lanes(1.0), total.value)
    // A block or a past without weight has no mean; it contributes nothing. Nor does one so faint that
    // its reciprocal would overflow.
    let least = Lanes(0x1p-1020)
    let safeBlock = Lanes.choose(least, below: blockTotal, then: blockTotal, otherwise: one)
    let safePast = Lanes.choose(least, below: past, then: past, otherwise: one)
    let merge = past * (blockTotal / (safePast + safeBlock))
    let (toMean, toPast) = (one / safeBlock, one / safePast)
    for i in 0..<dimension { mean[i] = part[i] * toMean }
    let between = blockedSum(dimension) { i in
      let step = mean[i].adding(-toPast, times: sum[i] + earlier[i])
      return step * step
    }
    let offset = mixture.blockCenters.withUnsafeBufferPointer { centers in
      blockedSum(dimension) { i in
        let away = mean[i] - Lanes(centers[block * dimension + i])
        return away * away
      }
    }
    let square = blockedSum(rows.block.count) {
      shares[$0].scaled(by: mixture.blockSquares[rows.block.lowerBound + $0])
    }
    var within = square - blockTotal * offset
    let used = usedSquares + square
    let whole = squareTrace.value.adding(merge, times: between) + within
    let allowed = whole.scaled(by: Self.largestCancellation)
    if Lanes.any(allowed, below: used) {
      let sums = RowSums(means: rows.means, dimension: dimension)
      sums(
        rows.block, DistanceTerm(center: UnsafePointer(mean)), times: one,
        in: Fours(of: rows.block.count, shares: shares), into: squares)
      let deviation = blockedSum(rows.block.count) { shares[$0] * squares[$0] }
      within = Lanes.choose(allowed, below: used, then: deviation, otherwise: within)
    }
    usedSquares = Lanes.choose(allowed, below: used, then: usedSquares, otherwise: used)
    squareTrace.add(within.adding(merge, times: between))
  }

  mutating func posterior(_ point: [Lanes], _ mixture: ExpandedMixture) -> Posterior<Lanes> {
    closeRun()
    var result = Posterior<Lanes>()
    let total = total.value
    let toMean = schedule.variance / variance
    let toPoint = schedule.alpha.scaled(by: mixture.std * mixture.std) / variance
    if wanted.contains(.means) {
      result.denoiser.reserveCapacity(dimension)
      result.negativeScore.reserveCapacity(dimension)
      for i in 0..<dimension {
        let mean = (earlier[i] + lost[i]) / total
        result.negativeScore.append(x[i].addingProduct(-schedule.alpha, mean) / variance)
        result.denoiser.append(
          (toMean * (mean + Lanes(mixture.center[i]))).addingProduct(toPoint, point[i]))
      }
    }
    if wanted.contains(.traces) {
      let covariance = squareTrace.value / total / variance / variance
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
    sum = sum.adding(difference, times: difference)
  }
}
