import RealModule

/// Mass, mean and variance of s on [-1/2, 1/2] under `exp(h s xi - h^2 s^2/2)`, for h below 2 and `h |xi|` below 1: the
/// two halves of the interval are folded, `exp(a) +- exp(-a)` in one, so that the mean is odd in xi and as small as xi.
///
/// By a 16-point Gauss rule.
struct CentralMoments<S: Scalar> {
  let mass: S
  let mean: S
  let variance: S

  init(xi: S, h: S) {
    var (mass, first, second) = (S(0.0), S(0.0), S(0.0))
    for (node, weight) in gaussLegendre16.prefix(8) {
      let place = 0.5 - node
      let step = h.scaled(by: place)
      let share = S.exp(-(step * step).scaled(by: 0.5)).scaled(by: weight)
      // With e = exp(a) - 1: 2 sinh a = e + e/(1 + e), 2 cosh a = 2 + e^2/(1 + e).
      let rise = S.expMinusOne(step * xi)
      let fall = rise / (rise + S(1.0))
      let even = share * S(2.0).addingProduct(rise, fall)
      mass = mass + even
      first = first.addingProduct(share * (rise + fall), constant: place)
      second = second.addingProduct(even, constant: place * place)
    }
    self.mass = mass
    mean = first / mass
    variance = (second / mass).addingProduct(-mean, mean)
  }
}
