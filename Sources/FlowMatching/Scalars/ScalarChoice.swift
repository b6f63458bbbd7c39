/// `then` where `low <= x < high`, else `otherwise`.
@inline(__always)
func within<S: Scalar>(
  _ x: S, _ low: Double, _ high: Double, then: S, otherwise: S
) -> S {
  S.choose(
    x, below: S(high), then: S.choose(x, below: S(low), then: otherwise, otherwise: then),
    otherwise: otherwise)
}

/// `|x|`.
@inline(__always)
func magnitude<S: Scalar>(_ x: S) -> S { S.maximum(x, -x) }
