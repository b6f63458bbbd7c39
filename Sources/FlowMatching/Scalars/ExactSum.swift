/// The sum of two numbers and what rounding took from it: `high + low = a + b` exactly, unless the sum overflows.
///
/// *Reference*: Knuth, The Art of Computer Programming, volume 2, section 4.2.2, theorem B.
@inline(__always)
func exactSum(_ a: Double, _ b: Double) -> (high: Double, low: Double) {
  let high = a + b
  let part = high - a
  return (high, (a - (high - part)) + (b - part))
}
