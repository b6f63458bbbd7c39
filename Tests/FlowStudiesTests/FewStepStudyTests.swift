import FlowFigures
import FlowIntegration
import FlowMatching
import FlowVerification
import RealModule
import Synchronization
import Testing

@testable import FlowStudies

struct FewStepStudyTests {
  static func path(_ name: String) throws -> NamedPath {
    guard let path = try NamedPath.all().first(where: { $0.name == name }) else {
      throw FlowError.outOfDomain("path", name, accepted: "a name")
    }
    return path
  }

  static func panel(
    _ path: String, _ target: any Target, samples: Int = 32
  ) throws -> FewStepPanel {
    try FewStepPanel(
      path: Self.path(path), target: NamedTarget(name: "target", target: target), samples: samples,
      seed: 5)
  }

  static func denoisers() -> [StepMethod] {
    FewStepMethod.allCases.map { .denoiser($0) }
  }

  /// Asked one point at a time, the target is asked as often as the tables say.
  @Test func evaluationsAreThoseThatTheTargetIsAskedFor() throws {
    let target = CountingTarget(try Preset.eightGaussians())
    let field = MarginalField(path: try OptimalTransportPath(), target: target)
    for method in StepMethod.all {
      for steps in [1, 2, 3, 7] {
        let times = try StepSpacing.logSNR.times(
          steps, from: Time(0.1), to: Time(0.99), on: field.path)
        let before = target.calls.load(ordering: .relaxed)
        let found = try method.ends(of: field, at: times, from: [0.3, -1.2])
        let asked = target.calls.load(ordering: .relaxed) - before
        #expect(asked == steps * method.evaluationsPerStep, "\(method.name), \(steps) steps")
        #expect(found.evaluations == Double(asked), "\(method.name), \(steps) steps")
      }
    }
  }

  /// A table has the numbers of evaluations that are whole steps, and no others.
  @Test func everyRowHasTheEvaluationsOfItsPlace() throws {
    let study = try FewStepStudy(
      paths: [try Self.path("vp")],
      targets: [NamedTarget(name: "eight", target: try Preset.eightGaussians())], samples: 8)
    var parts = 0
    let found = try study.run { _ in parts += 1 }
    #expect(parts == study.parts)
    for method in StepMethod.all {
      for spacing in StepSpacing.allCases {
        let rows = FewStepResults.rows(found[0], method.name, spacing)
        let expected = FewStepStudy.evaluations.filter {
          $0.isMultiple(of: method.evaluationsPerStep)
        }
        #expect(rows.map(\.nfe) == expected.map(Double.init), "\(method.name)")
      }
    }
    // Of a pair of order 5(4) with seven stages, the last of them the next one's first.
    let rival = FewStepResults.rows(found[0], "dopri5", nil)
    #expect(rival.count == FewStepStudy.tolerances.count && rival.count > 4)
    #expect(zip(rival, rival.dropFirst()).allSatisfy { $0.nfe < $1.nfe })
  }

  /// In log(alpha/sigma) the flow of `x/alpha` is one, whatever the path, and so is what a method makes of it.
  @Test func onEqualLogSNRAMethodDoesTheSameOnEveryPath() throws {
    let target = try FewStepStudy.product()
    let exploding = NamedPath(name: "ve", path: try VarianceExplodingPath(sigmaMax: 60))
    let panels =
      try ["ot", "vp", "cosine"].map { try Self.panel($0, target) } + [
        FewStepPanel(
          path: exploding, target: NamedTarget(name: "target", target: target), samples: 32, seed: 5
        )
      ]
    for method in Self.denoisers() {
      for spacing in [StepSpacing.logSNR, .karras] {
        var first: [Double] = []
        for panel in panels {
          let ends = try method.ends(
            of: panel.field, at: try panel.times(12, spacing), from: panel.points)
          let alpha = panel.field.path.schedule(at: panel.end).alpha
          let scaled = try #require(ends.points).map { $0 / alpha }
          if first.isEmpty { first = scaled }
          let largest = zip(scaled, first).map { abs($0 - $1) }.max() ?? .nan
          #expect(largest < 1e-10, "\(method.name), \(panel.path.name), \(spacing)")
        }
      }
    }
  }

  /// On `x = (1 - t) x0 + t x1` with the denoiser held, whatever the times.
  @Test func onOptimalTransportDDIMIsEuler() throws {
    let panel = try Self.panel("ot", try Preset.eightGaussians())
    for spacing in StepSpacing.allCases {
      for steps in [1, 4, 16] {
        let times = try panel.times(steps, spacing)
        let ddim = try StepMethod.denoiser(.ddim).ends(
          of: panel.field, at: times, from: panel.points)
        let euler = try StepMethod.velocity(.euler).ends(
          of: panel.field, at: times, from: panel.points)
        for (a, b) in zip(try #require(ddim.points), try #require(euler.points)) {
          #expect(abs(a - b) < 1e-12, "\(spacing), \(steps) steps")
        }
      }
    }
  }

  /// With one evaluation nothing is known but one denoiser; with two there is one earlier.
  @Test func withOneAndTwoEvaluationsMethodsComeToTheSame() throws {
    let panel = try Self.panel("cosine", try Preset.eightGaussians())
    func ends(_ method: FewStepMethod, _ steps: Int) throws -> [Double] {
      let times = try panel.times(steps, .time)
      let found = try StepMethod.denoiser(method).ends(
        of: panel.field, at: times, from: panel.points)
      #expect(found.evaluations == Double(steps))
      return try #require(found.points)
    }
    let one = try ends(.ddim, 1)
    for method in FewStepMethod.allCases where method != .heunSigma {
      #expect(try ends(method, 1) == one, "\(method)")
    }
    let two = try ends(.dpmpp2M, 2)
    #expect(try ends(.dpmpp3M, 2) == two && ends(.unip3, 2) == two)
    #expect(try ends(.unipc2, 2) == ends(.unipc3, 2))
    #expect(try ends(.ddim, 2) != two && ends(.unipc2, 2) != two)
  }

  /// What the names promise, on a field that is not linear: `dpmpp_3m` is of order 2, `unipc_2` of order 3.
  @Test(arguments: ["ot", "vp", "ve"], [false, true])
  func measuredOrdersAreThoseOfTheNames(_ path: String, _ isProduct: Bool) throws {
    let target: any Target = isProduct ? try FewStepStudy.product() : try Preset.eightGaussians()
    let panel = try Self.panel(path, target, samples: 64)
    for method in StepMethod.all {
      // 512 steps are few for an order of 4 by the last denoisers, but many for the 4 stages of `rk4`.
      let isUniPC3 = if case .denoiser(.unipc3) = method { true } else { false }
      let ladder = isUniPC3 ? [1024] : [512, 256]
      let order = try #require(try panel.order(of: method, .logSNR, ladder: ladder))
      #expect(
        abs(order.slope - Double(method.order)) < 0.25, "\(method.name) on \(path): \(order)")
    }
  }

  /// Where steps are equal in time, those of log(alpha/sigma) are not: on `vp` the order is lost at 512 steps.
  @Test func equalStepsOfTimeHideTheOrderOnVP() throws {
    let panel = try Self.panel("vp", try Preset.eightGaussians())
    let order = try #require(try panel.order(of: .denoiser(.unipc3), .time))
    #expect(order.slope < 2.5)
    let rungeKutta = try #require(try panel.order(of: .velocity(.rk4), .time))
    #expect(abs(rungeKutta.slope - 4) < 0.35)
  }

  /// Equal steps of time serve methods of a higher order up to t = 0.875, where most certified flows end, and no longer on the
  /// way to the data, where the last step is many units of log(alpha/sigma) long.
  @Test func equalStepsOfTimeAreTooLongNextToTheData() throws {
    let panel = try Self.panel("ot", try Preset.eightGaussians(), samples: 64)
    func errors(to end: Double) throws -> [Double] {
      let end = try Time(end)
      let exact = try ExactEnds(of: panel.field, from: panel.start, to: end, at: panel.points)
      let times = try StepSpacing.time.times(
        16, from: panel.start, to: end, on: panel.field.path)
      return try [FewStepMethod.ddim, .unipc3].map { method in
        let found = try StepMethod.denoiser(method).ends(
          of: panel.field, at: times, from: panel.points)
        return RowDistances.median(
          RowDistances.distances(try #require(found.points), exact.points, dimension: 2))
      }
    }
    let (early, late) = (try errors(to: 0.875), try errors(to: 0.999))
    #expect(early[1] < early[0] / 4, "\(early)")
    #expect(late[1] > 2 * late[0], "\(late)")
  }

  /// Two routes that share nothing but the law: levels of the distribution functions of a product, and the solver on the
  /// mixture that it is.
  @Test func exactEndsOfBothRoutesAgreeWithinTheirBounds() throws {
    let product = try ProductTarget([
      GaussianMixture(dimension: 1, means: [-2, 1.5], stds: [0.5]),
      GaussianMixture(dimension: 1, means: [-1, 1], stds: [0.5]),
    ])
    let mixture = try GaussianMixture(
      dimension: 2, means: [-2, -1, -2, 1, 1.5, -1, 1.5, 1], stds: [0.5])
    for path in ["ot", "ve"] {
      let panel = try Self.panel(path, product)
      let solved = try ExactEnds(
        of: MarginalField(path: panel.path.path, target: mixture), from: panel.start,
        to: panel.end, at: panel.points)
      #expect(panel.exact.origin == .levels && solved.origin == .solver)
      #expect(panel.exact.uncertainty < 1e-12 && solved.uncertainty < 1e-7)
      #expect(solved.uncertainty > 0)
      let distance = RowDistances.distances(panel.exact.points, solved.points, dimension: 2).max()
      #expect(try #require(distance) < panel.exact.uncertainty + solved.uncertainty, "\(path)")
    }
  }

  /// The window is that of sigma/alpha, cut where the path is shorter.
  @Test func everyPathIsFollowedBetweenTheSameRatios() throws {
    for name in ["ot", "vp", "cosine", "ve", "linear_vp"] {
      let path = try Self.path(name).path
      let window = try FewStepPanel.window(of: path)
      // `ve` begins with sigma^2 = 50^2 - 0.01^2.
      let ratio = name == "ve" ? (2500 - 1e-4).squareRoot() : 50
      #expect(abs(Double.exp(-path.logSNR(at: window.start)) - ratio) < 1e-9, "\(name)")
      #expect(abs(Double.exp(path.logSNR(at: window.end)) - 1000) < 1e-6, "\(name)")
    }
    let short = try FewStepPanel.window(of: OptimalTransportPath(sigmaMin: 0.1))
    #expect(short.end.t == 1)
  }

  /// The same bytes of every table for any number of threads.
  @Test func tablesDoNotDependOnThreads() throws {
    let study = try FewStepStudy(
      paths: [try Self.path("ot"), try Self.path("ve")],
      targets: [NamedTarget(name: "product", target: try FewStepStudy.product())], samples: 8)
    let texts = try [1, 2, 5].map { threads in
      try Parallel.$threads.withValue(threads) {
        FewStepResults(study, try study.run { _ in }).tables.map(\.csv)
      }
    }
    #expect(texts[0] == texts[1] && texts[0] == texts[2])
    #expect(texts[0].count == 5 && texts[0].allSatisfy { $0.count > 100 })
  }

  @Test func wrongPlansAreRefused() throws {
    let ot = try Self.path("ot")
    let target = NamedTarget(name: "eight", target: try Preset.eightGaussians())
    #expect(throws: FlowError.self) { try FewStepStudy(paths: [], targets: [target]) }
    #expect(throws: FlowError.self) { try FewStepStudy(paths: [ot, ot], targets: [target]) }
    for (samples, goal) in [(7, 0.01), (8, 0), (8, -1), (8, .nan), (8, .infinity)] {
      #expect(throws: FlowError.self) {
        try FewStepStudy(paths: [ot], targets: [target], samples: samples, goal: goal)
      }
    }
  }

  /// More samples than there is room for are refused before anything is drawn.
  @Test(arguments: [7, 65_537, .max]) func samplesHaveALimit(samples: Int) throws {
    let ot = try Self.path("ot")
    let target = NamedTarget(name: "product", target: try FewStepStudy.product())
    #expect(throws: FlowError.self) {
      try FewStepStudy(paths: [ot], targets: [target], samples: samples)
    }
    #expect(throws: FlowError.self) {
      try CollapseStudy(dimension: 1, points: [0, 1], samples: samples == 7 ? 0 : .max)
    }
  }
}

/// Counts the groups of points for which moments are asked.
private final class CountingTarget: Target {
  let base: GaussianMixture
  let calls = Atomic<Int>(0)

  init(_ base: GaussianMixture) { self.base = base }

  var dimension: Int { base.dimension }

  func posterior(
    of x: [Lanes], at schedule: Schedule<Lanes>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Lanes> {
    calls.add(1, ordering: .relaxed)
    return base.posterior(of: x, at: schedule, wanted)
  }

  func posterior(
    of x: [Dual<Lanes>], at schedule: Schedule<Dual<Lanes>>, _ wanted: Moments
  ) throws(FlowError) -> Posterior<Dual<Lanes>> {
    base.posterior(of: x, at: schedule, wanted)
  }

  func sample(_ index: UInt64, from random: RandomStream) -> [Double] {
    base.sample(index, from: random)
  }
}
