import FlowIntegration
import FlowMatching
import FlowVerification
import Testing

@testable import FlowStudies

struct EvaluationBenchmarkTests {
  static let runs = [
    EvaluationBenchmark.Run(solver: "euler", setting: .steps(4)),
    EvaluationBenchmark.Run(solver: "rk4", setting: .steps(8)),
    EvaluationBenchmark.Run(solver: "dopri5", setting: .tolerance(1e-6)),
  ]

  struct Stopped: Error {}

  static func plan(
    _ names: [String], _ target: any Target, samples: Int = 64
  ) throws -> (EvaluationBenchmark, [NamedPath], [NamedTarget]) {
    let paths = try NamedPath.all().filter { names.contains($0.name) }
    let benchmark = EvaluationBenchmark(
      paths: paths.map(\.name), targets: ["toy"], runs: runs, samples: samples, seed: 3)
    return (benchmark, paths, [NamedTarget(name: "toy", target: target)])
  }

  /// Wherever it is interrupted, what is read back goes on to the same bytes.
  @Test func anInterruptedRunEndsInTheSameBytes() throws {
    var (whole, paths, targets) = try Self.plan(["ot", "vp"], try Preset.eightGaussians())
    let empty = whole
    try whole.run(paths: paths, targets: targets) { _ in }
    #expect(whole.known == whole.total && whole.total == 8)
    for stop in [1, 3, 4, 6] {
      var part = empty
      #expect(throws: Stopped.self) {
        try part.run(paths: paths, targets: targets) { if $0.known == stop { throw Stopped() } }
      }
      var again = try empty.continued(from: part.json)
      #expect(again.known == stop && again.json == part.json)
      var steps = 0
      try again.run(paths: paths, targets: targets) { _ in steps += 1 }
      #expect(steps == whole.total - stop)
      #expect(again.json == whole.json && again.csv == whole.csv && again.summary == whole.summary)
    }
    var other = empty
    other = EvaluationBenchmark(
      paths: ["ot", "vp"], targets: ["toy"], runs: Self.runs, samples: 65, seed: 3)
    #expect(throws: ContinuationError.self) { try other.continued(from: whole.json) }
    #expect(throws: ContinuationError.self) { try empty.continued(from: Array("[1".utf8)) }
    #expect(throws: ContinuationError.self) { try empty.continued(from: Array("{}".utf8)) }
  }

  /// One Gaussian: every trajectory of the exact flow is `alpha m + sqrt(V_t/V_0) (x - ...)`, which on
  /// `ot` from N(0, I) to N(0, I) is the straight way to itself and on `vp` a point at rest.
  @Test func straightTrajectoriesAndPerfectSamplesScoreZero() throws {
    var (benchmark, paths, targets) = try Self.plan(
      ["vp"], try GaussianMixture(dimension: 2, means: [0, 0], stds: [1]), samples: 256)
    try benchmark.run(paths: paths, targets: targets) { _ in }
    let panel = benchmark.panels[0]
    for row in panel.rows {
      // Nothing moves, whatever the solver.
      #expect(row.error < 1e-12, "\(row)")
      #expect(row.energyDistance <= panel.floor[0] * 2 && row.slicedDistance < 0.3)
    }
    #expect(panel.rows[1].nfe == 4 && panel.rows[2].nfe == 32)
    #expect(panel.rows.map(\.solver) == ["reference", "euler", "rk4", "dopri5"])
  }

  /// A moved Gaussian on `ot`: the trajectories x0 + t (x1 - x0) of a pure shift are straight, and every
  /// solver is exact on them; the wide one bends and Euler errs.
  @Test func bendsAndErrorsAreThoseOfTheClosedForm() throws {
    var (benchmark, paths, targets) = try Self.plan(
      ["ot"], try GaussianMixture(dimension: 1, means: [5], stds: [0.5]), samples: 256)
    try benchmark.run(paths: paths, targets: targets) { _ in }
    let panel = benchmark.panels[0]
    // On a line no trajectory that does not turn bends at all.
    #expect(panel.bends[0] < 1e-6)
    // Euler with four steps: x -> x + h (alpha' ... ) is affine; its error is about a tenth.
    #expect(panel.rows[1].error > 1e-3 && panel.rows[1].error < 1)
    #expect(panel.rows[2].error < panel.rows[1].error && panel.rows[3].error < 1e-4)
    #expect(panel.rows[1].error > 100 * panel.rows[3].error)
  }

  /// The first setting from which on all finer ones hold, not the first that happens to.
  @Test func theFewestEvaluationsAreThoseFromWhichOnAllSuffice() {
    func row(_ nfe: Double, _ error: Double) -> SampleStudy.Row {
      SampleStudy.Row(
        solver: "euler", setting: "\(nfe)", nfe: nfe, error: error, energyDistance: 0,
        slicedDistance: 0, straightness: 0, failures: error.isNaN ? 1 : 0)
    }
    let rows = [row(1, 0.5), row(2, 0.05), row(4, 0.2), row(8, 0.06), row(16, 0.01)]
    #expect(EvaluationBenchmark.first(rows) { $0.error <= 0.1 }?.nfe == 8)
    #expect(EvaluationBenchmark.first(rows) { $0.error <= 1e-9 } == nil)
    #expect(EvaluationBenchmark.first(rows) { $0.error <= 1 }?.nfe == 1)
    #expect(EvaluationBenchmark.first([row(1, .nan), row(2, 0)]) { $0.error <= 1 }?.nfe == 2)
  }
}
