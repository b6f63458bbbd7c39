import FlowMatching
import RealModule
import Testing

@testable import FlowIntegration

/// Methods of few steps against the exact flow, Euler's method and themselves.
@Suite struct FewStepTests {
  static func field(_ path: any ProbabilityPath) throws -> MarginalField {
    MarginalField(
      path: path, target: try GaussianMixture(dimension: 1, means: [0.7, -0.5], stds: [0.3]))
  }

  /// Times from `first` to `last`, log-SNR equally spaced, after a start so fine that its lower order does not count.
  static func times(_ count: Int, _ path: any ProbabilityPath) throws -> [Time<Double>] {
    let (first, last) = (
      path.logSNR(at: try Time(0.125)), path.logSNR(at: try Time(0.875))
    )
    let h = (last - first) / Double(count)
    var logs = (0...4).map { first + h * h * Double($0) / 4 }
    logs += (1...count).map { logs[4] + (last - logs[4]) * Double($0) / Double(count) }
    return try logs.map { try path.time(atLogSNR: $0) }
  }

  /// The error at the end falls as the order says, on a field that is not linear.
  @Test(arguments: FewStepMethod.allCases, [false, true])
  func theErrorFallsByTheOrder(_ method: FewStepMethod, _ isPreserving: Bool) throws {
    let path: any ProbabilityPath =
      isPreserving ? CosinePath() : try OptimalTransportPath(sigmaMin: 0)
    let field = try Self.field(path)
    func error(_ count: Int) throws -> Double {
      let times = try Self.times(count, path)
      let end = try QuantileFlow(of: field).ends(
        from: times[0], to: times[times.count - 1], at: [0.4])
      let found = try FewStepSampler(of: field, method: method, times: times).samples(at: [0.4])
      return abs(found[0] - end[0].x[0])
    }
    let errors = try [32, 64, 128].map(error)
    for (coarse, fine) in zip(errors, errors.dropFirst()) {
      let order = Double.log2(coarse / fine)
      #expect(order > Double(method.order) - 0.4, "\(errors)")
      // A lucky place hides an order, and no place makes one of 2 look like 3.
      #expect(method.order > 2 || order < Double(method.order) + 0.5, "\(errors)")
    }
  }

  /// On x = (1 - t) x0 + t x1 a step with the denoiser held is one of Euler's, its ends included.
  @Test func ddimIsEulersMethodOnOptimalTransport() throws {
    let field = try Self.field(OptimalTransportPath(sigmaMin: 0))
    let ts = [0, 0.125, 0.5, 0.625, 0.9, 1]
    let points = [-1.5, -0.2, 0.01, 0.6, 2]
    let found = try FewStepSampler(of: field, method: .ddim, times: ts.map { try Time($0) })
      .samples(at: points)
    let euler = try Flow(of: field, solver: .euler, steps: .times(ts), landsOnAtoms: false)
      .solutions(from: 0, to: 1, at: points)
    for (a, b) in zip(found, euler) { #expect(abs(a - b.x[0]) <= 1e-14) }
  }

  /// One step from noise to data ends on the mean, whatever the method.
  @Test(arguments: FewStepMethod.allCases)
  func aSingleStepLandsOnTheMean(_ method: FewStepMethod) throws {
    let field = MarginalField(
      path: try OptimalTransportPath(sigmaMin: 0),
      target: try GaussianMixture(dimension: 2, means: [1, 2, 3, 6], stds: [0], weights: [1, 3]))
    let sampler = try FewStepSampler(of: field, method: method, times: [.start, .end])
    #expect(sampler.evaluations == 1)
    #expect(try sampler.samples(at: [0.3, -0.7, 5, 5]) == [2.5, 5, 2.5, 5])
  }

  /// Rows do not depend on their neighbours, and what is counted is what is asked.
  @Test(arguments: FewStepMethod.allCases)
  func rowsStandAlone(_ method: FewStepMethod) throws {
    let field = try Self.field(CosinePath())
    let times = try StepSpacing.time.times(6, from: .start, to: .end, on: field.path)
    let sampler = try FewStepSampler(of: field, method: method, times: times)
    let points = (0..<20).map { Double($0) / 4 - 2 }
    let all = try sampler.samples(at: points)
    for (x, end) in zip(points, all) { #expect(try sampler.samples(at: [x]) == [end]) }
    #expect(sampler.evaluations == (method == .heunSigma ? 10 : 6))
    #expect(try sampler.samples(at: []) == [])
  }

  @Test func spacingsMeetTheirEndsAndTheirRule() throws {
    let path = try VariancePreservingPath()
    let (start, end) = (try Time(0.01), try Time(remaining: 0x1p-20))
    for (from, to) in [(start, end), (end, start)] {
      for spacing in StepSpacing.allCases {
        let times = try spacing.times(8, from: from, to: to, on: path)
        #expect(times.count == 9 && times[0].remaining == from.remaining && times[8].t == to.t)
        let places = times.map { time -> Double in
          switch spacing {
          case .time: time.t
          case .logSNR: path.logSNR(at: time)
          case .karras: Double.exp(-path.logSNR(at: time) / 7)
          }
        }
        let step = (places[8] - places[0]) / 8
        for (a, b) in zip(places, places.dropFirst()) {
          #expect(abs(b - a - step) <= 1e-9 * abs(places[8] - places[0]), "\(spacing)")
        }
      }
    }
    #expect(throws: FlowError.self) {
      try StepSpacing.logSNR.times(4, from: .start, to: .end, on: path)
    }
    #expect(throws: FlowError.self) {
      try StepSpacing.time.times(0, from: .start, to: .end, on: path)
    }
    #expect(throws: FlowError.self) {
      try StepSpacing.time.times(2, from: .end, to: .end, on: path)
    }
  }

  /// Given times are those of the trajectory, for the own solvers and the library's, in both directions; equal steps
  /// given one by one are equal steps to the bit.
  @Test(arguments: ["euler", "heun", "rk4", "dopri5", "dop853", "gsl_rk4", "gsl_rk8pd"])
  func solversStopAtGivenTimes(_ name: String) throws {
    let field = try Self.field(CosinePath())
    let solver = Solver.named(name)!
    for times in [[0.1, 0.15, 0.5, 0.9], [0.9, 0.4, 0.3, 0.0625]] {
      let solution = try Flow(
        of: field, solver: solver, steps: .times(times), keepsTrajectory: true
      ).solution(from: times[0], to: times[3], at: [0.3])
      #expect(solution.trajectory?.times == times && solution.accepted == 3)
    }
    let equal = try Flow(of: field, solver: solver, steps: .fixed(steps: 4))
      .solution(from: 0, to: 0.5, at: [0.3])
    let given = try Flow(of: field, solver: solver, steps: .times([0, 0.125, 0.25, 0.375, 0.5]))
      .solution(from: 0, to: 0.5, at: [0.3])
    #expect(equal.x[0].bitPattern == given.x[0].bitPattern)
  }

  @Test func timesThatGoNoWayAreRefused() throws {
    let field = try Self.field(CosinePath())
    for times in [[0.1], [0.1, 0.5, 0.5], [0.1, 0.5, 0.3], [0.1, 1.5], [.nan, 1]] {
      #expect(throws: FlowError.self) { try Flow(of: field, solver: .euler, steps: .times(times)) }
    }
    let flow = try Flow(of: field, solver: .euler, steps: .times([0.1, 0.5]))
    #expect(throws: FlowError.self) { try flow.solutions(from: 0, to: 0.5, at: [1]) }
    #expect(throws: FlowError.self) { try flow.solutions(from: 0.1, to: 0.6, at: [1]) }
    let ends = [Time<Double>.start, try Time(0.5), .end]
    #expect(throws: FlowError.self) {
      try FewStepSampler(of: field, method: .ddim, times: ends.reversed())
    }
    #expect(throws: FlowError.self) {
      try FewStepSampler(of: field, method: .ddim, times: [ends[0], ends[1], ends[1]])
    }
  }
}
