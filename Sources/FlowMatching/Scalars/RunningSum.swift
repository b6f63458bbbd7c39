/// A sum to which block after block is added, with the rounding error of every addition kept: however
/// many there are, it errs by about u of itself and u^2 of the sum of all magnitudes per addition.
///
/// *Reference*: Moller (1965); Knuth, The Art of Computer Programming 2, theorem 4.2.2B.
struct RunningSum<S: Scalar> {
  private var sum = S(0.0)
  /// What rounding took from `sum`.
  private var lost = S(0.0)

  var value: S { sum + lost }

  @inline(__always)
  mutating func add(_ term: S) { accumulate(term, into: &sum, &lost) }

  @inline(__always)
  mutating func scale(by factor: S) {
    sum = sum * factor
    lost = lost * factor
  }
}

/// Adds `term` to `sum`, and to `lost` what that addition rounds away, exactly.
@inline(__always)
func accumulate<S: Scalar>(_ term: S, into sum: inout S, _ lost: inout S) {
  let new = sum + term
  let added = new - sum
  lost = lost + ((sum - (new - added)) + (term - added))
  sum = new
}
