import FlowMatching
import RealModule
import Testing

@testable import FlowIntegration

/// What every solver promises, on a target whose flow is known.
@Suite struct FlowContractTests {
  static let names = Solver.all.map(\.name)
  static let tolerance = try! Tolerance(relative: 1e-6, absolute: 1e-6)

  /// Methods of order 1 and 2 would take thousands of steps at the tolerance of the others.
  static func steps(_ solver: Solver) -> StepControl {
    guard solver.isAdaptive else { return .fixed(steps: 64) }
    return .adaptive((solver.order ?? 4) > 2 ? tolerance : loose)
  }

  static let loose = try! Tolerance(relative: 1e-4, absolute: 1e-4)

  @Test(arguments: names) func landsOnTheEndAndAsksInside(name: String) throws {
    let solver = try #require(Solver.named(name))
    let gaussian = try GaussianFlow(OptimalTransportPath(), mean: [0.7, -0.4], std: 0.5)
    let x = [1.3, -0.6]
    for (start, end) in [(0.0, 1.0), (1.0, 0.0), (0.25, 0.999), (0.999, 0.1)] {
      let spy = SpyField(gaussian.field)
      let solution = try Flow(of: spy, solver: solver, steps: Self.steps(solver))
        .solution(from: start, to: end, at: x)
      #expect(solution.status == .success, "\(solution.failure?.message ?? "")")
      #expect(solution.t == end)
      let asked = spy.asked
      #expect(asked.allSatisfy { (min(start, end)...max(start, end)).contains($0) })
      #expect(solution.asked == asked.min()!...asked.max()!)
      #expect(solution.evaluations.total == asked.count)
      #expect(solution.evaluations.jacobians == spy.askedForJacobians)
      #expect((solution.evaluations.jacobians > 0) == solver.needsJacobian)
      let truth = try gaussian.state(from: x, at: start, to: end)
      // Loose enough for Euler's method with 64 steps; the orders have a test of their own.
      #expect(distance(solution.x, truth) < ((solver.order ?? 4) == 1 ? 0.05 : 5e-3))
    }
  }

  /// The library's steppers add up their stage times, which then miss the end by some ulps; the library's
  /// extrapolation always does. Own methods never do.
  @Test func timesMovedToTheEndAreCounted() throws {
    let gaussian = try GaussianFlow(OptimalTransportPath(), mean: [0.7], std: 0.5)
    for (solver, isMoved) in [(try #require(Solver.named("gsl_bsimp")), true), (.dop853, false)] {
      var count = 0
      for end in [0.9, 0.99, 0.999, 1] {
        count += try Flow(of: gaussian.field, solver: solver, steps: Self.steps(solver))
          .solution(from: 0, to: end, at: [1.3]).clampedToEnd
      }
      #expect((count > 0) == isMoved, "\(solver.name): \(count)")
    }
  }

  @Test func countsFollowFromTheTableau() throws {
    let gaussian = try GaussianFlow(OptimalTransportPath(), mean: [0.7], std: 0.5)
    for solver in Solver.all {
      guard let tableau = solver.tableau else { continue }
      let fixed = try Flow(of: gaussian.field, solver: solver, steps: .fixed(steps: 10))
        .solution(from: 0, to: 1, at: [1.3])
      #expect(fixed.evaluations.initial == 0 && fixed.rejected == 0 && fixed.accepted == 10)
      #expect(
        fixed.evaluations.total == tableau.stages * 10 - (tableau.isFirstSameAsLast ? 9 : 0))
      guard solver.isAdaptive else { continue }
      let s = try Flow(of: gaussian.field, solver: solver, steps: Self.steps(solver))
        .solution(from: 0, to: 1, at: [1.3])
      let closing = tableau.isFirstSameAsLast ? 0 : s.accepted - 1
      #expect(s.evaluations.initial == 2)
      #expect(s.evaluations.accepted == (tableau.stages - 1) * s.accepted + closing)
      #expect(s.evaluations.rejected == (tableau.stages - 1) * s.rejected)
    }
  }

  @Test(arguments: names) func aTrajectoryIsTheSameAloneAndInABatch(name: String) throws {
    let solver = try #require(Solver.named(name))
    let field = MarginalField(path: CosinePath(), target: try Preset.eightGaussians())
    let flow = try Flow(of: field, solver: solver, steps: Self.steps(solver))
    let points = RandomStream(seed: 3).normals(2 * 21, at: 0)
    let together = try flow.solutions(from: 0, to: 1, at: points)
    for (row, solution) in together.enumerated() {
      let alone = try flow.solution(from: 0, to: 1, at: Array(points[2 * row..<2 * row + 2]))
      #expect(alone.x == solution.x)
      #expect(alone.evaluations == solution.evaluations)
      #expect(alone.accepted == solution.accepted && alone.rejected == solution.rejected)
      #expect(alone.asked == solution.asked)
    }
  }

  @Test func aFieldInRowsGivesTheSameBitsAsItsLanes() throws {
    let field = MarginalField(path: CosinePath(), target: try Preset.eightGaussians())
    let points = RandomStream(seed: 4).normals(2 * 21, at: 0)
    for solver in [Solver.dopri5, .dop853] {
      let lanes = try Flow(of: field, solver: solver, steps: .adaptive(Self.tolerance))
        .solutions(from: 0, to: 1, at: points)
      let rows = try Flow(of: SpyField(field), solver: solver, steps: .adaptive(Self.tolerance))
        .solutions(from: 0, to: 1, at: points)
      #expect(lanes.map(\.x) == rows.map(\.x))
      #expect(lanes.map(\.evaluations) == rows.map(\.evaluations))
    }
  }

  @Test(arguments: names) func thereAndBackAgain(name: String) throws {
    let solver = try #require(Solver.named(name))
    guard solver.isAdaptive, solver.order ?? 4 > 2 else { return }
    let tight = try Tolerance(relative: 1e-9, absolute: 1e-9)
    let field = MarginalField(path: CosinePath(), target: try Preset.eightGaussians())
    let flow = try Flow(of: field, solver: solver, steps: .adaptive(tight))
    let points = RandomStream(seed: 5).normals(2 * 4, at: 0)
    let there = try flow.solutions(from: 0, to: 1, at: points)
    let back = try flow.solutions(from: 1, to: 0, at: there.flatMap(\.x))
    // The field compresses noise by up to 1/0.3 on the way; errors grow by as much going back.
    #expect(distance(back.flatMap(\.x), points) < 1e-5)
  }

  @Test(arguments: names) func aCloudWithoutSmoothingEndsOnItsOwner(name: String) throws {
    let solver = try #require(Solver.named(name))
    let cloud = try PointCloud.target(dimension: 2, points: [1, 0, -1, 0.5, 0, -2, 1, 0])
    let field = MarginalField(path: try OptimalTransportPath(), target: cloud)
    let flow = try Flow(
      of: field, solver: solver, steps: Self.steps(solver), keepsTrajectory: true)
    let solution = try flow.solution(from: 0, to: 1, at: [0.4, 0.3])
    #expect(solution.status.arrives && solution.t == 1 && solution.failure == nil)
    #expect(solution.asked!.upperBound <= 1)
    if solution.status == .landed {
      #expect(solution.x == [1, 0])
    } else {
      // A method that needs no slope at the end steps over it.
      #expect(distance(solution.x, [1, 0]) < 1e-2)
    }
    let trajectory = try #require(solution.trajectory)
    #expect(try trajectory.state(at: 1) == solution.x)
    let stuck = try flow.solution(from: 1, to: 0, at: [1, 0])
    #expect(stuck.status == .singular && stuck.t == 1 && stuck.x == [1, 0])
    #expect(stuck.accepted == 0)
  }

  /// The velocity of a Laplace density does not exist on its kink at the mean, where one step of Euler's
  /// method over all of time lands; the trajectory ends beside it.
  @Test(arguments: names) func aSingularPlaceOffTheTrajectoryIsPassedBy(name: String) throws {
    let solver = try #require(Solver.named(name))
    guard solver.isAdaptive else { return }
    let field = MarginalField(
      path: try OptimalTransportPath(),
      target: try LineTarget(LaplaceDensity(location: 0.5, scale: 0.5)))
    let flow = try Flow(of: field, solver: solver, steps: Self.steps(solver))
    let solution = try flow.solution(from: 0, to: 1, at: [0.4975])
    #expect(solution.status == .success && solution.t == 1)
    // On the line the flow keeps quantiles: Phi(z) = 1 - exp(-2 (x - 0.5))/2 above the middle.
    let exact = 0.5 - 0.5 * Double.log(Double.erfc(0.4975 / 2.0.squareRoot()))
    #expect(abs(solution.x[0] - exact) < 1e-2)
  }

  /// Under a relative tolerance a coordinate that is 0 is allowed no error: it must neither stop a trajectory nor
  /// make it take absurd steps. The flow of N((1, 0), I/4) on `ot` takes x to (1, 0) + x/2.
  @Test(arguments: names, [0, 1e-300, 1e-30])
  func aCoordinateThatIsZeroMeetsARelativeTolerance(name: String, absolute: Double) throws {
    let solver = Solver.named(name)!
    guard solver.isAdaptive else { return }
    let field = MarginalField(
      path: try OptimalTransportPath(),
      target: try GaussianMixture(dimension: 2, means: [1, 0], stds: [0.5]))
    let relative = name.hasPrefix("gsl_rk1") || name.hasPrefix("gsl_rk2") ? 1e-5 : 1e-8
    for start in [0.0, 0.25] {
      for x in [[0, 0.5], [0.7, 0], [0, 0], [1, 0]] {
        let flow = try Flow(
          of: field, solver: solver,
          steps: .adaptive(Tolerance(relative: relative, absolute: absolute)))
        let solution = try flow.solution(from: start, to: 1, at: x)
        #expect(solution.status == .success, "\(name) from \(x) at \(start)")
        // V(t) = (1 - t)^2 + t^2/4, and x - alpha m scales with sqrt V.
        let ratio = 0.5 / ((1 - start) * (1 - start) + start * start / 4).squareRoot()
        let exact = [1 + ratio * (x[0] - start), ratio * x[1]]
        #expect(distance(solution.x, exact) <= 3e3 * relative, "\(name) from \(x) at \(start)")
        // A second-order method takes some twenty thousand; from absurd first steps it would be millions.
        #expect(solution.evaluations.total < 100_000)
      }
    }
  }

  @Test func troubleIsAStatusWithAdvice() throws {
    let field = MarginalField(path: CosinePath(), target: try Preset.eightGaussians())
    let limited = try Flow(
      of: field, solver: .dopri5, steps: .adaptive(Self.tolerance), stepLimit: 3
    ).solution(from: 0, to: 1, at: [0.3, 0.1])
    #expect(limited.status == .stepLimit && limited.t < 1)
    #expect(limited.accepted + limited.rejected == 3)
    // x' = 1e200 x leaves the range of double precision at once.
    let wild = try LinearField(matrix: [1e300], offset: [0])
    for solver in [Solver.dopri5, .dop853, .named("gsl_rkf45")!] {
      let s = try Flow(of: wild, solver: solver, steps: .adaptive(Self.tolerance))
        .solution(from: 0, to: 1, at: [1e200])
      #expect(s.status == .nonFinite || s.status == .stepUnderflow)
      #expect(s.x.allSatisfy { $0.isFinite })
    }
    let fixed = try Flow(of: wild, solver: .rk4, steps: .fixed(steps: 4))
      .solution(from: 0, to: 1, at: [1e200])
    #expect(fixed.status == .nonFinite && fixed.t == 0 && fixed.x == [1e200])
    for status in Status.allCases { #expect(!status.advice.isEmpty) }
  }

  @Test func oneBadTrajectoryLeavesTheOthersAlone() throws {
    let cloud = try PointCloud.target(dimension: 1, points: [-1, 2])
    let field = MarginalField(path: try OptimalTransportPath(), target: cloud)
    let flow = try Flow(of: field, solver: .rk4, steps: .fixed(steps: 8))
    let solutions = try flow.solutions(from: 0, to: 1, at: [0.3, 1e300, -0.2])
    // The last stage of the last step looks at t = 1, where the field does not exist.
    #expect(solutions[0].status == .landed && solutions[0].t == 1 && solutions[0].x == [2])
    #expect(solutions[2].status == .landed && solutions[2].x == [-1])
    #expect(solutions[0].x == (try flow.solution(from: 0, to: 1, at: [0.3])).x)
    #expect(solutions[2].x == (try flow.solution(from: 0, to: 1, at: [-0.2])).x)
  }

  @Test func wrongUseIsATypedError() throws {
    let field = try LinearField(matrix: [1], offset: [0])
    func code(_ body: () throws -> Void) -> FlowError.Code? {
      do { try body() } catch { return (error as? FlowError)?.code }
      return nil
    }
    #expect(code { _ = try Tolerance(relative: -1, absolute: 1) } == .outOfDomain)
    #expect(code { _ = try Tolerance(relative: 0, absolute: 0) } == .outOfDomain)
    #expect(code { _ = try Tolerance(relative: .nan, absolute: 0) } == .nonFinite)
    #expect(
      code { _ = try Flow(of: field, solver: .euler, steps: .adaptive(Self.tolerance)) }
        == .unsupported)
    #expect(
      code { _ = try Flow(of: field, solver: .named("gsl_msbdf")!, steps: .fixed(steps: 3)) }
        == .unsupported)
    #expect(code { _ = try Flow(of: field, steps: .fixed(steps: 0)) } == .outOfDomain)
    let flow = try Flow(of: field, steps: .fixed(steps: 3))
    #expect(code { _ = try flow.solution(from: 0, to: 1.5, at: [1]) } == .outOfDomain)
    #expect(code { _ = try flow.solution(from: 0, to: 1, at: [.infinity]) } == .nonFinite)
    #expect(code { _ = try flow.solution(from: 0, to: 1, at: [1, 2]) } == .dimensionMismatch)
    let same = try flow.solution(from: 0.5, to: 0.5, at: [1])
    #expect(same.status == .success && same.x == [1] && same.evaluations.total == 0)
  }
}
