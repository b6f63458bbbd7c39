// Next to the data: `x - alpha m` with alpha as two numbers (``Schedule/tail(movingLogitsOf:std:)``).

/// `(x - alpha m)^2`, alpha with its tail.
struct TailedSquareTerm<S: Scalar>: AxisTerm {
  let plain: SquareTerm<S>
  let negativeTail: S

  @inline(__always) func shared(_ i: Int) -> S { plain.shared(i) }
  @inline(__always) func add(to sum: inout S, _ x: S, _ mean: Double) {
    let difference = x.adding(plain.negativeAlpha, timesConstant: mean)
      .adding(negativeTail, timesConstant: mean)
    sum = sum.adding(difference, times: difference)
  }
}

/// `delta (x - (alpha/2) (m + origin))` with `delta = m - origin`: of what is `delta.(x - alpha origin) - (alpha/2)
/// |delta|^2` the form that changes nothing but its sign when the two places change theirs. Alpha, the sum of the
/// places and the distance from their middle are two numbers each: halfway between two components what is left may
/// be smaller than what rounding one of them would move it by.
struct BetweenTerm<S: Scalar>: AxisTerm {
  let x: UnsafePointer<S>
  let origin: UnsafePointer<S>
  private let half: S
  private let halfTail: S

  init(x: UnsafePointer<S>, origin: UnsafePointer<S>, alpha: S, tail: S) {
    (self.x, self.origin) = (x, origin)
    (half, halfTail) = (alpha.scaled(by: 0.5), tail.scaled(by: 0.5))
  }

  @inline(__always) func shared(_ i: Int) -> (x: S, origin: S) { (x[i], origin[i]) }
  @inline(__always) func add(to sum: inout S, _ axis: (x: S, origin: S), _ mean: Double) {
    let (x, a, b) = (axis.x, axis.origin, S(mean))
    // The errors of a sum (Knuth), of a product and of a difference (Dekker): exact, and so the same in either
    // order of the places.
    let places = a + b
    let second = places - a
    let placesRest = (a - (places - second)) + (b - second)
    let product = half * places
    let productRest = (-product).addingProduct(half, places)
    let difference = x - product
    let part = difference - x
    let differenceRest = (x - (difference - part)) - (product + part)
    let rest = (differenceRest - productRest)
      .addingProduct(-half, placesRest).addingProduct(-halfTail, places)
    sum = sum.addingProduct(b - a, difference + rest)
  }
}
