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
  /// Adds `p V_k^-1` and `p S_k V_k^-1` to two matrices, rows first.
  func addInverse<S: Scalar>(
    _ k: Int, times p: S, _ schedule: Schedule<S>, inverse: inout [S], spreadInverse: inout [S])
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

/// `(b/a)^power` for two variances, in two parts: a factor and a logarithm. The logarithm of a ratio
/// near one comes from the difference `a - b`, which the caller knows without cancellation; a ratio
/// far from one is a factor, unless that could leave the range of the format.
@inline(__always)
func volumeRatio<S: Scalar>(
  _ a: S, over b: S, difference: S, power: Double
) -> (log: S, factor: S) {
  let relative = difference / b
  let near = S.log(onePlus: relative).scaled(by: -power)
  let far = S.log(a / b).scaled(by: -power)
  let whole = S.power(b / a, power)
  let moderate = within(far, -300, 300, then: S(0.0), otherwise: far)
  let factor = within(far, -300, 300, then: whole, otherwise: S(1.0))
  return (
    within(relative, -0.5, 1, then: near, otherwise: moderate),
    within(relative, -0.5, 1, then: S(1.0), otherwise: factor)
  )
}

/// `then` where `low <= x < high`, else `otherwise`.
@inline(__always)
func within<S: Scalar>(
  _ x: S, _ low: Double, _ high: Double, then: S, otherwise: S
) -> S {
  S.choose(
    x, below: S(high), then: S.choose(x, below: S(low), then: otherwise, otherwise: then),
    otherwise: otherwise)
}

/// The sum of `term(0), ..., term(count - 1)` in four interleaved chains over blocks of 64, so that
/// the rounding error of a long sum stays within a few u of the sum of the magnitudes.
@inline(__always)
func blockedSum<S: Scalar>(_ count: Int, _ term: (Int) -> S) -> S {
  var total = S(0.0)
  var start = 0
  while start < count {
    let end = min(start + 64, count)
    var a = S(0.0)
    var b = S(0.0)
    var c = S(0.0)
    var d = S(0.0)
    var i = start
    while i + 4 <= end {
      a = a + term(i)
      b = b + term(i + 1)
      c = c + term(i + 2)
      d = d + term(i + 3)
      i += 4
    }
    while i < end {
      a = a + term(i)
      i += 1
    }
    total = total + ((a + b) + (c + d))
    start = end
  }
  return total
}
