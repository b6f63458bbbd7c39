import FlowMatching
import RealModule

/// From the estimated errors `e` of the last steps, in units of the tolerance, the size of the next:
///
///     h_next = h clamp(safety e_n^(-b1/k) e_(n-1)^(-b2/k) e_(n-2)^(-b3/k))
///
/// with k the order of the error estimate, one above the embedded order. A step with `e <= 1` is
/// accepted; one that is not is repeated with the factor of its own error alone, and the step after
/// it does not grow.
///
/// *Reference*: Gustafsson (1991); Soderlind, Digital filters in adaptive time-stepping (2003).
public struct Controller: Sendable, Equatable {
  public let name: String
  /// `b1, b2, b3`.
  public let exponents: SIMD3<Double>
  /// The factor below 1 on every proposed step.
  public let safety: Double
  /// The factors that a step may change by.
  public let factors: ClosedRange<Double>
  /// Whether every attempted step ends with an evaluation at its end, needed or not, as scipy counts.
  public let closesEveryStep: Bool

  public init(
    _ name: String, exponents: SIMD3<Double>, safety: Double = 0.9,
    factors: ClosedRange<Double> = 0.2...10, closesEveryStep: Bool = false
  ) {
    precondition(factors.lowerBound > 0 && factors.lowerBound < 1 && factors.upperBound > 1)
    precondition(safety > 0 && safety < 1)
    self.name = name
    self.exponents = exponents
    self.safety = safety
    self.factors = factors
    self.closesEveryStep = closesEveryStep
  }

  /// The elementary controller: the error of the last step alone.
  public static let integral = Controller("I", exponents: [1, 0, 0])
  /// Gustafsson's proportional-integral controller, smoother where stability limits the step.
  ///
  /// *Reference*: Hairer and Wanner, Solving Ordinary Differential Equations II (1996), section IV.2.
  public static let proportionalIntegral = Controller("PI", exponents: [0.7, -0.4, 0])
  /// A proportional-integral-derivative controller.
  ///
  /// *Reference*: Kennedy and Carpenter, Additive Runge-Kutta schemes (2003), section 5.
  public static let proportionalIntegralDerivative = Controller(
    "PID", exponents: [0.58, -0.21, 0.1])
  /// The decisions and the counts of scipy's `RK45` and `DOP853`, for comparisons.
  public static let scipy = Controller("scipy", exponents: [1, 0, 0], closesEveryStep: true)

  /// Every controller.
  public static let all = [integral, proportionalIntegral, proportionalIntegralDerivative, scipy]

  /// One line: the numbers that it is made of.
  package var help: String {
    let powers = (0..<3).map { exponents[$0] }.filter { $0 != 0 }.map(Parameter.text)
    return "error exponents \(powers.joined(separator: ", ")); a step changes by a factor of "
      + "\(Parameter.text(factors.lowerBound)) to \(Parameter.text(factors.upperBound))"
      + (closesEveryStep ? "; evaluations counted as scipy does" : "")
  }

  /// The factor of an accepted step with error `e[0]` after steps with errors `e[1]`, `e[2]`.
  func growth(_ e: SIMD3<Double>, order k: Int) -> Double {
    guard e[0] > 0 else { return factors.upperBound }
    var factor = safety
    for place in 0..<3 where exponents[place] != 0 {
      factor *= Double.pow(e[place], -exponents[place] / Double(k))
    }
    return min(factors.upperBound, max(factors.lowerBound, factor))
  }

  /// The factor of a rejected step.
  func shrinkage(_ error: Double, order k: Int) -> Double {
    max(factors.lowerBound, safety * Double.pow(error, -1 / Double(k)))
  }
}
