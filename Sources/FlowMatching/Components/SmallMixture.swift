/// The posterior means of a mixture with one std and at most one block of components, without an array
/// or a logarithm: what a flow asks for, thousands of times per trajectory.
///
/// The same operations in the same order as ``mixturePosterior(_:_:_:_:_:leavingOut:)`` with all components seen.
struct SmallMixture: Sendable {
  private let family: EqualSpreadFamily
  private let components: MixtureComponents
  private let mirrored: MirroredComponents?

  /// Up to four axes: beyond them the arrays no longer matter.
  static let dimensions = 4

  /// `nil` where it does not apply.
  init?(
    _ family: IsotropicFamily, _ components: MixtureComponents, _ mirrored: MirroredComponents?
  ) {
    guard family.isUniform, family.dimension <= Self.dimensions, components.blockCount == 1
    else { return nil }
    self.family = EqualSpreadFamily(base: family)
    self.components = components
    self.mirrored = mirrored
  }

  /// What depends on the times alone: computed once where all points share one.
  struct Scales {
    let schedule: Schedule<Lanes>
    /// The same with all of alpha's tail.
    let given: Schedule<Lanes>
    /// What of alpha's tail can move a logit.
    let tail: Lanes?
    let alpha: Lanes
    /// `v`, and `V = v + alpha^2 s^2`.
    let noise: Lanes
    let variance: Lanes
    /// `1 / V`.
    let inverse: Lanes
    /// `E_j = toMean m_j + toPoint x`.
    let toMean: Lanes
    let toPoint: Lanes
    /// Of a squared distance in a logit, and of one in a difference of logits.
    let logitScale: Lanes
    let slope: Lanes
    /// `tr V^-1` and `tr S V^-1`.
    let inverseTrace: Lanes
    let spreadInverseTrace: Lanes
  }

  func scales(_ given: Schedule<Lanes>) -> Scales {
    var schedule = given
    let tail = given.tail(movingLogitsOf: family.base.reach, std: family.base.stds[0])
    schedule.alphaTail = tail ?? Lanes(0.0)
    let alpha = schedule.alpha
    let std = Lanes(family.base.stds[0])
    let spread = alpha * std
    // Where nothing fuses the two differ, as they do in the general mixture.
    let variance = schedule.variance.adding(spread, times: spread)
    let searched = schedule.variance.addingProduct(spread, spread)
    let inverse = Lanes(1.0) / variance
    let inverseTrace = inverse.scaled(by: Double(family.dimension))
    return Scales(
      schedule: schedule, given: given, tail: tail,
      alpha: alpha, noise: schedule.variance, variance: variance,
      inverse: inverse, toMean: schedule.variance / variance,
      toPoint: spread * std / variance, logitScale: Lanes(-0.5) / searched,
      slope: (alpha / variance).scaled(by: -0.5), inverseTrace: inverseTrace,
      spreadInverseTrace: inverseTrace.scaled(by: family.base.stds[0] * family.base.stds[0]))
  }

  /// The components, in fours.
  private var paddedCount: Int { (family.count + 3) / 4 * 4 }
  /// How many `Lanes` the functions below work in.
  var scratchCount: Int { 2 * paddedCount + 3 * family.dimension }

  /// `D` and `g`, an axis each.
  @inline(__always)
  func means(
    of x: UnsafePointer<Lanes>, _ scales: Scales,
    denoiser: UnsafeMutablePointer<Lanes>, negativeScore: UnsafeMutablePointer<Lanes>,
    _ scratch: UnsafeMutablePointer<Lanes>
  ) {
    family.base.means.withUnsafeBufferPointer { means in
      let sums = RowSums(means: means.baseAddress!, dimension: family.dimension)
      let (d, count) = (family.dimension, family.count)
      // The shares, then the mean and g of the heaviest one and a sum.
      let padded = paddedCount
      let shares = scratch
      let (origin, g, sum) = (shares + padded, shares + padded + d, shares + padded + 2 * d)
      let block = 0..<count
      let negativeAlpha = -scales.alpha
      let square = SquareTerm(x: x, negativeAlpha: negativeAlpha)
      if let tail = scales.tail {
        let square = TailedSquareTerm(plain: square, negativeTail: -tail)
        sums(block, square, times: scales.logitScale, in: .all, into: shares)
      } else {
        sums(block, square, times: scales.logitScale, in: .all, into: shares)
      }
      var index = heaviest(shares)
      var (total, contested) = (Lanes(0.0), Lanes(0.0))
      for _ in 0...Anchoring.attempts {
        for i in 0..<d {
          origin[i] = pick(index) { means[$0 * d + i] }
          g[i] = scales.schedule.gap(x[i], origin[i]) / scales.variance
          denoiser[i] = (scales.toMean * origin[i]).addingProduct(scales.toPoint, x[i])
        }
        let term = ComparisonTerm(
          origin: UnsafePointer(origin), g: UnsafePointer(g), slope: scales.slope)
        sums(block, term, times: scales.alpha, in: .all, into: shares)
        _ = family.compareBetween(
          block, x, UnsafePointer(origin), variance: scales.variance, alpha: scales.alpha,
          tail: scales.tail, isContested: contested, in: .all, into: shares)
        for b in 0..<count { shares[b] = Lanes.exp(shares[b]) }
        if !components.hasEqualWeights {
          let weight = pick(index) { components.weights[$0] }
          for b in 0..<count {
            shares[b] = shares[b] * (Lanes(components.weights[b]) / weight)
          }
        }
        total = blockedSum(count) { shares[$0] }
        if Anchoring.isSettled(total, count: count) { break }
        let heavier = Anchoring.largest(UnsafeBufferPointer(start: shares, count: count))
        index = Anchoring.moved(index, to: heavier, total: total, count: count)
        contested = Anchoring.moved(contested, to: Lanes(1.0), total: total, count: count)
      }
      for b in count..<padded { shares[b] = Lanes(0.0) }
      sums.weighted(
        block, from: UnsafePointer(origin), by: UnsafePointer(shares),
        times: scales.inverse, in: .all, into: sum)
      for i in 0..<d {
        sum[i] = sum[i] / total
        denoiser[i] = denoiser[i].addingProduct(scales.noise, sum[i])
        negativeScore[i] = g[i].addingProduct(negativeAlpha, sum[i])
      }
      if let mirrored {
        let distance = mirrored.mirror.distance { denoiser[$0] }
        if Lanes.any(distance, below: Lanes(0.5)) {
          pair(
            mirrored, of: x, scales, UnsafePointer(shares), total, where: distance,
            denoiser: denoiser, negativeScore: negativeScore)
        }
      }
    }
  }

  /// The means in the lanes with a distance below half, by pairs.
  @inline(never)
  private func pair(
    _ mirrored: MirroredComponents, of x: UnsafePointer<Lanes>, _ scales: Scales,
    _ shares: UnsafePointer<Lanes>, _ total: Lanes, where distance: Lanes,
    denoiser: UnsafeMutablePointer<Lanes>, negativeScore: UnsafeMutablePointer<Lanes>
  ) {
    let d = family.dimension
    withUnsafeTemporaryAllocation(of: Lanes.self, capacity: 2 * d) { memory in
      let (paired, score) = (memory.baseAddress!, memory.baseAddress! + d)
      mirrored.means(
        family.base, of: x, at: scales.given, probability: { shares[$0] / total },
        denoiser: paired, negativeScore: score)
      for i in 0..<d {
        denoiser[i] = Lanes.choose(
          distance, below: Lanes(0.5), then: paired[i], otherwise: denoiser[i])
        negativeScore[i] = Lanes.choose(
          distance, below: Lanes(0.5), then: score[i], otherwise: negativeScore[i])
      }
    }
  }

  /// The traces of `dD/dx` and `dg/dx`, after the means and from what these left in the scratch.
  @inline(__always)
  func traces(
    _ scales: Scales, _ scratch: UnsafeMutablePointer<Lanes>
  ) -> (denoiser: Lanes, negativeScore: Lanes) {
    let (d, count) = (family.dimension, family.count)
    let shares = scratch
    let origin = shares + paddedCount
    let (center, mean, squares) = (origin + d, origin + 2 * d, origin + 3 * d)
    let total = blockedSum(count) { shares[$0] }
    for i in 0..<d { center[i] = mean[i] * scales.variance }
    family.base.means.withUnsafeBufferPointer { means in
      let sums = RowSums(means: means.baseAddress!, dimension: d)
      let term = DeviationTerm(
        origin: UnsafePointer(origin), center: UnsafePointer(center))
      sums(0..<count, term, times: Lanes(1.0), in: .all, into: squares)
    }
    let square =
      blockedSum(count) { shares[$0] * squares[$0] } * (scales.inverse * scales.inverse)
    let covariance = square / total
    return (
      scales.alpha * scales.spreadInverseTrace.addingProduct(scales.noise, covariance),
      scales.inverseTrace.addingProduct(-scales.alpha * scales.alpha, covariance)
    )
  }

  /// The first of the heaviest components, from the logits without weights.
  @inline(__always)
  private func heaviest(_ logits: UnsafePointer<Lanes>) -> Lanes {
    var best = logits[0] + Lanes(components.logWeights[0])
    var index = Lanes(0.0)
    for k in 1..<family.count {
      let logit = logits[k] + Lanes(components.logWeights[k])
      index = Lanes.choose(best, below: logit, then: Lanes(Double(k)), otherwise: index)
      best = Lanes.maximum(best, logit)
    }
    return index
  }

  /// `entry(index)` per lane, by looking at all of them: faster than eight loads for so few.
  @inline(__always)
  private func pick(_ index: Lanes, _ entry: (Int) -> Double) -> Lanes {
    var result = Lanes(entry(0))
    for k in 1..<family.count {
      result = Lanes.choose(
        Lanes(Double(k) - 0.5), below: index, then: Lanes(entry(k)), otherwise: result)
    }
    return result
  }
}

/// A target whose means and traces can be had without arrays.
protocol SmallTarget: Target {
  /// `nil` where it has too many components or axes.
  var small: SmallMixture? { get }
}
