import RealModule
import Testing

@testable import FlowMatching

/// Densities on the line where digits are easily lost: small means, far away from the origin and from the bulk, very
/// large and very small, narrow against the kernel, with small exponents.
///
/// The right values are integrals at 60 digits, with `8 u (|y| + sensitivity)` for what may be lost of each, the
/// sensitivity to the numbers of the density, x, and t or sigma.
struct LineAccuracyTests {
  typealias Certified = (value: Double, tail: Double, allowed: Double)

  struct Case: Sendable, CustomStringConvertible {
    let name: String
    let numbers: [Double]
    let schedule: Schedule<Double>
    let x: Double
    let moments: [Certified]

    init(
      _ name: String, _ numbers: [Double], t: Double? = nil, sigma: Double = 0, x: Double,
      log: Certified, denoiser: Certified, g: Certified, covariance: Certified
    ) {
      (self.name, self.numbers, self.x) = (name, numbers, x)
      schedule = LineTargetTests.schedule(t ?? 1, t.map { 1 - $0 } ?? sigma)
      moments = [log, denoiser, g, covariance]
    }

    var description: String { "\(name) \(numbers), alpha = \(schedule.alpha), x = \(x)" }

    func target() throws -> any QuadratureTarget {
      let p = numbers
      switch name {
      case "laplace": return try LineTarget(LaplaceDensity(location: p[0], scale: p[1]))
      case "student_t":
        return try LineTarget(StudentTDensity(degrees: p[0], location: p[1], scale: p[2]))
      case "triangular":
        return try LineTarget(TriangularDensity(lower: p[0], mode: p[1], upper: p[2]))
      default: return try LineTarget(BetaDensity(a: p[0], b: p[1], lower: p[2], upper: p[3]))
      }
    }
  }

  @Test(arguments: cases)
  func momentsAreWithinTheirBudgets(_ test: Case) throws {
    let found = try test.target().estimate(
      of: [test.x], at: test.schedule, [.means, .jacobians]
    ).posterior
    let values = [
      found.logDensity, found.denoiser[0], found.negativeScore[0], found.covariance[0],
    ]
    for ((value, right), name) in zip(
      zip(values, test.moments), ["log density", "denoiser", "g", "covariance"])
    {
      let off = abs((value - right.value) - right.tail)
      #expect(off <= right.allowed, "\(name): \(value), off by \(off)")
    }
  }

  /// alpha = sqrt(1 - 1e-9) is rounded by 5e-17: times 4,000,000 that is half of sigma, by which the data's end
  /// would be misplaced and the covariance 2.4% off. Right by an integral at 60 digits.
  @Test func theRoundingOfAlphaIsMadeGood() throws {
    let field = MarginalField(
      path: try PolynomialPath(exponent: 0.5),
      target: try LineTarget(BetaDensity(a: 50, b: 0.5, lower: -4_000_000, upper: -1_500_000)))
    let found = try field.value(
      of: .posteriorCovariance, at: try Time(remaining: 1e-9), of: [-3_999_999.998])
    #expect(abs(found[0] / 1.2191276478645087e-19 - 1) < 1e-8)
  }

  static let cases: [Case] = [
    .init(
      "student_t", [3, 0, 1], t: 0.5, x: 1e-12,
      log: (-0.6789060079795598, -5.47e-17, 1.20e-15),
      denoiser: (1.0447912511908973e-12, 9.44e-29, 3.12e-27),
      g: (1.9104174976182053e-12, -1.89e-28, 5.38e-27),
      covariance: (0.5223956255954487, -1.86e-17, 1.97e-15)),
    .init(
      "student_t", [3, 0, 1], t: 0.5, x: -1e-12,
      log: (-0.6789060079795598, -5.47e-17, 1.20e-15),
      denoiser: (-1.0447912511908973e-12, -9.44e-29, 3.12e-27),
      g: (-1.9104174976182053e-12, 1.89e-28, 5.38e-27),
      covariance: (0.5223956255954487, -1.86e-17, 1.97e-15)),
    .init(
      "student_t", [3, 0, 1], t: 0.5, x: 8.673617379884035e-19,
      log: (-0.6789060079795598, -5.47e-17, 1.20e-15),
      denoiser: (9.062119554680155e-19, -3.22e-35, 2.70e-33),
      g: (1.6570230410175832e-18, 6.45e-35, 4.66e-33),
      covariance: (0.5223956255954487, -1.86e-17, 1.97e-15)),
    .init(
      "laplace", [0, 1], t: 0.5, x: 1e-12,
      log: (-0.6478744644493182, -1.93e-17, 1.04e-15),
      denoiser: (9.497294476780375e-13, 6.52e-29, 2.58e-27),
      g: (2.100541104643925e-12, -1.30e-28, 6.30e-27),
      covariance: (0.4748647238390188, 3.45e-18, 1.82e-15)),
    .init(
      "laplace", [0, 1], t: 0.5, x: 0.001,
      log: (-0.6478755147197554, -3.37e-17, 1.04e-15),
      denoiser: (0.0009497296779431264, 3.85e-20, 2.58e-18),
      g: (0.0021005406441137473, -7.70e-20, 6.30e-18),
      covariance: (0.4748650692366406, 3.01e-18, 1.82e-15)),
    .init(
      "laplace", [0, 1], t: 9.313225746154785e-10, x: 0.25,
      log: (-0.9501885323315579, 3.83e-17, 8.99e-16),
      denoiser: (4.65661288175101e-10, -7.83e-28, 2.07e-24),
      g: (0.2500000004656613, 2.17e-19, 4.44e-16),
      covariance: (2.0, -8.35e-18, 5.33e-15)),
    .init(
      "laplace", [0, 1], t: 0.99951171875, x: 1.25e-09,
      log: (-0.69304851909958, -3.74e-17, 1.50e-15),
      denoiser: (1.2501232921567725e-09, 3.47e-26, 2.22e-24),
      g: (2.0431277160174003e-06, 1.15e-22, 7.26e-21),
      covariance: (2.385585788953296e-07, -1.99e-23, 6.36e-22)),
    .init(
      "student_t", [1.5, 0, 0.001], t: 0.5, x: 1e-09,
      log: (-0.22584126752876832, -7.18e-18, 1.09e-15),
      denoiser: (1.482484213565578e-13, 3.48e-30, 1.56e-27),
      g: (3.999703503157287e-09, -8.53e-26, 1.42e-23),
      covariance: (7.41242106782789e-05, 4.64e-21, 6.54e-19)),
    .init(
      "student_t", [3, 0, 1], sigma: 9.5367431640625e-07, x: 1e-12,
      log: (-1.000888849624116, -8.97e-17, 1.85e-15),
      denoiser: (9.999999999987873e-13, 4.05e-29, 1.78e-27),
      g: (1.3333333333305037e-12, 9.45e-29, 5.03e-27),
      covariance: (9.094947017718253e-13, 3.37e-29, 2.42e-27)),
    .init(
      "laplace", [1e+17, 1], t: 0.5, x: 0.3,
      log: (-1e+17, 1.10e+00, 2.66e+02),
      denoiser: (1.6, -1.11e-16, 6.93e-15),
      g: (-2.0, -5.00e-46, 5.33e-15),
      covariance: (1.0, -3.21e-46, 4.44e-15)),
    .init(
      "laplace", [-1000000, 1], t: 0.5, x: 0.3,
      log: (-1000000.1, -2.33e-11, 2.66e-09),
      denoiser: (-0.4, -4.33e-49, 4.80e-15),
      g: (2.0, 8.67e-49, 5.33e-15),
      covariance: (1.0, 1.20e-47, 4.44e-15)),
    .init(
      "laplace", [1000000, 0.0009765625], t: 0.5, x: 0.3,
      log: (-1023475090.6685282, 4.80e-09, 2.73e-06),
      denoiser: (1024.6, 9.09e-14, 5.46e-12),
      g: (-2048.0, -3.67e-54, 5.46e-12),
      covariance: (1.0, -2.53e-44, 4.44e-15)),
    .init(
      "student_t", [4, 1000000000, 2], t: 0.5, x: -0.7,
      log: (-97.66568663914433, -3.03e-15, 1.62e-13),
      denoiser: (-1.399999995, 2.34e-17, 3.73e-15),
      g: (-9.999999986e-09, -1.45e-25, 3.38e-23),
      covariance: (1.0, 5.00e-18, 4.44e-15)),
    .init(
      "student_t", [3, 0, 0.0001], sigma: 0.5, x: 16.5,
      log: (-37.63889737223709, -6.94e-17, 6.84e-14),
      denoiser: (16.439112825025042, 5.30e-16, 2.95e-14),
      g: (0.24354869989983075, -1.16e-17, 6.00e-16),
      covariance: (0.25093113912169196, -4.43e-18, 6.73e-16)),
    .init(
      "student_t", [2.5, 1e+150, 1e+148], sigma: 1e+147, x: 3.5e+148,
      log: (-356.1895864016193, -8.89e-15, 3.29e-13),
      denoiser: (3.5003625987070325e+148, 1.19e+132, 6.22e+133),
      g: (-3.6259870703271216e-150, -9.10e-167, 8.97e-165),
      covariance: (1.0000037555188412e+294, -3.47e+277, 2.66e+279)),
    .init(
      "laplace", [-1e-140, 1e-140], sigma: 1e-141, x: 2e-141,
      log: (320.4737658386064, 2.51e-14, 2.86e-13),
      denoiser: (1.9e-141, 1.40e-157, 3.73e-156),
      g: (1e140, -4.25e123, 1.78e125),
      covariance: (1e-282, 6.45e-299, 2.66e-297)),
    .init(
      "triangular", [1e+17, 1.0000000000000006e+17, 1.0000000000000102e+17], sigma: 0.5,
      x: 1.0000000000000003e+17,
      log: (-6.931471805599453, -9.86e-18, 1.66e+05),
      denoiser: (1.0000000000000003e+17, 7.81e-03, 1.78e+02),
      g: (-0.03125, 2.87e-46, 3.47e+02),
      covariance: (0.24993896484375, -5.23e-45, 2.22e-02)),
    .init(
      "beta", [50, 3, -1000000000, -999995904], sigma: 0.0009765625, x: -1000000000.25,
      log: (-33646.05998822602, -1.69e-12, 4.66e-01),
      denoiser: (-999999999.9998094, -2.90e-08, 1.78e-06),
      g: (-262343.84460410854, 3.68e-12, 1.86e+00),
      covariance: (7.25901554658601e-10, 2.91e-26, 1.03e-14)),
    .init(
      "beta", [100, 100, -5.960464477539063e-08, 5.960464477539063e-08], t: 9.5367431640625e-07,
      x: 0.0,
      log: (-0.9189375795299016, 3.91e-17, 8.16e-16),
      denoiser: (0, 0, 1.06e-22),
      g: (0, 0, 1.01e-28),
      covariance: (1.7675192431843288e-17, 3.37e-34, 6.27e-32)),
    .init(
      "student_t", [30, 0, 5.960464477539063e-08], t: 9.5367431640625e-07, x: 0.0,
      log: (-0.9189375795299016, 3.91e-17, 8.16e-16),
      denoiser: (0, 0, 6.15e-70),
      g: (0, 0, 5.86e-76),
      covariance: (3.806478941571965e-15, 1.13e-31, 1.04e-29)),
    .init(
      "student_t", [100000000, 0, 5.960464477539063e-08], t: 9.5367431640625e-07, x: 0.5,
      log: (-1.0439378179488217, -7.24e-17, 1.15e-15),
      denoiser: (1.694069159568874e-21, 6.15e-38, 7.52e-36),
      g: (0.5000009536756806, 1.73e-18, 8.88e-16),
      covariance: (3.552713749854776e-15, 2.75e-31, 9.47e-30)),
    .init(
      "beta", [1000000, 1000000, -1, 1], t: 0.75, x: 0.001,
      log: (0.46734557795740517, 1.48e-18, 1.32e-15),
      denoiser: (5.999970000190498e-09, 1.47e-25, 1.78e-15),
      g: (0.015999928000359997, 1.23e-18, 2.14e-14),
      covariance: (4.999975000158748e-07, 4.14e-23, 1.78e-21)),
    .init(
      "beta", [0.05, 0.9, 0, 1], t: 0.5, x: 0.1,
      log: (-0.2489747034013556, -1.06e-17, 1.11e-15),
      denoiser: (0.049006968981001924, -1.84e-18, 1.76e-16),
      g: (0.30198606203799616, 1.76e-17, 1.32e-15),
      covariance: (0.022706220417027793, 1.68e-18, 1.11e-16)),
    .init(
      "beta", [0.01, 0.5, 0, 1], t: 0.75, x: 0.02,
      log: (0.4441490979954497, 4.40e-20, 1.31e-15),
      denoiser: (0.005463444289658571, -3.02e-19, 2.11e-17),
      g: (0.25443866852409713, 2.44e-17, 1.13e-15),
      covariance: (0.0017361581471797777, -7.71e-20, 9.82e-18)),
  ]
}
