internal import BigInt

/// The order conditions of a Runge-Kutta method, evaluated exactly: `sum_i b_i phi_i(tree) =
/// 1/gamma(tree)` for every rooted tree, with `phi_i(tree)` the product over the children of
/// `sum_j a_ij phi_j(child)`.
///
/// All numbers are integers over one common denominator, so that nothing is rounded and nothing has
/// to be reduced.
///
/// *Reference*: Butcher (1963); Hairer, Norsett and Wanner (1993), theorem II.2.13.
struct OrderConditions {
  private let scale: BigInt
  private let rows: [[BigInt]]
  private let trees: [RootedTree]
  /// `scale^(order - 1) phi(tree)`.
  private let weights: [RootedTree: [BigInt]]

  /// The conditions of the stages with coefficients `a`, for trees with at most `order` vertices.
  init(stages a: [[Rational]], weights families: [[Rational]], upTo order: Int) {
    let numbers = (a + families).joined()
    let scale = numbers.reduce(into: BigInt(1)) { scale, number in
      scale *= number.denominator / scale.greatestCommonDivisor(with: number.denominator)
    }
    let rows = a.map { $0.map { $0.numerator * (scale / $0.denominator) } }
    var known: [RootedTree: [BigInt]] = [:]
    let trees = RootedTree.trees(upTo: order)
    for tree in trees {
      var phi = [BigInt](repeating: 1, count: a.count)
      for child in tree.children {
        let below = known[child]!
        for i in a.indices {
          phi[i] *= zip(rows[i], below).reduce(into: BigInt(0)) { $0 += $1.0 * $1.1 }
        }
      }
      known[tree] = phi
    }
    self.scale = scale
    self.rows = rows
    self.trees = trees
    weights = known
  }

  /// `gamma(tree) sum b phi - theta^order` for every tree: how far the weights b are from a method
  /// that is exact up to the fraction `theta` of the step.
  func residuals(_ b: [Rational], upTo theta: Rational = "1") -> [(order: Int, residual: Rational)]
  {
    trees.map { tree in
      let sum = zip(b, weights[tree]!).reduce(into: BigInt(0)) {
        $0 += $1.0.numerator * (scale / $1.0.denominator) * $1.1
      }
      let reached = Rational(sum * BigInt(tree.density), over: scale.power(tree.order))
      let wanted = Rational(
        theta.numerator.power(tree.order), over: theta.denominator.power(tree.order))
      return (tree.order, reached - wanted)
    }
  }

  /// The largest order up to which every residual is at most `tolerance`.
  func order(of b: [Rational], tolerance: Rational) -> Int {
    let failing = residuals(b).filter { residual in
      let size = Rational(
        BigInt(residual.residual.numerator.magnitude), over: residual.residual.denominator)
      return (tolerance - size).numerator < 0
    }
    return (failing.map(\.order).min() ?? trees.last!.order + 1) - 1
  }
}
