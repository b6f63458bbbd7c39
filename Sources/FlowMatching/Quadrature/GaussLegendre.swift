import RealModule

/// The 16-point Gauss rule on [0, 1], exact for polynomials of degree 31.
package enum GaussLegendre {
  /// Nodes and weights, by Newton's method on the Legendre polynomial.
  package static let rule: [(node: Double, weight: Double)] = {
    let n = 16
    var rule: [(node: Double, weight: Double)] = []
    for i in 0..<n {
      var x = -Double.cosPi((Double(i) + 0.75) / (Double(n) + 0.5))
      var slope = 1.0
      for _ in 0..<8 {
        var (previous, value) = (1.0, x)
        for k in 2...n {
          let degree = Double(k)
          (previous, value) = (
            value, ((2 * degree - 1) * x * value - (degree - 1) * previous) / degree
          )
        }
        slope = Double(n) * (x * value - previous) / (x * x - 1)
        x -= value / slope
      }
      rule.append(((1 + x) / 2, 1 / ((1 - x * x) * slope * slope)))
    }
    return rule
  }()
}
