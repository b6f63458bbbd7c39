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
