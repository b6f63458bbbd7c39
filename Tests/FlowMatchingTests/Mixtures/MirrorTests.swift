import RealModule
import Testing

@testable import FlowMatching

/// Means of mixtures, clouds, curves and boxes that are their own mirror images, next to the centre.
struct MirrorTests {
  /// Mixtures, clouds and curves that are their own mirror images in `center`.
  static func mirrored() throws -> [(target: any Target, center: [Double], describes: String)] {
    func mixture(_ means: [Double], _ stds: [Double], _ weights: [Double]? = nil) throws
      -> any Target
    { try GaussianMixture(dimension: 1, means: means, stds: stds, weights: weights) }
    let narrow = [0.25, 0.125, 0.125, 0.5]
    return [
      (try mixture([-1, 1], [0.25]), [0], "two"),
      (try mixture([-0.1, 0.1], [0]), [0], "two points"),
      (try mixture([-1, 1, 3, 5, 2], [0.5, 0.25, 0.25, 0.5, 1], [1, 2, 2, 1, 3]), [2], "five"),
      (try mixture([-100, -1, 1, 100], [0.5], [2, 1, 1, 2]), [0], "far apart"),
      (
        try GaussianMixture(dimension: 2, means: [1, 2, -1, -2, 0, 0], stds: [0]), [0, 0],
        "three points"
      ),
      (
        try GaussianMixture(
          dimension: 2, means: [4, 1, 2, 3], covariances: [narrow, narrow]), [3, 2], "full"
      ),
      (
        try GaussianMixture(
          dimension: 20, means: (0..<20).map { Double($0) } + (0..<20).map { -Double($0) },
          stds: [0.5]), [Double](repeating: 0, count: 20), "many axes"
      ),
      (
        try GaussianMixture(
          dimension: 1, means: (0..<1000).map { Double($0) - 499.5 }, stds: [0.5]), [0],
        "a thousand"
      ),
      (try Preset.twoSpirals(), [0, 0], "spirals"), (try Preset.circles(), [0, 0], "circles"),
      (try CurveTarget(.ring(radius: 2), std: 0.25), [0, 0], "ring"),
      (try Preset.checkerboard(), [0, 0], "checkerboard"),
      (
        try UniformBoxes(
          dimension: 1, lower: [-3, -0.5, -1, 0.25], upper: [-0.25, 1, 0.5, 3],
          weights: [1, 2, 2, 1]), [0], "overlapping boxes"
      ),
      (
        try UniformBoxes(
          dimension: 3, lower: [2, 3, 4, -1, -3, -4, 0, 0, 0],
          upper: [3, 4, 6, 0, -2, -2, 2, 1, 2],
          weights: [1, 1, 2]), [1, 0.5, 1], "boxes about a point"
      ),
    ]
  }

  /// At the centre the centre itself, near it straight, and odd everywhere, to some u of what is left when c is taken
  /// away: for single queries, batches and derivatives.
  @Test(arguments: SymmetryTests.schedules)
  func meansOfMirroredMixturesKeepTheirDigits(_ numbers: (Double, Double)) throws {
    let s = LineTargetTests.schedule(numbers.0, numbers.1)
    for (target, center, name) in try Self.mirrored() {
      let d = target.dimension
      let middle = center.map { s.alpha * $0 }
      // Where alpha c is a double, so that x - alpha c is what is meant.
      guard zip(middle, center).allSatisfy({ $0 / s.alpha == $1 })
      else { continue }
      let zero = try SymmetryTests.posterior(target, middle, s, [.means, .jacobians])
      #expect(zero.denoiser == center, "\(name)")
      for size in [1e-200, 1e-30, 1e-12, 1e-7, 1e-3, 0.3] {
        // Beside a centre that is not zero there is nothing as small.
        if center[0] != 0 && (size < 1e-8 || s.alpha == 0.999) { continue }
        let y = (0..<d).map { i in
          let y = size * s.sigma * (1 - 0.375 * Double(i % 3))
          return center[0] == 0 ? y : (y * 0x1p40).rounded() * 0x1p-40
        }
        let x = zip(middle, y).map { $0 + $1 }
        let right = try SymmetryTests.posterior(target, x, s)
        let left = try SymmetryTests.posterior(target, zip(middle, y).map { $0 - $1 }, s)
        let denoised = zip(right.denoiser, center).map { $0 - $1 }
        let reach = denoised.reduce(0) { max($0, abs($1)) }
        let steepest = right.negativeScore.reduce(0) { max($0, abs($1)) }
        let rounding = center.reduce(0) { max($0, abs($1)) } * 0x1p-52
        for i in 0..<d {
          let other = left.denoiser[i] - center[i]
          #expect(
            abs(other + denoised[i]) <= 16 * 0x1p-53 * reach + rounding, "\(name) at \(size)")
          #expect(
            abs(left.negativeScore[i] + right.negativeScore[i])
              <= 16 * 0x1p-53 * (steepest + y.reduce(0) { max($0, abs($1)) } / s.variance),
            "\(name) at \(size)")
        }
        guard size < 1e-20, zero.denoiserJacobian.count == d * d else { continue }
        for i in 0..<d {
          let straight = (0..<d).map { zero.denoiserJacobian[i * d + $0] * y[$0] }
          let terms = straight.reduce(0) { $0 + abs($1) }
          #expect(
            abs(denoised[i] - straight.reduce(0, +)) <= 256 * 0x1p-53 * terms,
            "\(name) at \(size)")
          let rates = (0..<d).map { zero.negativeScoreJacobian[i * d + $0] * y[$0] }
          let sizes = rates.reduce(0) { $0 + abs($1) } + abs(y[i]) / s.variance
          #expect(
            abs(right.negativeScore[i] - rates.reduce(0, +)) <= 256 * 0x1p-53 * sizes,
            "\(name) at \(size)")
        }
      }
    }
  }

  /// Of two Gaussians, `D = (alpha s^2 x + v m tanh(alpha m x/V))/V`: next to the centre to the last digits, farther
  /// away to what moving one of the means alone by rounding makes of it.
  @Test(arguments: [0, 0.5], [1e-300, 1e-12, 1e-5, 0.01, 0.2, 1, 4])
  func twoGaussiansAreAHyperbolicTangent(_ std: Double, _ x: Double) throws {
    let target = try GaussianMixture(dimension: 1, means: [-0.1, 0.1], stds: [std])
    for (alpha, sigma) in SymmetryTests.schedules {
      let s = LineTargetTests.schedule(alpha, sigma)
      let variance = s.variance + alpha * alpha * std * std
      let slope = Double.tanh(0.1 * alpha * x / variance)
      let found = try SymmetryTests.posterior(target, [x], s)
      let wanted = (alpha * std * std * x + s.variance * 0.1 * slope) / variance
      let isNear = abs(wanted) < 0.1 * 0x1p-5
      // The change of D by that of a logit, alpha m (x - alpha m)/V of which is the change by a relative one of m.
      let moved =
        s.variance / variance * 0.05 * (1 - slope * slope) * 0.1 * alpha
        * (x + 0.1 * alpha) / variance
      let allowed = 0x1p-53 * (isNear ? 16 * wanted : 128 * wanted + 4 * moved)
      #expect(abs(found.denoiser[0] - wanted) <= allowed, "\(alpha)")
      let score = (x - alpha * 0.1 * slope) / variance
      let terms = (x + alpha * 0.1 * slope) / variance
      #expect(
        abs(found.negativeScore[0] - score)
          <= 0x1p-53 * (isNear ? 16 * terms : 128 * terms + 8 * moved * alpha / s.variance),
        "\(alpha)")
    }
  }

  /// The kernel without arrays and the one with a derivative take the same way.
  @Test func mirroredMixturesAreTheSameInEveryKernel() throws {
    let target = try GaussianMixture(dimension: 2, means: [1, 2, -1, -2, 0, 0], stds: [0.25])
    let field = MarginalField(path: try PolynomialPath(exponent: 1), target: target)
    for t in [1e-9, 0.03, 0.5, 0.9375] {
      for x in [[1e-12, -2e-13], [1e-3, 0], [0.25, 0.125]] {
        let time = Time(t: t, remaining: 1 - t)
        let small = try field.value(of: .denoiser, at: time, of: x)
        let s = field.path.schedule(at: time)
        let plain = try SymmetryTests.posterior(target, x, s)
        #expect(bits(small) == bits(plain.denoiser))
        let dual = target.posterior(
          of: x.map { Dual(constant: Lanes($0)) },
          at: Schedule<Dual<Lanes>>(constant: s.mapped { Lanes($0) }), .means)
        // Where nothing fuses, a derivative's values are rounded elsewhere.
        for (value, wanted) in zip(dual.denoiser.map { $0.value[0] }, plain.denoiser) {
          #expect(abs(value - wanted) <= (hasFusedMultiplyAdd ? 0 : 4 * 0x1p-53) * abs(wanted))
        }
      }
    }
  }

  /// What is no image by the last bit, by weight or by spread, is none.
  @Test func mirrorImagesAreExact() throws {
    func center(_ means: [Double], _ weights: [Double], _ stds: [Double]) -> [Double]? {
      MirrorPairs(dimension: 1, rows: means, weights: weights) { stds[$0] == stds[$1] }?.center
    }
    let ones = [1.0, 1, 1]
    #expect(center([-1, 0, 1], ones, ones) == [0])
    #expect(center([3, 1, 2], ones, ones) == [2])
    #expect(center([-1, 0, (1.0).nextUp], ones, ones) == nil)
    #expect(center([-1, 0.25, 1], ones, ones) == nil)
    #expect(center([-1, 0, 1], [1, 1, 2], ones) == nil)
    #expect(center([-1, 0, 1], ones, [1, 1, 2]) == nil)
    #expect(center([-1e300, 0, 1e-300], ones, ones) == nil)
  }
}
