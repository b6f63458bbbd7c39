public import CVectorUnit

/// `exp` of eight numbers: `x = n log 2 + r`, `|r| <= log(2)/2`, a polynomial in r, and a scaling by
/// `2^n` in two steps so that subnormal results are rounded once.
///
/// *Accuracy*: 1 u over the whole range (tested against the system's `exp`); 0 below -745.14,
/// infinity above 709.79, NaN for NaN.
@inlinable @inline(__always)
func vectorExponential(_ x: SIMD8<Double>) -> SIMD8<Double> {
  @inline(__always)
  func constant(_ value: Double) -> SIMD8<Double> { flow_repeating(value) }
  var bounded = flow_chosen(x, constant(-746), constant(-746), x)
  bounded = flow_chosen(constant(710), bounded, constant(710), bounded)
  // Adding 1.5 * 2^52 leaves the nearest whole number in the low bits.
  let magic = constant(0x1.8p52)
  let shifted = fused(magic, bounded, constant(0x1.71547652b82fep0))
  let n = flow_difference(shifted, magic)
  // n times the head of log 2 is exact: fused, or because the head has 32 bits.
  let (head, tail) =
    hasFusedMultiplyAdd
    ? (0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56) : (0x1.62e42feep-1, 0x1.a39ef35793c76p-33)
  let r = fused(fused(bounded, n, constant(-head)), n, constant(-tail))
  // The Taylor series to degree 13: remainder below 2^-58 for |r| <= 0.3466.
  var p = constant(1.0 / 6_227_020_800)
  p = fused(constant(1.0 / 479_001_600), p, r)
  p = fused(constant(1.0 / 39_916_800), p, r)
  p = fused(constant(1.0 / 3_628_800), p, r)
  p = fused(constant(1.0 / 362_880), p, r)
  p = fused(constant(1.0 / 40_320), p, r)
  p = fused(constant(1.0 / 5_040), p, r)
  p = fused(constant(1.0 / 720), p, r)
  p = fused(constant(1.0 / 120), p, r)
  p = fused(constant(1.0 / 24), p, r)
  p = fused(constant(1.0 / 6), p, r)
  p = fused(constant(0.5), p, r)
  let power = flow_sum(constant(1), fused(r, p, flow_product(r, r)))
  return flow_scaled_by_power(power, shifted)
}

/// `sum + a b`: rounded once where the machine has an instruction for it, else twice.
@inlinable @inline(__always)
func fused(_ sum: SIMD8<Double>, _ a: SIMD8<Double>, _ b: SIMD8<Double>) -> SIMD8<Double> {
  hasFusedMultiplyAdd ? flow_fused(a, b, sum) : flow_sum(sum, flow_product(a, b))
}
