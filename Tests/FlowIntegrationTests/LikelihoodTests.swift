import FlowMatching
import RealModule
import Testing

@testable import FlowIntegration

@Suite struct LikelihoodTests {
  static let tight = StepControl.adaptive(try! Tolerance(relative: 1e-12, absolute: 1e-12))

  static func mixture(_ d: Int) throws -> MarginalField {
    let random = RandomStream(seed: 11, stream: UInt64(d))
    let target = try GaussianMixture(
      dimension: d, means: random.normals(3 * d, at: 0), stds: [0.5, 0.8, 0.35],
      weights: [1, 2, 1])
    return MarginalField(path: try OptimalTransportPath(), target: target)
  }

  @Test(arguments: [1, 2, 3, 8, 16, 64]) func matchesTheClosedFormToTenDigits(d: Int) throws {
    let field = try Self.mixture(d)
    let points = (field.target as! GaussianMixture).samples(6, from: RandomStream(seed: 12))
    let truth = try field.values(of: .logDensity, at: [.end], of: points)
    let likelihood = try Likelihood(of: field, base: .marginal(field), steps: Self.tight)
    let found = try likelihood.logDensities(of: points, at: 1, base: 0)
    for (solution, value) in zip(found, truth) {
      #expect(solution.solution.status == .success && solution.standardError == nil)
      #expect(abs(try #require(solution.logDensity) - value) < 1e-10)
    }
    // While sampling: from where the way back ended, the same points with the same densities.
    let noise = found.flatMap(\.solution.x)
    let sampled = try likelihood.samples(from: noise, at: 0, to: 1)
    for (row, solution) in sampled.enumerated() {
      let x = Array(points[row * d..<(row + 1) * d])
      #expect(distance(solution.solution.x, x) < 1e-9)
      #expect(abs(try #require(solution.logDensity) - truth[row]) < 1e-9)
    }
  }

  @Test func theDensityOnALineIntegratesToOne() throws {
    let target = try GaussianMixture(
      dimension: 1, means: [-2, 0.5, 3], stds: [0.4, 0.2, 0.7], weights: [1, 2, 1])
    let field = MarginalField(path: CosinePath(), target: target)
    let likelihood = try Likelihood(of: field, base: .marginal(field), steps: Self.tight)
    // The trapezoidal rule errs by exp(-2 (pi s/h)^2) for the narrowest std s = 0.2 and the spacing
    // h, and by what lies outside [-5, 10]: seven stds and more from every mean.
    let h = 0.03125
    let grid = (-160...320).map { Double($0) * h }
    let values = try likelihood.logDensities(of: grid, at: 1, base: 0)
    let total = try values.reduce(0) { $0 + Double.exp(try #require($1.logDensity)) } * h
    #expect(abs(total - 1) < 1e-9)
  }

  @Test func theNormalBaseIsOffByItsOwnError() throws {
    // On the path vp the start is only close to N(0, I); with ot it is exactly that.
    let target = try GaussianMixture(dimension: 2, means: [0.4, -0.2], stds: [0.6])
    for (path, isExact) in [
      (try OptimalTransportPath() as any ProbabilityPath, true),
      (try VariancePreservingPath(), false),
    ] {
      let field = MarginalField(path: path, target: target)
      let exact = try Likelihood(of: field, base: .marginal(field), steps: Self.tight)
        .logDensities(of: [0.3, 0.1], at: 1, base: 0)[0]
      let normal = try Likelihood(of: field, base: .standardNormal, steps: Self.tight)
        .logDensities(of: [0.3, 0.1], at: 1, base: 0)[0]
      let difference = abs(try #require(exact.logDensity) - #require(normal.logDensity))
      #expect(isExact ? difference < 1e-12 : difference > 1e-5 && difference < 1e-2)
    }
  }

  /// Of one Gaussian on `ve`: the flow scales the distance from the mean, and the prior is off by
  /// log N(x0; m, sigma(0)^2) - log N(x0; m, s^2 + sigma(0)^2), both in closed form.
  @Test func thePriorOfAPathIsCloseWhereTheNormalIsFar() throws {
    let (m, s, x) = (1.5, 0.4, 1.9)
    let path = try VarianceExplodingPath()
    let target = try GaussianMixture(dimension: 1, means: [m], stds: [s])
    let field = MarginalField(path: path, target: target)
    let wide = path.schedule(at: try Time(0)).variance
    let narrow = path.schedule(at: try Time(1)).variance
    func log(_ x: Double, _ variance: Double) -> Double {
      -0.5 * ((x - m) * (x - m) / variance + Double.log(2 * .pi * variance))
    }
    let x0 = m + (x - m) * ((s * s + wide) / (s * s + narrow)).squareRoot()
    let gap = log(x0, wide) - log(x0, s * s + wide)
    let found = try Likelihood(of: field, base: .prior(field), steps: Self.tight)
      .logDensities(of: [x], at: 1, base: 0)[0]
    let expected = log(x, s * s + narrow) + gap
    #expect(abs(try #require(found.logDensity) - expected) < 1e-9)
    #expect(abs(gap) < 1e-3)
    let measured = try #require(
      BaseDensity.prior(field).gap(to: field, of: found.solution.x, at: try Time(0)))
    #expect(abs(measured - gap) < 1e-9)
    let normal = try #require(
      BaseDensity.standardNormal.gap(to: field, of: found.solution.x, at: try Time(0)))
    #expect(normal < -100 * BaseDensity.noticeableGap)
    #expect(BaseDensity.marginal(field).gap(to: field, of: [0], at: try Time(0)) == nil)
  }

  @Test func aPriorThatDoesNotExistIsATypedError() throws {
    let target = try GaussianMixture(dimension: 1, means: [1], stds: [0.5])
    let field = MarginalField(path: try OptimalTransportPath(), target: target)
    let atData = #expect(throws: FlowError.self) {
      try BaseDensity.prior(field).logDensity(of: [0], at: try Time(1))
    }
    #expect(atData?.code == .singular)
    let sourced = MarginalField(
      path: try OptimalTransportPath(), target: try SourcedMixture(data: target, source: target))
    let other = #expect(throws: FlowError.self) {
      try BaseDensity.prior(sourced).logDensity(of: [0], at: try Time(0.5))
    }
    #expect(other?.code == .unsupported)
  }

  /// On a linear field the estimate is exact but for the probes: each has the variance of the matrix
  /// that the Jacobian integrates to.
  @Test(arguments: TraceEstimate.Law.allCases) func probesAreUnbiasedWithTheirVariance(
    law: TraceEstimate.Law
  ) throws {
    let matrix = [1.0, 0.5, -0.25, 0.75, 0.75, 0.25, 0, 0.3, 0.9]
    let field = try LinearField(matrix: matrix, offset: [0, 0, 0])
    let trace = 2.65
    let variance = try law.variance(matrix: matrix, dimension: 3)
    let (trajectories, probes) = (4000, 4)
    let likelihood = try Likelihood(
      of: field, base: .standardNormal,
      divergence: .hutchinson(law, probes: probes, seed: 7),
      steps: .adaptive(Tolerance(relative: 1e-4, absolute: 1e-4)))
    let exact = try Likelihood(
      of: field, base: .standardNormal,
      steps: .adaptive(Tolerance(relative: 1e-6, absolute: 1e-6)))
    let x = [Double](repeating: 0.1, count: 3 * trajectories)
    let found = try likelihood.logDensities(of: x, at: 1, base: 0)
    let truth = try #require(
      try exact.logDensities(of: [0.1, 0.1, 0.1], at: 1, base: 0)[0].logDensity)
    // -div integrates to -trace over [0, 1].
    let origin = truth + trace
    let estimates = try found.map { try #require($0.logDensity) - origin }
    let mean = estimates.reduce(0, +) / Double(trajectories)
    let expected = variance / Double(probes)
    let squares = estimates.reduce(0) { $0 + ($1 + trace) * ($1 + trace) } / Double(trajectories)
    // Six standard errors: false alarms below 2e-9 for the mean; the variance of a mean of four
    // probes, whose excess kurtosis is below 6, has a relative standard error of at most
    // sqrt((2 + 6/4)/4000) = 0.03. Probes of variance 1.1 are seen, and 1/n for 1/(n - 1).
    #expect(abs(mean + trace) < 6 * (expected / Double(trajectories)).squareRoot())
    #expect(abs(squares / expected - 1) < 6 * 0.03)
    let errors = try found.reduce(0) { $0 + (try #require($1.standardError)) * $1.standardError! }
    #expect(abs(errors / Double(trajectories) / expected - 1) < 6 * 0.03)
  }

  @Test func probesStayTheSameAlongATrajectory() throws {
    // Redrawn probes would make the equation discontinuous and cost thousands of evaluations.
    let field = try Self.mixture(4)
    let points = (field.target as! GaussianMixture).samples(8, from: RandomStream(seed: 2))
    let steps = StepControl.adaptive(try Tolerance(relative: 1e-6, absolute: 1e-6))
    let exact = try Likelihood(of: field, base: .marginal(field), solver: .dopri5, steps: steps)
      .logDensities(of: points, at: 1, base: 0)
    let estimated = try Likelihood(
      of: field, base: .marginal(field), divergence: .hutchinson(.rademacher, probes: 16, seed: 1),
      solver: .dopri5, steps: steps
    ).logDensities(of: points, at: 1, base: 0)
    for (a, b) in zip(exact, estimated) {
      #expect(b.solution.evaluations.total < 2 * a.solution.evaluations.total)
      let error = try #require(b.standardError)
      #expect(error > 0)
      #expect(abs(a.logDensity! - b.logDensity!) < 8 * error + 1e-5)
    }
    let alone = try Likelihood(
      of: field, base: .marginal(field), divergence: .hutchinson(.rademacher, probes: 16, seed: 1),
      solver: .dopri5, steps: steps
    ).logDensities(of: Array(points[..<4]), at: 1, base: 0)
    #expect(alone[0].logDensity == estimated[0].logDensity)
    // A slice of a batch has the probes of its own rows.
    let slice = try Likelihood(
      of: field, base: .marginal(field), divergence: .hutchinson(.rademacher, probes: 16, seed: 1),
      solver: .dopri5, steps: steps
    ).logDensities(of: Array(points[8..<12]), at: 1, base: 0, firstTrajectory: 2)
    #expect(slice[0].logDensity == estimated[2].logDensity)
  }

  /// Points at rest under a divergence that changes fast: no field has that, but the steps are those of
  /// the sum alone, and the same in every dimension.
  private struct Pulsing: DifferentiableField {
    let dimension: Int

    func velocities(at times: [Time<Double>], of points: [Double]) -> [Double] {
      points.map { _ in 0 }
    }
    func jacobianProducts(
      at times: [Time<Double>], of points: [Double], along directions: [Double]
    ) -> (velocities: [Double], products: [Double]) {
      (points.map { _ in 0 }, points.map { _ in 0 })
    }
    func divergences(
      at times: [Time<Double>], of points: [Double]
    ) -> (velocities: [Double], divergences: [Double]) {
      (points.map { _ in 0 }, times.map { 40 * Double.cos(40 * $0.t) })
    }
    func timeDerivatives(at times: [Time<Double>], of points: [Double]) -> [Double] {
      points.map { _ in 0 }
    }
  }

  @Test func theSumIsHeldToTheToleranceInEveryDimension() throws {
    let tolerance = try Tolerance(relative: 1e-6, absolute: 1e-6)
    func follow(_ d: Int) throws -> LikelihoodSolution {
      try Likelihood(
        of: Pulsing(dimension: d), base: .standardNormal, steps: .adaptive(tolerance)
      ).logDensities(of: [Double](repeating: 0, count: d), at: 1, base: 0)[0]
    }
    let (line, space) = (try follow(1), try follow(64))
    #expect(line.solution.evaluations == space.solution.evaluations)
    #expect(line.solution.accepted == space.solution.accepted && line.solution.accepted > 5)
    let sum = try #require(line.logDensity) + 0.5 * Double.log(2 * .pi)
    #expect(abs(sum + Double.sin(40)) < 1e-5)
  }

  @Test func solversThatNeedTheDivergencesDerivativeAreRefused() throws {
    let field = try Self.mixture(2)
    for solver in Solver.all where solver.needsJacobian {
      #expect(throws: FlowError.self) {
        try Likelihood(of: field, base: .marginal(field), solver: solver, steps: Self.tight)
      }
    }
    for name in ["gsl_rk8pd", "gsl_msadams"] {
      let solution = try Likelihood(
        of: field, base: .marginal(field), solver: Solver.named(name)!,
        steps: .adaptive(Tolerance(relative: 1e-9, absolute: 1e-9))
      ).logDensities(of: [0.3, 0.4], at: 1, base: 0)[0]
      let truth = try field.value(of: .logDensity, at: .end, of: [0.3, 0.4])[0]
      #expect(abs(try #require(solution.logDensity) - truth) < 1e-6)
    }
  }
}
