/// What the mixture's accumulator needs of a family of Gaussian components N(m_k, S_k), under
/// `x = alpha x1 + sigma eps` with `V_k = alpha^2 S_k + v I` and `g_k = V_k^-1 (x - alpha m_k)`.
///
/// Everything is relative to one anchor component j, the heaviest at x. With
/// `delta = m_k - m_j`, `Delta = S_k - S_j`, `h = delta + alpha Delta g_j` and `w = V_k^-1 h`:
///
///     g_k = g_j - alpha w        E_k = E_j + v w
///     l_k - l_j = alpha [ delta.(g_j + g_k)/2 + (alpha/2) g_j.Delta g_k ]
///                 - log(det V_k/det V_j)/2
///
/// No large numbers are subtracted: the differences are formed from the data. Where V_k and V_j are
/// far apart it is the other way round: the bracket cancels and `(q_j - q_k)/2` does not. (And
/// `g_j - alpha w` is g_k only in exact arithmetic.)
protocol GaussianFamily: Sendable {
  var dimension: Int { get }
  var count: Int { get }
  /// `-q/2 - log(det V_k)/2`, plain: only to find the heaviest component.
  func logit<S: Scalar>(_ k: Int, _ x: UnsafePointer<S>, _ schedule: Schedule<S>) -> S
  /// The component `index` (per lane) at x.
  func anchor<S: Scalar>(
    at index: S, _ x: UnsafePointer<S>, _ schedule: Schedule<S>
  ) -> Anchor<S>
  /// Component k relative to the anchor; w goes to `shift`.
  func compare<S: Scalar>(
    _ k: Int, _ x: UnsafePointer<S>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    shift: UnsafeMutablePointer<S>, _ wanted: Moments
  ) -> Comparison<S>
  /// `V_k^-1 y` and `S_k V_k^-1 y`, an axis each.
  func invert<S: Scalar>(
    _ k: Int, _ y: UnsafePointer<S>, _ schedule: Schedule<S>,
    into inverse: UnsafeMutablePointer<S>, stretched: UnsafeMutablePointer<S>)
  /// Whether every component has the same S_k.
  var hasOneSpread: Bool { get }
  /// Adds `p V_k^-1` and `p S_k V_k^-1` to two matrices, rows first.
  func addInverse<S: Scalar>(
    _ k: Int, times p: S, _ schedule: Schedule<S>, inverse: inout [S], spreadInverse: inout [S])

  // The same for a block of at most 64 components; by default one after the other.

  /// The logits of a block.
  func logits<S: Scalar>(
    _ block: Range<Int>, _ x: UnsafePointer<S>, _ schedule: Schedule<S>,
    into logits: UnsafeMutablePointer<S>)
  /// Puts `exp(l_k - l_j)` into the scratch's shares, and there what the three below will need; zero
  /// outside the fours that the scratch says are worth looking at.
  func compare<S: Scalar>(
    _ block: Range<Int>, _ x: UnsafePointer<S>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    _ wanted: Moments, _ scratch: borrowing BlockScratch<S>)
  /// Puts `sum p_k w_k` into the scratch's sum, for its shares p.
  func sumShifts<S: Scalar>(
    _ block: Range<Int>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    _ scratch: borrowing BlockScratch<S>)
  /// `sum p_k |w_k - mean|^2`.
  func squares<S: Scalar>(
    _ block: Range<Int>, about mean: UnsafePointer<S>, _ anchor: Anchor<S>,
    _ schedule: Schedule<S>, _ scratch: borrowing BlockScratch<S>
  ) -> S
  /// `tr V_k^-1` and `tr S_k V_k^-1` where all components have the same.
  func commonTraces<S: Scalar>(_ anchor: Anchor<S>) -> (inverse: S, spreadInverse: S)?
  /// `sum p_k tr V_k^-1` and `sum p_k tr S_k V_k^-1`.
  func traces<S: Scalar>(
    _ block: Range<Int>, _ scratch: borrowing BlockScratch<S>
  ) -> (inverse: S, spreadInverse: S)
}

/// The heaviest component at x.
struct Anchor<S: Scalar> {
  var mean: [S]
  /// `g_j`.
  var g: [S]
  /// `E_j`.
  var denoiser: [S]
  /// `q_j = g_j.V_j g_j`.
  var square: S
  /// `-q/2 - log(det(2 pi V_j))/2`.
  var logDensity: S
  /// The family's own numbers: a variance, or a covariance and its eigenvalues.
  var spread: [S]
  /// V_j: one number, or one per axis.
  var variances: [S]
  /// 1 in the lanes where it was taken for another that had looked heavier (``Anchoring``), 0 elsewhere.
  var isContested = S(0.0)
}

/// A component seen from the anchor.
struct Comparison<S: Scalar> {
  /// `l_k - l_j` without the weights and without what `factor` holds.
  var logRatio = S(0.0)
  /// A factor of `exp(l_k - l_j)`: the ratio of the volumes where these are far apart, since a
  /// large logarithm has a large rounding error.
  var factor = S(1.0)
  /// `tr V_k^-1`.
  var inverseTrace = S(0.0)
  /// `tr S_k V_k^-1`.
  var spreadInverseTrace = S(0.0)
  /// `g_k.E_k - alpha tr S_k V_k^-1` with `E_k = m_k + alpha S_k g_k`.
  var alphaRate = S(0.0)
  /// `(|g_k|^2 - tr V_k^-1)/2`.
  var varianceRate = S(0.0)
}

extension GaussianFamily {
  func logits<S: Scalar>(
    _ block: Range<Int>, _ x: UnsafePointer<S>, _ schedule: Schedule<S>,
    into logits: UnsafeMutablePointer<S>
  ) {
    for k in block { logits[k - block.lowerBound] = logit(k, x, schedule) }
  }

  func compare<S: Scalar>(
    _ block: Range<Int>, _ x: UnsafePointer<S>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    _ wanted: Moments, _ scratch: borrowing BlockScratch<S>
  ) {
    compareEach(block, x, anchor, schedule, wanted, scratch)
  }

  /// Keeps every row of w; zero outside the fours worth looking at.
  func compareEach<S: Scalar>(
    _ block: Range<Int>, _ x: UnsafePointer<S>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    _ wanted: Moments, _ scratch: borrowing BlockScratch<S>
  ) {
    for b in 0..<block.count {
      let shift = scratch.shifts + b * dimension
      guard scratch.fours.contains(b) else {
        scratch.shares[b] = S(0.0)
        scratch.terms[b] = Comparison()
        for i in 0..<dimension { shift[i] = S(0.0) }
        continue
      }
      let term = compare(
        block.lowerBound + b, x, anchor, schedule, shift: shift, wanted)
      scratch.shares[b] = S.exp(term.logRatio) * term.factor
      scratch.terms[b] = term
    }
  }

  func sumShifts<S: Scalar>(
    _ block: Range<Int>, _ anchor: Anchor<S>, _ schedule: Schedule<S>,
    _ scratch: borrowing BlockScratch<S>
  ) {
    let sum = scratch.sum
    for i in 0..<dimension { sum[i] = S(0.0) }
    for b in 0..<block.count {
      let row = scratch.shifts + b * dimension
      let share = scratch.shares[b]
      for i in 0..<dimension { sum[i] = sum[i].adding(share, times: row[i]) }
    }
  }

  func squares<S: Scalar>(
    _ block: Range<Int>, about mean: UnsafePointer<S>, _ anchor: Anchor<S>,
    _ schedule: Schedule<S>, _ scratch: borrowing BlockScratch<S>
  ) -> S {
    var sum = S(0.0)
    for b in 0..<block.count {
      let row = scratch.shifts + b * dimension
      let square = blockedSum(dimension) { i in
        let difference = row[i] - mean[i]
        return difference * difference
      }
      sum = sum.adding(scratch.shares[b], times: square)
    }
    return sum
  }

  func commonTraces<S: Scalar>(_ anchor: Anchor<S>) -> (inverse: S, spreadInverse: S)? { nil }

  func traces<S: Scalar>(
    _ block: Range<Int>, _ scratch: borrowing BlockScratch<S>
  ) -> (inverse: S, spreadInverse: S) {
    var result = (inverse: S(0.0), spreadInverse: S(0.0))
    for b in 0..<block.count {
      let term = scratch.terms[b]
      result.inverse = result.inverse.adding(scratch.shares[b], times: term.inverseTrace)
      result.spreadInverse = result.spreadInverse.adding(
        scratch.shares[b], times: term.spreadInverseTrace)
    }
    return result
  }
}
