import FlowFigures
import FlowFiles
import FlowIntegration
import FlowMatching
import FlowTraining
import RealModule

extension TargetStudy {
  /// Solvers on the same few trajectories of every path, at the settings of ``EvaluationBenchmark``; what does not
  /// arrive is left out.
  func ladders(_ samples: [FlowSamples]) throws(FlowError) -> [[WorkPrecision.Row]] {
    var result: [[WorkPrecision.Row]] = []
    for (path, samples) in zip(paths, samples) {
      let interval = samples.interval
      let start = try samples.states(at: interval.start).prefix(2 * 64)
      let work = try WorkPrecision(
        of: field(path), from: interval.start, to: interval.end, at: Array(start), checkpoints: 1)
      var rows: [WorkPrecision.Row] = []
      for run in EvaluationBenchmark.standardRuns {
        guard let solver = Solver.named(run.solver) else { continue }
        let row = try work.row(solver, run.setting)
        if row.failures == 0 { rows.append(row) }
      }
      result.append(rows)
    }
    return result
  }

  /// The names of the solvers, in their order.
  private func solvers(_ rows: [WorkPrecision.Row]) -> [String] {
    var result: [String] = []
    for row in rows where row.solver != result.last { result.append(row.solver) }
    return result
  }

  func workPrecision(_ ladder: [WorkPrecision.Row]) -> WorkPrecisionFigure {
    let series = solvers(ladder).map { solver in
      // A point per step of fixed-step methods would be a band.
      let rows = ladder.filter { row in
        guard row.solver == solver else { return false }
        if case .steps(let count) = row.setting { return count.nonzeroBitCount == 1 }
        return true
      }
      return WorkPrecisionFigure.Series(
        solver: solver, family: SolverFamily.name(of: solver),
        points: rows.map {
          .init(evaluations: $0.nfe, error: $0.largestError, seconds: $0.seconds)
        })
    }
    return WorkPrecisionFigure(
      name: "work_precision",
      caption: """
        The largest error of 64 end states against the evaluations that they took, on \
        the path \(paths[0].name); the reference is dop853 at a tolerance of 1e-13. Fixed steps: 1 \
        to 512 evaluations, powers of two; tolerances: 1e-1 to 1e-10, fewer for low orders.
        """, series: series)
  }

  private static let goal = 1e-2

  /// The fewest evaluations with which a solver comes within ``goal``; NaN where it never does.
  private func fewest(_ solver: String, _ rows: [WorkPrecision.Row]) -> Double {
    rows.filter { $0.solver == solver && $0.largestError <= Self.goal }.map(\.nfe).min() ?? .nan
  }

  func evaluations(_ ladders: [[WorkPrecision.Row]]) -> EvaluationsFigure {
    let solvers = solvers(ladders[0])
    return EvaluationsFigure(
      name: "nfe",
      caption: """
        The fewest evaluations per trajectory with which each solver of the ladder brings all 64 end \
        states within \(Self.goal) of the reference; no bar where none of its settings does.
        """, groups: solvers,
      bars: zip(paths, ladders).map { path, ladder in
        (path.name, solvers.map { fewest($0, ladder) })
      })
  }

  func workPrecisionTable(_ ladders: [[WorkPrecision.Row]]) -> StudyTable {
    var rows: [[String]] = []
    for (path, ladder) in zip(paths, ladders) {
      rows += ladder.map {
        [
          path.name, $0.solver, $0.setting.text, Self.fixed($0.nfe, places: 1),
          DecimalText.short($0.largestError), DecimalText.short($0.seconds),
        ]
      }
    }
    return StudyTable(
      name: "work_precision",
      caption: "Every run of every solver; seconds are the best of several runs.",
      columns: ["path", "solver", "steps_or_tolerance", "nfe", "error", "seconds"], rows: rows)
  }

  /// What each path costs and how well its samples fit the data.
  func pathTable(
    _ samples: [FlowSamples], _ ladders: [[WorkPrecision.Row]]
  ) throws(FlowError) -> StudyTable {
    let fresh = target.samples(
      Self.trajectories, from: RandomStream(seed: seed, stream: 3))
    var rows: [[String]] = []
    for ((path, samples), ladder) in zip(zip(paths, samples), ladders) {
      let end = samples.solutions.flatMap(\.x)
      func needed(_ solver: String) -> String {
        let count = fewest(solver, ladder)
        return count.isNaN ? "-" : Self.fixed(count, places: 0)
      }
      rows.append([
        path.name, Self.fixed(try samples.bend(), places: 4), needed("euler"), needed("rk4"),
        needed("dopri5"), needed("dop853"),
        Self.fixed(SampleDistance.energy(end, fresh, dimension: 2), places: 4),
      ])
    }
    return StudyTable(
      name: "paths",
      caption: """
        Per path: bend = 1 - |x1 - x0| / length of the exact trajectories (mean of \
        \(Self.trajectories)); evaluations for an error of \(Self.goal) (- where no setting reaches \
        it); energy distance between the end states and as many fresh samples of the data (unbiased: \
        it may be negative).
        """,
      columns: [
        "path", "bend", "NFE euler", "NFE rk4", "NFE dopri5", "NFE dop853", "energy distance",
      ], rows: rows)
  }

  /// A time without a needless fraction.
  static func text(_ t: Double) -> String {
    t == t.rounded() ? "\(Int(t))" : "\(t)"
  }

  /// That many places behind the point.
  static func fixed(_ value: Double, places: Int) -> String {
    guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
    let unit = (0..<places).reduce(1) { unit, _ in unit * 10 }
    let scaled = Int((abs(value) * Double(unit)).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    if places == 0 { return "\(sign)\(scaled)" }
    let digits = "\(scaled % unit)"
    return "\(sign)\(scaled / unit)."
      + String(repeating: "0", count: places - digits.count) + digits
  }
}
