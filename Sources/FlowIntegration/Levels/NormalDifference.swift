import FlowMatching
import RealModule

/// What lies between two places under a Gaussian: `Phi(z1) - Phi(z0) = part + whole`.
struct NormalDifference {
  let part: ScaledNumber
  /// A multiple of 1/2, told apart so that sums of them over parts of equal weight are exact.
  let whole: Double

  /// Places may be infinite.
  ///
  /// Where the density hardly changes on the way, its integral; far from 0 otherwise the difference of the tails
  /// beyond both, of which one is no more than 0.6 of the other; else what both levels are more than 0, 1/2 or 1.
  ///
  /// *Accuracy*: about 4 u for given z0 and change.
  init(_ between: LevelStep) {
    let (z0, z1, step) = (between.first, between.second, between.change)
    let (first, second) = (abs(z0), abs(z1))
    guard step != 0, z0 != z1 || abs(z0) < .infinity else {
      (part, whole) = (.zero, 0)
      return
    }
    /// A number in units of the Gaussian at the nearer place.
    func beside(_ value: Double) -> ScaledNumber {
      first <= second
        ? ScaledNumber(value, gaussianAt: z0, between.firstTail)
        : ScaledNumber(value, gaussianAt: z1, between.secondTail)
    }
    let isOneSided = (z0 < 0) == (z1 < 0)
    let near = isOneSided ? min(first, second) : 0
    if abs(step) * max(1, first, second) <= 1 {
      var sum = 0.0
      for (node, weight) in GaussLegendre.rule {
        let z = first <= second ? z0 + step * node : z1 - step * node
        let away = isOneSided ? step * node * (first <= second ? z + z0 : -(z + z1)) : z * z
        sum += weight * Double.exp(-away / 2)
      }
      let value = step * sum / (2 * Double.pi).squareRoot()
      (part, whole) = (isOneSided ? beside(value) : ScaledNumber(value: value), 0)
    } else if isOneSided, near >= 1 {
      let far = max(first, second)
      let ratio = Double.exp(-abs(step) * (near + far) / 2)
      let value = Self.scaledTail(near) - (ratio == 0 ? 0 : ratio * Self.scaledTail(far))
      (part, whole) = (beside(step < 0 ? -value : value), 0)
    } else {
      let (start, end) = (Self.level(z0), Self.level(z1))
      part = ScaledNumber(value: end.rest - start.rest)
      whole = end.whole - start.whole
    }
  }

  /// Phi(z) as 0, 1/2 or 1 and a rest.
  private static func level(_ z: Double) -> (whole: Double, rest: Double) {
    let root = (0.5).squareRoot()
    if abs(z) < 1 { return (0.5, Double.erf(z * root) / 2) }
    let tail = Double.erfc(abs(z) * root) / 2
    return z > 0 ? (1, -tail) : (0, tail)
  }

  /// `P(Z > z) exp(z^2/2)` for z >= 0 and a standard normal Z. *Accuracy*: 4 u, however large z.
  static func scaledTail(_ z: Double) -> Double {
    if z < 26 {
      // z/sqrt(2) and z^2/2 to twice the working precision: their roundings would be multiplied by z^2.
      let (root, rest) = (0.7071067811865476, -4.833646656726457e-17)
      let s = z * root
      let tail = (-s).addingProduct(z, root).addingProduct(z, rest)
      let square = z * z
      let lost = (-square).addingProduct(z, z)
      let beyond = Double.erfc(s)
      let slope = 2 / Double.pi.squareRoot() * Double.exp(-s * s) / beyond
      return beyond / 2 * (1 - slope * tail) * Double.exp(square / 2) * (1 + lost / 2)
    }
    guard z < .infinity else { return 0 }
    // Mills' ratio by its continued fraction, 1/(z + 1/(z + 2/(z + ...))).
    var fraction = z
    for k in (1...20).reversed() { fraction = z + Double(k) / fraction }
    return 1 / (fraction * (2 * Double.pi).squareRoot())
  }

  /// `P(Z > z)`.
  static func tail(beyond z: Double) -> ScaledNumber {
    guard z < .infinity else { return .zero }
    return z >= 0
      ? ScaledNumber(scaledTail(z), gaussianAt: z, 0)
      : ScaledNumber(value: Double.erfc(z * (0.5).squareRoot()) / 2)
  }
}
