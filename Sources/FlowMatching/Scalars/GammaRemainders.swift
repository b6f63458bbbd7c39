import RealModule

/// What is left of quotients of the gamma function once their large parts, which cancel in the
/// constants of densities, are taken out by hand.
///
/// *Reference*: Binet's first series, `log Gamma(z) = (z - 1/2) log z - z + log(2 pi)/2 + delta(z)` with
/// `delta(z) = sum over k of ((z + k + 1/2) log(1 + 1/(z + k)) - 1)`; Abramowitz and Stegun (1964), 6.1.41.
enum GammaRemainder {
  /// `delta(z) = log Gamma(z) - (z - 1/2) log z + z - log(2 pi)/2` for z > 0: positive, `1/(12 z)` for large z.
  ///
  /// *Accuracy*: 4 u (1 + |y|); tested against 50 digits.
  static func stirling(_ z: Double) -> Double {
    var (z, sum) = (z, 0.0)
    while z < 10 {
      sum += binet(z)
      z += 1
    }
    let w = 1 / (z * z)
    let tail = 1.0 / 1188 - w * (691.0 / 360360 - w / 156)
    let series = 1.0 / 12 - w * (1.0 / 360 - w * (1.0 / 1260 - w * (1.0 / 1680 - w * tail)))
    return sum + series / z
  }

  /// `(z + 1/2) log(1 + 1/z) - 1`, from 1 on as `atanh(r)/r - 1`, `r = 1/(2 z + 1)`, whose series has positive
  /// terms only.
  private static func binet(_ z: Double) -> Double {
    if z < 1 { return (z + 0.5) * (Double.log(onePlus: z) - Double.log(z)) - 1 }
    let square = 1 / ((2 * z + 1) * (2 * z + 1))
    return square * Lanes.atanhTail(square)
  }

  /// `log Gamma(z + 1/2) - log Gamma(z) - log(z)/2` for z > 0: negative, `-1/(8 z)` for large z.
  ///
  /// Every step from z to z + 1 adds `log(1 - 1/(2 z + 1)^2)/2`.
  ///
  /// *Accuracy*: 4 u (1 + |y|); tested against 50 digits.
  static func halfStep(_ z: Double) -> Double {
    var (z, sum) = (z, 0.0)
    if z < 1 {
      let odd = 2 * z + 1
      sum = Double.log(4 * z * ((z + 1) / (odd * odd))) / 2
      z += 1
    }
    while z < 16 {
      let odd = 2 * z + 1
      sum += Double.log(onePlus: -1 / (odd * odd)) / 2
      z += 1
    }
    let w = 1 / (z * z)
    let tail = 17.0 / 14336 - w * (31.0 / 18432)
    let series = -1.0 / 8 + w * (1.0 / 192 - w * (1.0 / 640 - w * tail))
    return sum + series / z
  }

  /// `delta(a) + delta(b) - delta(a + b)`: what `log B(a, b)` is more than
  /// `log(2 pi (a + b)/(a b))/2 + a log(a/(a + b)) + b log(b/(a + b))`. So the beta density at its mean, with the
  /// length `l = sqrt(a b/(a + b)^3)`, is `exp(-remainder)/(l sqrt(2 pi))`.
  ///
  /// *Accuracy*: 8 u (1 + |y|); tested against 50 digits.
  static func beta(_ a: Double, _ b: Double) -> Double {
    (stirling(min(a, b)) - stirling(a + b)) + stirling(max(a, b))
  }
}

extension Lanes {
  /// `1/3 + r^2/5 + r^4/7 + ...`, which is `(atanh(r)/r - 1)/r^2`, for `r^2 <= 1/9`.
  static func atanhTail(_ square: Double) -> Double {
    atanhCoefficients.reversed().reduce(0.0) { $1 + square * $0 }
  }

  /// `log(1 + x) - x` without cancellation for `-0.45 <= x <= 0.8`: with `r = x/(2 + x)`, `log(1 + x)` is
  /// `2 atanh(r)` and `2 r - x = -r x`.
  static func logMinusLinear(_ x: Lanes) -> Lanes {
    let r = x / (x + Lanes(2.0))
    let square = r * r
    var tail = Lanes(atanhCoefficients[atanhCoefficients.count - 1])
    for c in atanhCoefficients.dropLast().reversed() {
      tail = Lanes(c).addingProduct(tail, square)
    }
    return r * ((square * tail).scaled(by: 2) - x)
  }

  private static let atanhCoefficients = (0..<16).map { 1 / Double(2 * $0 + 3) }
}
