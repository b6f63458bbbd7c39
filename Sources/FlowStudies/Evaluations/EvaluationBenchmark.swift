package import FlowIntegration
package import FlowMatching

/// How many evaluations of an exact field samples need, over paths, targets, solvers and settings: a plan,
/// and what is known of it so far.
package struct EvaluationBenchmark: Sendable, Equatable {
  /// What was found on one path and one target.
  package struct Panel: Sendable, Equatable {
    package let path: String
    package let target: String
    /// Where trajectories end.
    package var end = Double.nan
    /// `1 - |x1 - x0|/length` of the exact trajectories: mean, 95th of a hundred, largest.
    package var bends: [Double] = []
    /// The largest energy and sliced distance of exact samples to the data, over `floorDraws` sets.
    package var floor: [Double] = []
    /// The reference first, then the plan's rows, in the plan's order.
    package var rows: [SampleStudy.Row] = []

    init(path: String, target: String) {
      self.path = path
      self.target = target
    }

    package static func == (a: Self, b: Self) -> Bool {
      a.path == b.path && a.target == b.target && a.end.bitPattern == b.end.bitPattern
        && a.bends == b.bends && a.floor == b.floor && a.rows == b.rows
    }
  }

  /// A solver and how it is set.
  package struct Run: Sendable, Equatable {
    package let solver: String
    package let setting: BenchmarkSetting

    package init(solver: String, setting: BenchmarkSetting) {
      self.solver = solver
      self.setting = setting
    }
  }

  /// Sets of exact samples that the floor is the largest of.
  package static let floorDraws = 16

  /// Samples per row.
  package let samples: Int
  package let seed: UInt64
  package let runs: [Run]
  /// Targets outside, paths inside.
  package internal(set) var panels: [Panel]

  /// Nothing known yet.
  package init(
    paths: [String], targets: [String], runs: [Run] = Self.standardRuns, samples: Int, seed: UInt64
  ) {
    self.samples = samples
    self.seed = seed
    self.runs = runs
    panels = targets.flatMap { target in paths.map { Panel(path: $0, target: target) } }
  }

  /// The solvers that take fixed steps in tables and figures.
  static let fixedStepSolvers: [Solver] = [.euler, .midpoint, .heun, .rk4]

  /// Fixed steps for four methods, tolerances for this library's other ones. Every number of steps up to 64
  /// evaluations, so that the fewest are the fewest; from there on each a quarter more than the one before, up to 512
  /// evaluations, and the powers of two among them.
  package static var standardRuns: [Run] {
    var runs: [Run] = []
    for solver in fixedStepSolvers {
      let stages = solver.tableau?.weights.count ?? 1
      for count in stepCounts(every: 64 / stages, largest: 512 / stages) {
        runs.append(Run(solver: solver.name, setting: .steps(count)))
      }
    }
    let names = fixedStepSolvers.map(\.name)
    for solver in Solver.all where solver.isAdaptive && !solver.isFromGSL {
      // Other error estimates for the same steps are no method of their own.
      if names.contains(solver.name) || solver.stepsOf.name != solver.name { continue }
      // Smaller tolerances would cost a method of low order millions of steps.
      guard let order = solver.order else { continue }
      for tolerance in BenchmarkSetting.decades.prefix(min(10, order + 3)) {
        runs.append(Run(solver: solver.name, setting: .tolerance(tolerance)))
      }
    }
    return runs
  }

  static func stepCounts(every dense: Int, largest: Int) -> [Int] {
    var counts = Set(1...dense)
    var power = 1
    while power <= largest {
      counts.insert(power)
      power *= 2
    }
    var count = dense
    while count < largest {
      count = min(largest, count + count / 4)
      counts.insert(count)
    }
    return counts.sorted()
  }

  /// How many rows there are to find, the references included.
  package var total: Int { panels.count * (runs.count + 1) }
  /// How many are known.
  package var known: Int { panels.reduce(0) { $0 + $1.rows.count } }

  /// Finds what is not yet known, row by row; `after` is called after every row and may stop the run by
  /// throwing. What is found does not depend on what was known before.
  /// - Throws: what the fields throw, and what `after` throws.
  package mutating func run(
    paths: [NamedPath], targets: [NamedTarget],
    after: (Self) throws -> Void
  ) throws {
    for place in panels.indices where panels[place].rows.count < runs.count + 1 {
      let panel = panels[place]
      guard let path = paths.first(where: { $0.name == panel.path }),
        let target = targets.first(where: { $0.name == panel.target })
      else {
        throw FlowError(
          .outOfDomain, "target", "there is no path \(panel.path) or target \(panel.target)")
      }
      let study = try SampleStudy(
        path: path.path, target: target.target, count: samples, seed: seed)
      if panel.rows.isEmpty {
        let (row, bends) = try study.referenceRow()
        let floor = try study.floor(draws: Self.floorDraws, seed: seed)
        panels[place].end = study.end
        if let largest = bends.last {
          panels[place].bends = [row.straightness, bends[bends.count * 95 / 100], largest]
        }
        panels[place].floor = [floor.map(\.energy).max() ?? 0, floor.map(\.sliced).max() ?? 0]
        panels[place].rows.append(row)
        try after(self)
      }
      while panels[place].rows.count < runs.count + 1 {
        let run = runs[panels[place].rows.count - 1]
        guard let solver = Solver.named(run.solver) else {
          throw FlowError(.outOfDomain, "solver", "there is no solver \(run.solver)")
        }
        panels[place].rows.append(try study.row(solver, run.setting))
        try after(self)
      }
    }
  }
}
