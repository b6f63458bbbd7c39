/// `(b/a)^power` for two variances, in two parts: a factor and a logarithm. The logarithm of a ratio
/// near one comes from the difference `a - b`, which the caller knows without cancellation; a ratio
/// far from one is a factor, unless that could leave the range of the format.
@inline(__always)
func volumeRatio<S: Scalar>(
  _ a: S, over b: S, difference: S, power: Double
) -> (log: S, factor: S) {
  let relative = difference / b
  let near = S.log(onePlus: relative).scaled(by: -power)
  if S.all(relative, below: S(1.0)), !S.any(relative, below: S(-0.5)) { return (near, S(1.0)) }
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
