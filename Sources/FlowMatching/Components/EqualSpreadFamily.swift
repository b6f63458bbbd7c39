/// Isotropic components with one std for all: mixtures of equal Gaussians and point clouds. Every V_k
/// is the same number V, so that with `delta = m_k - m_j`
///
///     l_k - l_j = alpha sum_i delta_i (g_i - alpha/(2V) delta_i),    w = delta / V,
///
/// and the block operations need no more of a component than its mean. They take four components at
/// a time, each in a chain of its own, and form the differences again where they are needed: at
/// d = 784 the rows of w of one block would fill three megabytes.
struct EqualSpreadFamily: GaussianFamily {
  let base: IsotropicFamily

  /// The schedule, alpha with its tail where it can move a logit: elsewhere the operations are those whose bounds
  /// are proved (`Proofs/traces`).
  @inline(__always)
  func resolved<S: Scalar>(_ schedule: Schedule<S>) -> Schedule<S> {
    schedule.resolving(base.reach, std: base.stds[0])
  }

  var dimension: Int { base.dimension }
  var count: Int { base.count }

  func logit<S: Scalar>(_ k: Int, _ x: UnsafePointer<S>, _ schedule: Schedule<S>) -> S {
    base.logit(k, x, schedule)
  }
  func anchor<S: Scalar>(
    at index: S, _ x: UnsafePointer<S>, _ schedule: Schedule<S>
  ) -> Anchor<S> {
    base.anchor(at: index, x, resolved(schedule))
  }
  func compare<S: Scalar>(
    _ k: Int, _ x: UnsafePointer<S>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    shift: UnsafeMutablePointer<S>, _ wanted: Moments
  ) -> Comparison<S> {
    base.compare(k, x, anchor, resolved(schedule), shift: shift, wanted)
  }
  var hasOneSpread: Bool { true }
  @inline(__always)
  func invert<S: Scalar>(
    _ k: Int, _ y: UnsafePointer<S>, _ schedule: Schedule<S>,
    into inverse: UnsafeMutablePointer<S>, stretched: UnsafeMutablePointer<S>
  ) {
    base.invert(k, y, schedule, into: inverse, stretched: stretched)
  }
  func addInverse<S: Scalar>(
    _ k: Int, times p: S, _ schedule: Schedule<S>, inverse: inout [S], spreadInverse: inout [S]
  ) {
    base.addInverse(k, times: p, schedule, inverse: &inverse, spreadInverse: &spreadInverse)
  }

  func logits<S: Scalar>(
    _ block: Range<Int>, _ x: UnsafePointer<S>, _ schedule: Schedule<S>,
    into logits: UnsafeMutablePointer<S>
  ) {
    let spread = schedule.alpha.scaled(by: base.stds[0])
    let variance = schedule.variance.addingProduct(spread, spread)
    let term = SquareTerm(x: x, negativeAlpha: -schedule.alpha)
    let scale = S(-0.5) / variance
    let tail = schedule.tail(movingLogitsOf: base.reach, std: base.stds[0])
    withRowSums { sums in
      if let tail {
        let term = TailedSquareTerm(plain: term, negativeTail: -tail)
        sums(block, term, times: scale, in: .all, into: logits)
      } else {
        sums(block, term, times: scale, in: .all, into: logits)
      }
    }
  }

  func compare<S: Scalar>(
    _ block: Range<Int>, _ x: UnsafePointer<S>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    _ wanted: Moments, _ scratch: borrowing BlockScratch<S>
  ) {
    guard wanted.isDisjoint(with: [.rates, .jacobians]) else {
      compareEach(block, x, anchor, schedule, wanted, scratch)
      let logits = scratch.logits
      for b in 0..<block.count { logits[b] = scratch.terms[b].logRatio }
      for b in block.count..<(block.count + 3) / 4 * 4 { logits[b] = S(0.0) }
      if compareBetween(block, x, anchor, schedule, in: scratch.fours, into: logits) {
        for b in 0..<block.count where scratch.fours.contains(b) {
          scratch.shares[b] = S.exp(logits[b])
        }
      }
      return
    }
    let alpha = schedule.alpha
    let (shares, fours) = (scratch.shares, scratch.fours)
    withRowSums { sums in
      anchor.mean.withUnsafeBufferPointer { origin in
        anchor.g.withUnsafeBufferPointer { g in
          let term = ComparisonTerm(
            origin: origin.baseAddress!, g: g.baseAddress!,
            slope: (alpha / anchor.variances[0]).scaled(by: -0.5))
          sums(block, term, times: alpha, in: fours, into: shares)
        }
      }
    }
    _ = compareBetween(block, x, anchor, schedule, in: fours, into: shares)
    // Four at a time, so that their chains run side by side.
    for b in stride(from: 0, to: block.count, by: 4) where fours.contains(b) {
      shares[b] = S.exp(shares[b])
      shares[b + 1] = S.exp(shares[b + 1])
      shares[b + 2] = S.exp(shares[b + 2])
      shares[b + 3] = S.exp(shares[b + 3])
    }
  }

  private func compareBetween<S: Scalar>(
    _ block: Range<Int>, _ x: UnsafePointer<S>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    in fours: Fours, into logits: UnsafeMutablePointer<S>
  ) -> Bool {
    anchor.mean.withUnsafeBufferPointer { origin in
      compareBetween(
        block, x, origin.baseAddress!, variance: anchor.variances[0], alpha: schedule.alpha,
        tail: schedule.tail(movingLogitsOf: base.reach, std: base.stds[0]),
        isContested: anchor.isContested, in: fours, into: logits)
    }
  }

  /// Puts `l_k - l_j` by ``BetweenTerm`` where it takes that to tell the two apart: next to the data, and where
  /// another component had looked heavier than the anchor. Whether it was needed anywhere.
  @inline(__always)
  func compareBetween<S: Scalar>(
    _ block: Range<Int>, _ x: UnsafePointer<S>, _ origin: UnsafePointer<S>, variance: S,
    alpha: S, tail: S?, isContested: S, in fours: Fours,
    into logits: UnsafeMutablePointer<S>
  ) -> Bool {
    if tail == nil, !S.any(S(0.0), below: isContested) { return false }
    let alphaTail = tail ?? S(0.0)
    let isNear = S.maximum(isContested, S.maximum(alphaTail, -alphaTail))
    let padded = (block.count + 3) / 4 * 4
    withUnsafeTemporaryAllocation(of: S.self, capacity: padded) { between in
      withRowSums { sums in
        let term = BetweenTerm(x: x, origin: origin, alpha: alpha, tail: alphaTail)
        sums(
          block, term, times: alpha / variance, in: fours, into: between.baseAddress!)
      }
      for b in 0..<padded {
        logits[b] = S.choose(S(0.0), below: isNear, then: between[b], otherwise: logits[b])
      }
    }
    return true
  }

  func sumShifts<S: Scalar>(
    _ block: Range<Int>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    _ scratch: borrowing BlockScratch<S>
  ) {
    let (shares, sum) = (scratch.shares, scratch.sum)
    withRowSums { sums in
      anchor.mean.withUnsafeBufferPointer { origin in
        sums.weighted(
          block, from: origin.baseAddress!, by: shares, times: S(1.0) / anchor.variances[0],
          in: scratch.fours, into: sum)
      }
    }
  }

  func squares<S: Scalar>(
    _ block: Range<Int>, about mean: UnsafePointer<S>, _ anchor: Anchor<S>,
    _ schedule: Schedule<S>, _ scratch: borrowing BlockScratch<S>
  ) -> S {
    let (shares, center, squares) = (scratch.shares, scratch.center, scratch.logits)
    for i in 0..<dimension { center[i] = mean[i] * anchor.variances[0] }
    withRowSums { sums in
      anchor.mean.withUnsafeBufferPointer { origin in
        let term = DeviationTerm(origin: origin.baseAddress!, center: UnsafePointer(center))
        sums(block, term, times: S(1.0), in: scratch.fours, into: squares)
      }
    }
    let inverse = S(1.0) / anchor.variances[0]
    return blockedSum(block.count) { shares[$0] * squares[$0] } * (inverse * inverse)
  }

  func commonTraces<S: Scalar>(_ anchor: Anchor<S>) -> (inverse: S, spreadInverse: S)? {
    let inverse = (S(1.0) / anchor.variances[0]).scaled(by: Double(dimension))
    return (inverse, inverse.scaled(by: base.stds[0] * base.stds[0]))
  }

  @inline(__always)
  private func withRowSums(_ body: (RowSums) -> Void) {
    base.means.withUnsafeBufferPointer {
      body(RowSums(means: $0.baseAddress!, dimension: dimension))
    }
  }
}

/// `(x - alpha m)^2`.
struct SquareTerm<S: Scalar>: AxisTerm {
  let x: UnsafePointer<S>
  let negativeAlpha: S

  @inline(__always) func shared(_ i: Int) -> S { x[i] }
  @inline(__always) func add(to sum: inout S, _ x: S, _ mean: Double) {
    let difference = x.adding(negativeAlpha, timesConstant: mean)
    sum = sum.adding(difference, times: difference)
  }
}

/// `delta (g + slope delta)` with `delta = m - origin`. Both sums round once on every machine: halfway
/// between two components they cancel, and what is left is the difference of two logits.
struct ComparisonTerm<S: Scalar>: AxisTerm {
  let origin: UnsafePointer<S>
  let g: UnsafePointer<S>
  let slope: S

  @inline(__always) func shared(_ i: Int) -> (origin: S, g: S) { (origin[i], g[i]) }
  @inline(__always) func add(to sum: inout S, _ shared: (origin: S, g: S), _ mean: Double) {
    let delta = S(mean) - shared.origin
    sum = sum.addingProduct(delta, shared.g.addingProduct(slope, delta))
  }
}

/// `(m - origin - center)^2`.
struct DeviationTerm<S: Scalar>: AxisTerm {
  let origin: UnsafePointer<S>
  let center: UnsafePointer<S>

  @inline(__always) func shared(_ i: Int) -> (origin: S, center: S) { (origin[i], center[i]) }
  @inline(__always) func add(to sum: inout S, _ shared: (origin: S, center: S), _ mean: Double) {
    let difference = (S(mean) - shared.origin) - shared.center
    sum = sum.adding(difference, times: difference)
  }
}
