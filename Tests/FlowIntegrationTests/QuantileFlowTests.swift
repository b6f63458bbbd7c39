import FlowMatching
import RealModule
import Testing

@testable import FlowIntegration

/// The paths of the catalogue, as reports show them.
let allPaths: [any ProbabilityPath] = PathKind.allCases.map { try! $0.example() }

@Suite struct QuantileFlowTests {
  static let tight = StepControl.adaptive(try! Tolerance(relative: 1e-12, absolute: 1e-12))

  static func mixture() throws -> GaussianMixture {
    try GaussianMixture(dimension: 1, means: [-1, 1], stds: [0.5], weights: [1, 3])
  }

  /// Targets of every kind, and a point where the law at t = 1/4 has mass.
  static func targets() throws -> [(any Target, [Double])] {
    let laplace = try LineTarget(LaplaceDensity(location: 0.5, scale: 0.5))
    let box = try UniformBoxes(dimension: 1, lower: [-1], upper: [1])
    return [
      (try mixture(), [0.3]),
      (
        try GaussianMixture(dimension: 1, means: [-1, 0.5, 2], stds: [0], weights: [1, 2, 1]),
        [-0.4]
      ),
      (box, [0.7]),
      (try UniformBoxes(dimension: 1, lower: [-2, 0.5], upper: [-1, 1], weights: [1, 3]), [0.2]),
      (laplace, [1.5]),
      (try LineTarget(StudentTDensity(degrees: 3)), [-2]),
      (try LineTarget(LogisticDensity(location: 0.5, scale: 0.5)), [0.25]),
      (try LineTarget(TriangularDensity(lower: -1, mode: 0.5, upper: 2)), [-0.5]),
      (try LineTarget(BetaDensity(a: 0.5, b: 0.5, lower: -1, upper: 1)), [0.5]),
      (try ProductTarget([laplace, try mixture(), box]), [0.5, -0.25, 0.5]),
      (try GaussianMixture(dimension: 3, means: [1, -0.5, 0], stds: [0.25]), [0.5, 0.25, -1]),
      (
        try GaussianMixture(dimension: 2, means: [1, 0], covariances: [[1, 0.5, 0.5, 0.5]]),
        [0.5, 1]
      ),
    ]
  }

  @Test(arguments: allPaths.indices) func agreesWithADifferentialEquation(path: Int) throws {
    for (target, x) in try Self.targets() {
      let field = MarginalField(path: allPaths[path], target: target)
      let exact = try QuantileFlow(of: field)
      let flow = try Likelihood(of: field, base: .marginal(field), steps: Self.tight)
      for (start, end) in [(0.25, 0.75), (0.875, 0.375)] {
        let found = try exact.end(from: Time(start), to: Time(end), of: x)
        let solution = try flow.samples(from: x, at: start, to: end)[0]
        let log = try exact.logDeterminants(from: Time(start), to: Time(end), at: x)[0]
        let logAtStart = try field.value(of: .logDensity, at: Time(start), of: x)[0]
        let size = 1 + found.x.map { abs($0) }.max()! * Double.exp(abs(log))
        for (a, b) in zip(found.x, solution.solution.x) { #expect(abs(a - b) < 1e-9 * size) }
        let change = try #require(solution.logDensity) - logAtStart
        #expect(abs(log + change) < 1e-9 * size * (1 + abs(logAtStart)))
      }
    }
  }

  /// The levels of a mixture at two times are those of two mixtures.
  @Test(arguments: [-40.0, -9, -1.3, -0.2, 0.0, 0.7, 4, 38])
  func isTheMonotoneMapBetweenTheLawsOfBothTimes(x: Double) throws {
    for path in allPaths {
      let flow = try QuantileFlow(of: MarginalField(path: path, target: try Self.mixture()))
      for (start, end) in [(0.25, 1.0), (1.0, 0.25), (0.5, 0.5009765625)] {
        func law(_ t: Double) throws -> GaussianMixture {
          let s = path.schedule(at: try Time(t))
          return try GaussianMixture(
            dimension: 1, means: [-s.alpha, s.alpha],
            stds: [Double.hypot(s.alpha * 0.5, s.sigma)], weights: [1, 3])
        }
        let there = try MonotoneMap(from: law(start), to: law(end))(x)
        let found = try flow.end(from: Time(start), to: Time(end), of: [x])
        // The map compares logarithms of tails: what their rounding moves.
        let slope = try flow.jacobians(from: Time(start), to: Time(end), at: [x])[0]
        #expect(abs(found.x[0] - there) < 1e-13 * (1 + abs(there) + slope * (1 + abs(x))))
        #expect(found.uncertainty[0] < 1e-13 * (1 + abs(there) + slope * (1 + abs(x))))
      }
    }
  }

  @Test(arguments: allPaths.indices) func isASemigroup(path: Int) throws {
    for (target, x) in try Self.targets() {
      let flow = try QuantileFlow(of: MarginalField(path: allPaths[path], target: target))
      let times = try [0.25, 0.625, 0.875].map { try Time($0) }
      let middle = try flow.end(from: times[0], to: times[1], of: x)
      let direct = try flow.end(from: times[0], to: times[2], of: x)
      let twice = try flow.end(from: times[1], to: times[2], of: middle.x)
      let back = try flow.end(from: times[2], to: times[0], of: direct.x)
      let (down, up) = (
        try flow.jacobians(from: times[1], to: times[2], at: middle.x),
        try flow.jacobians(from: times[2], to: times[0], at: direct.x)
      )
      let d = x.count
      func reach(_ matrix: [Double], _ i: Int, _ errors: [Double]) -> Double {
        (0..<d).reduce(0) { $0 + abs(matrix[i * d + $1]) * errors[$1] }
      }
      let ulps = { (end: QuantileFlow.End) in
        zip(end.x, end.uncertainty).map { $1 + 8 * 0x1p-53 * (1 + abs($0)) }
      }
      for i in 0..<d {
        #expect(
          abs(twice.x[i] - direct.x[i]) <= ulps(twice)[i] + ulps(direct)[i]
            + reach(down, i, ulps(middle)))
        #expect(abs(back.x[i] - x[i]) <= ulps(back)[i] + reach(up, i, ulps(direct)))
      }
    }
  }

  /// Far out the level of a box is a power series: `sigma/(alpha w) (h(a) - h(b))`, a and b the places of its edges in units of
  /// sigma, with `h(z) = phi(z) (1/z^2 - 3/z^4 + 15/z^6 - ...)`.
  @Test(arguments: [-15.0, -25, -36]) func farOutTheTrajectoryStaysBesideTheBox(z: Double) throws {
    for path in allPaths {
      let box = try UniformBoxes(dimension: 1, lower: [-1], upper: [1])
      let flow = try QuantileFlow(of: MarginalField(path: path, target: box))
      func logLevel(_ x: Double, _ t: Double) throws -> Double {
        let s = path.schedule(at: try Time(t))
        func series(_ z: Double) -> Double {
          let r = 1 / (z * z)
          return r * (1 - 3 * r * (1 - 5 * r * (1 - 7 * r * (1 - 9 * r))))
        }
        let (low, high) = ((x + s.alpha) / s.sigma, (x - s.alpha) / s.sigma)
        let both = series(low) - series(high) * Double.exp((low - high) * (low + high) / 2)
        return Double.log(s.sigma / s.alpha * both) - low * low / 2
      }
      for (start, end) in [(0.25, 0.96875), (0.96875, 0.25)] {
        let s = path.schedule(at: try Time(start))
        let x = z * s.sigma - s.alpha
        let found = try flow.end(from: Time(start), to: Time(end), of: [x])
        let (before, after) = (try logLevel(x, start), try logLevel(found.x[0], end))
        // What is left out of the series.
        #expect(abs(before - after) < 1e-5)
        #expect(found.uncertainty[0] < 1e-12 * (1 + abs(found.x[0])))
      }
    }
  }

  /// Without noise the level of x is the density's own, however far out.
  @Test func tailsOfTheDataAreSeenWithoutNoise() throws {
    let laplace = try LineTarget(LaplaceDensity(location: 10, scale: 0.01))
    let flow = try QuantileFlow(of: MarginalField(path: OptimalTransportPath(), target: laplace))
    let found = try flow.end(from: .end, to: .start, of: [9])
    // Phi(y) = exp(-100)/2 by the asymptotic series of the tail.
    let y = found.x[0]
    let r = 1 / (y * y)
    let tail = 1 - r * (1 - 3 * r * (1 - 5 * r * (1 - 7 * r)))
    let log = -y * y / 2 - Double.log(-y * (2 * Double.pi).squareRoot()) + Double.log(tail)
    #expect(abs(log - (-100 - Double.log(2))) < 1e-7)
  }

  /// A start far outside the mass, and log det dphi/dx by 640 bits from the fixtures' generator.
  struct Far {
    let path: any ProbabilityPath
    let target: any Target
    let times: (Double, Double)
    let x: Double
    let log: Double
  }

  static func far() throws -> [Far] {
    let box = try UniformBoxes(dimension: 1, lower: [-1], upper: [1])
    let laplace = try LineTarget(LaplaceDensity(location: 0.5, scale: 0.5))
    let close = 1 - 0x1p-20
    return [
      Far(
        path: try OptimalTransportPath(), target: laplace, times: (0.25, 0.875), x: 22.625,
        log: 1.252762968495368),
      Far(
        path: try VariancePreservingPath(), target: laplace, times: (0.25, 0.875), x: 29.96875,
        log: 2.619581027712382),
      Far(
        path: try GeometricVarianceExplodingPath(), target: box, times: (0, 1), x: -1250,
        log: -8.505154293595321),
      Far(
        path: CosinePath(), target: box, times: (0.25, 0.875), x: -23.46875,
        log: -1.5511434395873671),
      Far(
        path: try SigmoidPath(), target: box, times: (0.25, 0.875), x: -23.3125,
        log: -4.020864745076846),
      Far(
        path: try SigmoidPath(), target: box, times: (0.5, close), x: -2.984375,
        log: -13.999852309416154),
      Far(
        path: try VariancePreservingPath(), target: box, times: (0.5, close), x: -24.28125,
        log: -8.026568899545154),
      Far(
        path: try PolynomialPath(exponent: 2), target: box, times: (0.5, close), x: -19,
        log: -12.858976090772028),
    ]
  }

  /// On the last of them, on the flank of the edge next to the data, digits are gone: 5e-11 was answered, 600 times more
  /// than rounding of the request explains.
  @Test func farOutSlopesHaveTenDigitsOrAreRefused() throws {
    var refused = 0
    for far in try Self.far() {
      let flow = try QuantileFlow(of: MarginalField(path: far.path, target: far.target))
      let (start, end) = (try Time(far.times.0), try Time(far.times.1))
      do {
        let found = try flow.logDeterminants(from: start, to: end, at: [far.x])[0]
        #expect(abs(found - far.log) < 1e-12)
      } catch {
        #expect(error.code == .noConvergence)
        refused += 1
      }
      _ = try flow.end(from: start, to: end, of: [far.x])
    }
    #expect(refused <= 3)
  }

  /// Work within a budget ends with it, of straight lines too.
  @Test func aBudgetEndsTheWork() throws {
    let flow = try QuantileFlow(
      of: MarginalField(path: OptimalTransportPath(), target: Self.mixture()))
    let spent = Budget(seconds: 0)
    Budget.$current.withValue(spent) {
      #expect(code { try flow.ends(from: .start, to: .end, at: [0.3]) } == .noConvergence)
      let straight = RectifiedField(of: flow)
      #expect(
        code { try straight.velocities(at: [Time(0.5)], of: [0.3]) } == .noConvergence)
    }
  }

  @Test func pointsAreReachedThroughTheirShareOfTheLevels() throws {
    let points = try GaussianMixture(
      dimension: 1, means: [2, -1, 0.5], stds: [0], weights: [1, 1, 2])
    let flow = try QuantileFlow(of: MarginalField(path: OptimalTransportPath(), target: points))
    // Quartiles of the normal distribution are at -0.674 and 0.674.
    for (x, atom) in [(-0.68, -1), (-0.67, 0.5), (0.67, 0.5), (0.68, 2), (-30.0, -1), (30, 2)] {
      #expect(try flow.end(from: .start, to: .end, of: [x]).x == [atom])
    }
    #expect(code { try flow.jacobians(from: .start, to: .end, at: [0.1]) } == .singular)
    #expect(code { try flow.ends(from: .end, to: .start, at: [0.5]) } == .singular)
    let pair = try GaussianMixture(dimension: 1, means: [-1, 1], stds: [0])
    let even = try QuantileFlow(of: MarginalField(path: OptimalTransportPath(), target: pair))
    #expect(code { try even.ends(from: .start, to: .end, at: [0]) } == .singular)
  }

  @Test func refusesWhatKeepsNoLevels() throws {
    let path = try OptimalTransportPath()
    let plane = try GaussianMixture(dimension: 2, means: [-1, 0, 1, 0], stds: [0.5])
    #expect(code { try QuantileFlow(of: MarginalField(path: path, target: plane)) } == .unsupported)
    let box = try UniformBoxes(dimension: 1, lower: [-1], upper: [1])
    let flow = try QuantileFlow(of: MarginalField(path: path, target: box))
    #expect(code { try flow.ends(from: .end, to: .start, at: [1.5]) } == .singular)
    #expect(code { try flow.end(from: .end, to: .start, of: [1, 2]) } == .dimensionMismatch)
    #expect(code { try flow.ends(from: .end, to: .start, at: [.nan]) } == .nonFinite)
  }

  @Test func symmetricLawsKeepTheirCentre() throws {
    let pair = try GaussianMixture(dimension: 1, means: [-1, 1], stds: [0.125])
    for path in allPaths {
      let flow = try QuantileFlow(of: MarginalField(path: path, target: pair))
      #expect(try flow.end(from: Time(0.25), to: Time(0.875), of: [0]).x == [0])
      // The map is odd.
      for x in [0x1p-10, 0.3, 2] {
        let ends = try [x, -x].map {
          try flow.end(from: Time(0.25), to: Time(0.875), of: [$0])
        }
        let allowed = ends[0].uncertainty[0] + ends[1].uncertainty[0] + 0x1p-52 * abs(ends[0].x[0])
        #expect(abs(ends[0].x[0] + ends[1].x[0]) <= allowed)
      }
    }
  }

  private func code<T>(_ body: () throws -> T) -> FlowError.Code? {
    do {
      _ = try body()
      return nil
    } catch {
      return (error as? FlowError)?.code
    }
  }
}
