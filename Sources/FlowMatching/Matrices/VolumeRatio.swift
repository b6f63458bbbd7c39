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
