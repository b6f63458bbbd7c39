import RealModule

/// `value exp(exponent + tail)`: the exponent to twice the working precision, so that where two of them are large and close
/// their ratio keeps its digits.
struct ScaledNumber {
  var value: Double
  var exponent = 0.0
  var tail = 0.0

  static let zero = ScaledNumber(value: 0)

  /// `value exp(-(z + rest)^2/2)`.
  init(_ value: Double, gaussianAt z: Double, _ rest: Double) {
    let square = z * z
    (self.value, exponent) = (value, -square / 2)
    let lost = (-square).addingProduct(z, z) / 2 + z * rest
    tail = lost.isFinite ? -lost : 0
  }

  init(value: Double, exponent: Double = 0, tail: Double = 0) {
    (self.value, self.exponent, self.tail) = (value, exponent, tail)
  }

  /// Times `exp(more)`.
  func scaled(byExp more: Double) -> ScaledNumber {
    let sum = exponent + more
    let part = sum - exponent
    let lost = (exponent - (sum - part)) + (more - part)
    return ScaledNumber(value: value, exponent: sum, tail: tail + lost)
  }

  /// The number in units of `exp(reference)`.
  func value(in reference: Double) -> Double {
    value == 0 ? 0 : value * Double.exp((exponent - reference) + tail)
  }

  /// The logarithm of the ratio of the exponentials.
  func exponent(over other: ScaledNumber) -> Double {
    (exponent - other.exponent) + (tail - other.tail)
  }

  /// A ratio as a plain number; of zeros 0.
  static func / (a: ScaledNumber, b: ScaledNumber) -> Double {
    a.value == 0 ? 0 : a.value / b.value * Double.exp(a.exponent(over: b))
  }

  /// The sum of numbers that are not negative, in units of the largest.
  static func sum(_ all: [ScaledNumber]) -> ScaledNumber {
    let largest =
      all.filter { $0.value > 0 }.max {
        Double.log($0.value) + $0.exponent < Double.log($1.value) + $1.exponent
      } ?? .zero
    let sum = all.reduce(0) {
      $0 + ($1.value == 0 ? 0 : $1.value * Double.exp($1.exponent(over: largest)))
    }
    return ScaledNumber(value: sum, exponent: largest.exponent, tail: largest.tail)
  }
}
