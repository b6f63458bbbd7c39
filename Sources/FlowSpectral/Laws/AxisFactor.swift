import ComplexModule
import FlowMatching
import RealModule

extension SeparableLaw.Factor {
  func check() throws(FlowError) {
    switch self {
    case .normal(let mean, let std):
      guard mean.isFinite else { throw FlowError(.nonFinite, "mean", "mean = \(mean)") }
      guard std >= 0, std.isFinite else {
        throw FlowError.outOfDomain("std", std, accepted: "[0, infinity)")
      }
    case .uniform(let lower, let upper):
      guard lower < upper, (upper - lower).isFinite else {
        throw FlowError.outOfDomain(
          "lower", lower, accepted: "the numbers below upper = \(upper), at a finite distance")
      }
    }
  }

  var extent: Extent {
    switch self {
    case .normal(let mean, let std):
      Extent(
        lower: mean, upper: mean, smallestVariance: std * std, largestVariance: std * std)
    case .uniform(let lower, let upper): Extent(lower: lower, upper: upper)
    }
  }

  /// `E exp(-i q X)` and `E X exp(-i q X)` at `q = a k` for a mode k of an axis.
  func transform(
    _ mode: Int, _ a: Double, _ axis: PeriodicGrid.Axis
  ) -> (value: Complex<Double>, moment: Complex<Double>) {
    let q = a * axis.waveNumber(mode)
    func phase(_ place: Double) -> Complex<Double> {
      turned(by: -Double(mode), a * place / axis.period)
    }
    switch self {
    case .normal(let mean, let std):
      let damping = std == 0 ? 1 : Double.exp(-0.5 * (std * q) * (std * q))
      let value = phase(mean) * Complex(damping)
      return (value, Complex(mean, -std * std * q) * value)
    case .uniform(let lower, let upper):
      let (middle, half) = (lower / 2 + upper / 2, upper / 2 - lower / 2)
      let (s, slope) = Self.cardinalSine(half * q)
      let turn = phase(middle)
      return (turn * Complex(s), turn * Complex(middle * s, half * slope))
    }
  }

  /// `sin(z)/z` and its derivative, next to zero by its series.
  static func cardinalSine(_ z: Double) -> (value: Double, derivative: Double) {
    guard abs(z) < 0.5 else {
      let value = Double.sin(z) / z
      return (value, (Double.cos(z) - value) / z)
    }
    // Terms (-1)^n z^(2n)/(2n+1)!; nine of them leave less than u at one half.
    var (value, derivative) = (1.0, 0.0)
    var term = 1.0
    for n in 1...9 {
      let m = Double(2 * n)
      term *= -z / (m * (m + 1))
      derivative += m * term
      term *= z
      value += term
    }
    return (value, derivative)
  }
}
