import RealModule
import Testing

@testable import FlowMatching

/// Fields of symmetric targets are odd about the centre, and those of targets times a power of two are the same times
/// that power.
struct SymmetryTests {
  struct Named: Sendable, CustomStringConvertible {
    let description: String
    let target: any Target
  }

  /// Centred at zero: what is folded, and so odd to the bit.
  static func folded() throws -> [Named] {
    [
      .init(description: "laplace", target: try LineTarget(LaplaceDensity(scale: 0.75))),
      .init(description: "student", target: try LineTarget(StudentTDensity(degrees: 3))),
      .init(description: "cauchy", target: try LineTarget(StudentTDensity(degrees: 1))),
      .init(description: "logistic", target: try LineTarget(LogisticDensity())),
      .init(
        description: "triangle",
        target: try LineTarget(TriangularDensity(lower: -1, mode: 0, upper: 1))),
      .init(
        description: "arcsine",
        target: try LineTarget(BetaDensity(a: 0.5, b: 0.5, lower: -1, upper: 1))),
      .init(
        description: "beta",
        target: try LineTarget(BetaDensity(a: 3.3, b: 3.3, lower: -2, upper: 2))),
      .init(description: "uniform", target: try LineTarget(UniformDensity(lower: -1, upper: 1))),
      .init(
        description: "box", target: try UniformBoxes(dimension: 1, lower: [-1], upper: [1])),
      .init(description: "ring", target: try Ring(radius: 2, std: 0.25)),
      .init(description: "thin ring", target: try Ring(radius: 1, std: 0)),
      .init(
        description: "product",
        target: try ProductTarget([
          LineTarget(LaplaceDensity()), LineTarget(StudentTDensity(degrees: 5)),
          UniformBoxes(dimension: 1, lower: [-0.5], upper: [0.5]),
        ])),
    ]
  }

  static let schedules = [
    (1.0, 0x1p-20), (0.999, 0x1p-10), (0.75, 0.25), (0.5, 0.5), (0x1p-10, 1), (0x1p-30, 1), (1, 50),
  ]

  static func posterior(
    _ target: any Target, _ x: [Double], _ s: Schedule<Double>, _ wanted: Moments = .means
  ) throws -> Posterior<Double> {
    try target.posterior(of: x.map { Lanes($0) }, at: s.mapped { Lanes($0) }, wanted)
      .map { $0[0] }
  }

  /// At the centre 0, not 1e-22; elsewhere odd to the bit; near it straight, to all digits.
  @Test(arguments: try folded(), schedules)
  func meansAreOddAboutTheCentre(_ named: Named, _ numbers: (Double, Double)) throws {
    let s = LineTargetTests.schedule(numbers.0, numbers.1)
    let target = named.target
    let d = target.dimension
    let zero = try Self.posterior(
      target, [Double](repeating: 0, count: d), s, [.means, .jacobians])
    #expect(zero.denoiser.allSatisfy { $0 == 0 } && zero.negativeScore.allSatisfy { $0 == 0 })
    for size in [1e-200, 1e-30, 1e-12, 1e-3, 0.3, 2] {
      let x = (0..<d).map { size * s.sigma * (1 - 0.375 * Double($0)) }
      let right = try Self.posterior(target, x, s)
      let left = try Self.posterior(target, x.map { -$0 }, s)
      // Densities are mirrored; boxes are seen from either edge and may round differently.
      let slack = ["box", "product"].contains(named.description) ? 4 * 0x1p-53 : 0
      for (a, b) in zip(
        left.denoiser + left.negativeScore, right.denoiser + right.negativeScore)
      {
        #expect(abs(a + b) <= slack * abs(b), "\(size)")
      }
      guard size < 1e-20, zero.denoiserJacobian.count == d * d else { continue }
      for i in 0..<d {
        // The slope at the centre; rings turn, so their axes share it.
        let slope = zero.denoiserJacobian[i * (d + 1)]
        let rate = zero.negativeScoreJacobian[i * (d + 1)]
        #expect(abs(right.denoiser[i] - slope * x[i]) <= 64 * 0x1p-53 * abs(slope * x[i]))
        let scale = abs(rate) + 0x1p-6 / s.variance
        #expect(abs(right.negativeScore[i] - rate * x[i]) <= 64 * 0x1p-53 * scale * abs(x[i]))
      }
    }
  }

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
  @Test(arguments: schedules)
  func meansOfMirroredMixturesKeepTheirDigits(_ numbers: (Double, Double)) throws {
    let s = LineTargetTests.schedule(numbers.0, numbers.1)
    for (target, center, name) in try Self.mirrored() {
      let d = target.dimension
      let middle = center.map { s.alpha * $0 }
      // Where alpha c is a double, so that x - alpha c is what is meant.
      guard zip(middle, center).allSatisfy({ $0 / s.alpha == $1 })
      else { continue }
      let zero = try Self.posterior(target, middle, s, [.means, .jacobians])
      #expect(zero.denoiser == center, "\(name)")
      for size in [1e-200, 1e-30, 1e-12, 1e-7, 1e-3, 0.3] {
        // Beside a centre that is not zero there is nothing as small.
        if center[0] != 0 && (size < 1e-8 || s.alpha == 0.999) { continue }
        let y = (0..<d).map { i in
          let y = size * s.sigma * (1 - 0.375 * Double(i % 3))
          return center[0] == 0 ? y : (y * 0x1p40).rounded() * 0x1p-40
        }
        let x = zip(middle, y).map { $0 + $1 }
        let right = try Self.posterior(target, x, s)
        let left = try Self.posterior(target, zip(middle, y).map { $0 - $1 }, s)
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

  struct Boxed: Sendable {
    let lower: [[Double]]
    let upper: [[Double]]
    let weights: [Double]
    let t: Double
    let x: [Double]
    let denoiser: [Double]
    let negativeScore: [Double]
    /// What rounding x or an edge moves the denoiser by, in u.
    var moved = 0.0
  }

  /// Values of 110 digits: an edge at the centre, boxes across it, narrow ones, and two in whose comparison one axis is
  /// for the first and the other for the second.
  static func boxed() -> [Boxed] {
    let corners: [[Double]] = [
      [-4, -4], [-4, 0], [-2, -2], [-2, 2], [0, -4], [0, 0], [2, -2], [2, 2],
    ]
    func board(_ t: Double, _ x: [Double], _ denoiser: [Double], _ negativeScore: [Double])
      -> Boxed
    {
      Boxed(
        lower: corners, upper: corners.map { $0.map { $0 + 2 } },
        weights: corners.map { _ in 1 }, t: t, x: x, denoiser: denoiser,
        negativeScore: negativeScore)
    }
    return [
      board(
        0.5, [1e-12, -3e-13], [1.794466846326343098519519e-12, 7.861487383853079359826744e-14],
        [4.110663073473137225075533e-13, -1.357229747677061522670834e-12]),
      board(
        0.03, [1e-12, -3e-13], [1.602169757988336637177938e-13, -1.929020815089651215501632e-14],
        [1.05770378438307468155476e-12, -3.182286042676937908809964e-13]),
      board(
        0.9375, [0x1p-40, 0x1p-42],
        [1.124528297894377548333782e-12, 8.601343844857972416750145e-13],
        [-3.705614784078098269385779e-11, -1.48224591363123930775441e-10]),
      Boxed(
        lower: [[-3], [-0.5], [-1], [0.25]], upper: [[-0.25], [1], [0.5], [3]],
        weights: [1, 2, 2, 1], t: 0.5, x: [1e-12], denoiser: [7.68417782455812506763294e-13],
        negativeScore: [2.463164435088374906020003e-12]),
      Boxed(
        lower: [[-1], [-10]], upper: [[10], [1]], weights: [1, 1], t: 0.9375, x: [1e-12],
        denoiser: [1.066666666666666645212424e-12], negativeScore: [2.123792467140255762421649e-58]),
      Boxed(
        lower: [[0.5], [-0.5009765625], [-0.125]], upper: [[0.5009765625], [-0.5], [0.125]],
        weights: [1, 1, 1], t: 0.25, x: [1e-12], denoiser: [7.465941125818827929606418e-14],
        negativeScore: [1.744595817218582951222456e-12]),
      Boxed(
        lower: [[100, -100.5], [-100.25, 100]], upper: [[100.25, -100], [-100, 100.5]],
        weights: [1, 1], t: 0.03125, x: [0.5, 0.5 - 0x1p-20],
        denoiser: [-0.2052516997663737829820533, 0.2059382315105099753428447],
        negativeScore: [0.5396129598257273268006511, 0.5259198751604200632560135],
        moved: 100 * 0.03125 * 100 * 0.5 / 0.96875 / 0.96875 * 2),
    ]
  }

  /// Deep inside a box the density is flat, on either side of the middle and so near to it that both edges are as far.
  @Test(arguments: [(44, 1e-12, 1e-22), (1, 1e-12, 9e-18), (1e12, 0.5, 1e-6)])
  func bothSidesOfTheMiddleOfAWideBoxAreFlat(half: Double, sigma: Double, x: Double) throws {
    let s = LineTargetTests.schedule(1 - sigma, sigma)
    let one = try UniformBoxes(dimension: 1, lower: [-half], upper: [half])
    let three = try UniformBoxes(
      dimension: 1, lower: [0, -half - 1, -half], upper: [half + 1, 0, half])
    for target in [one, three] {
      for x in [x, -x] {
        let found = try Self.posterior(target, [x], s)
        #expect(abs(found.denoiser[0] - x / s.alpha) <= 4 * 0x1p-53 * abs(x / s.alpha))
        #expect(abs(found.negativeScore[0]) <= 4 * 0x1p-53 * abs(x) / s.variance)
      }
    }
  }

  @Test func boxesKeepTheirDigitsNextToTheirCentre() throws {
    for (n, boxed) in Self.boxed().enumerated() {
      let target = try UniformBoxes(
        dimension: boxed.x.count, lower: boxed.lower.flatMap { $0 },
        upper: boxed.upper.flatMap { $0 }, weights: boxed.weights)
      let s = LineTargetTests.schedule(boxed.t, 1 - boxed.t)
      let found = try Self.posterior(target, boxed.x, s)
      let size = boxed.denoiser.map { abs($0) }.max()!
      let steepness =
        max(boxed.negativeScore.map { abs($0) }.max()!, boxed.x.map { abs($0) }.max()! / s.variance)
      let turned = boxed.moved * s.alpha / s.variance
      for i in boxed.x.indices {
        #expect(
          abs(found.denoiser[i] - boxed.denoiser[i]) <= 0x1p-53 * (24 * size + 8 * boxed.moved),
          "\(n)")
        #expect(
          abs(found.negativeScore[i] - boxed.negativeScore[i])
            <= 0x1p-53 * (24 * steepness + 8 * turned), "\(n)")
      }
    }
  }

  /// Of two Gaussians, `D = (alpha s^2 x + v m tanh(alpha m x/V))/V`: next to the centre to the last digits, farther
  /// away to what moving one of the means alone by rounding makes of it.
  @Test(arguments: [0, 0.5], [1e-300, 1e-12, 1e-5, 0.01, 0.2, 1, 4])
  func twoGaussiansAreAHyperbolicTangent(_ std: Double, _ x: Double) throws {
    let target = try GaussianMixture(dimension: 1, means: [-0.1, 0.1], stds: [std])
    for (alpha, sigma) in Self.schedules {
      let s = LineTargetTests.schedule(alpha, sigma)
      let variance = s.variance + alpha * alpha * std * std
      let slope = Double.tanh(0.1 * alpha * x / variance)
      let found = try Self.posterior(target, [x], s)
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
        let plain = try Self.posterior(target, x, s)
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

  /// Lengths times 2^k: means times 2^k, scores times 2^-k, to the bit; where the squares of lengths are next to the
  /// smallest numbers, their quotients round elsewhere, and it is to 128 units of the last place.
  @Test(arguments: [-480, -40, 40, 480])
  func lengthsMayBeMultipliedByPowersOfTwo(_ k: Int) throws {
    let unit = Double(sign: .plus, exponent: k, significand: 1)
    func targets(_ u: Double) throws -> [any Target] {
      [
        try LineTarget(LaplaceDensity(location: 0.5 * u, scale: u)),
        try LineTarget(StudentTDensity(degrees: 2.5, location: -u, scale: 0.3 * u)),
        try LineTarget(LogisticDensity(location: 0.7 * u, scale: 0.4 * u)),
        try LineTarget(TriangularDensity(lower: -u, mode: 0.25 * u, upper: 2 * u)),
        try LineTarget(BetaDensity(a: 0.5, b: 2.5, lower: -u, upper: u)),
        try LineTarget(BetaDensity(a: 1.3, b: 4.7, lower: 0, upper: 3 * u)),
        try LineTarget(BetaDensity(a: 0.04, b: 0.3, lower: 0, upper: u)),
        try UniformBoxes(dimension: 1, lower: [-u, u], upper: [0.5 * u, 4 * u]),
        try Ring(radius: 2 * u, std: 0.25 * u, center: [u, -0.5 * u]),
        try CurveTarget(.twoSpirals(scale: u), std: 0.25 * u),
        try CurveTarget(.twoMoons(scale: u), std: 0.25 * u),
        try CurveTarget(.circles(scale: u), std: 0.25 * u),
      ]
    }
    for (i, (small, large)) in zip(try targets(1), try targets(unit)).enumerated() {
      for (alpha, sigma) in [(1.0, 0x1p-6), (0.75, 0.25), (0.5, 0.5), (0x1p-10, 1), (1, 8)] {
        for place in [-0.75, 0.1, 0.625, 3] {
          let x = [place * (alpha + sigma), 0.4].prefix(small.dimension).map { $0 }
          let (s, t) = (
            LineTargetTests.schedule(alpha, sigma), LineTargetTests.schedule(alpha, sigma * unit)
          )
          let a = try Self.posterior(small, x, s, [.means, .jacobians])
          let b = try Self.posterior(large, x.map { $0 * unit }, t, [.means, .jacobians])
          let what = "target \(i) at \(place), sigma = \(sigma)"
          for (found, wanted) in [
            (b.denoiser, a.denoiser.map { $0 * unit }),
            (b.negativeScore, a.negativeScore.map { $0 / unit }),
            (b.covariance.map { $0 / unit / unit }, a.covariance),
          ] {
            let isSame =
              k < -400
              ? zip(found, wanted).allSatisfy { abs($0 - $1) <= 0x1p-45 * abs($1) }
              : bits(found) == bits(wanted)
            #expect(isSame && found.count == wanted.count, "\(what): \(found), \(wanted)")
          }
          let log = a.logDensity - Double(small.dimension * k) * Double.log(2)
          #expect(abs(b.logDensity - log) <= 0x1p-50 * (abs(log) + abs(a.logDensity)), "\(what)")
        }
      }
    }
  }
}
