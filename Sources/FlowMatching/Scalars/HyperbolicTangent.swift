/// `tanh w`, odd to the bit: Lambert's continued fraction to its eighth level up to 1/2, beyond that
/// `(1 - e)/(1 + e)` with `e = exp(-2 |w|)`.
///
/// *Accuracy*: 4 u, whatever the size of w.
@inline(__always)
func hyperbolicTangent<S: Scalar>(_ w: S) -> S {
  let near = S.maximum(S.minimum(w, S(0.5)), S(-0.5))
  let q = near * near
  let over = S(2_027_025).addingProduct(
    q, S(270_270).addingProduct(q, S(6_930).addingProduct(q, constant: 36)))
  let under = S(2_027_025).addingProduct(
    q, S(945_945).addingProduct(q, S(51_975).addingProduct(q, S(630) + q)))
  let size = magnitude(w)
  let e = S.exp(size.scaled(by: -2))
  let far = (S(1.0) - e) / (S(1.0) + e)
  return S.choose(
    size, below: S(0.5), then: near * over / under,
    otherwise: S.choose(w, below: S(0.0), then: -far, otherwise: far))
}
