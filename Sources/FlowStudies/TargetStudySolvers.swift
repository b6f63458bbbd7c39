import FlowFigures
import FlowFiles
import FlowIntegration
import FlowMatching
import FlowTraining
import RealModule

extension TargetStudy {
  /// Solvers on the same few trajectories of every path.
  func ladders(
    _ samples: [FlowSamples]
  ) throws(FlowError) -> [[WorkPrecisionFigure.Series]] {
    var result: [[WorkPrecisionFigure.Series]] = []
    for (path, samples) in zip(paths, samples) {
      let start = try samples.states(at: samples.interval.start).prefix(2 * 64)
      result.append(try SolverLadder(field: field(path), start: Array(start)).series())
    }
    return result
  }

  func workPrecision(_ ladder: [WorkPrecisionFigure.Series]) -> WorkPrecisionFigure {
    WorkPrecisionFigure(
      name: "work_precision",
      caption: """
        The largest error of 64 end states against the evaluations that they took, on \
        the path \(paths[0].name); the reference is dop853 at a tolerance of 1e-13. Fixed steps: 4 \
        to 1,024; tolerances: 1e-2 to 1e-11, 1e-8 below order 4.
        """, series: ladder)
  }

  private static let goal = 1e-2

  func evaluations(_ ladders: [[WorkPrecisionFigure.Series]]) -> EvaluationsFigure {
    EvaluationsFigure(
      name: "nfe",
      caption: """
        The fewest evaluations per trajectory with which each solver of the ladder brings all 64 end \
        states within \(Self.goal) of the reference; no bar where none of its settings does.
        """, groups: ladders[0].map(\.solver),
      bars: zip(paths, ladders).map { path, ladder in
        (path.name, ladder.map { SolverLadder.evaluations($0, reaching: Self.goal) })
      })
  }

  func workPrecisionTable(_ ladders: [[WorkPrecisionFigure.Series]]) -> StudyTable {
    var rows: [[String]] = []
    for (path, ladder) in zip(paths, ladders) {
      for series in ladder {
        rows += series.points.map {
          [
            path.name, series.solver, Self.fixed($0.evaluations, places: 1),
            DecimalText.short($0.error), DecimalText.short($0.seconds ?? 0),
          ]
        }
      }
    }
    return StudyTable(
      name: "work_precision",
      caption: "Every run of every solver; seconds are the best of three runs.",
      columns: ["path", "solver", "nfe", "error", "seconds"], rows: rows)
  }

  /// What each path costs and how well its samples fit the data.
  func pathTable(
    _ samples: [FlowSamples], _ ladders: [[WorkPrecisionFigure.Series]]
  ) throws(FlowError) -> StudyTable {
    let fresh = target.samples(
      Self.trajectories, from: RandomStream(seed: seed, stream: 3))
    var rows: [[String]] = []
    for ((path, samples), ladder) in zip(zip(paths, samples), ladders) {
      let end = samples.solutions.flatMap(\.x)
      func needed(_ solver: String) -> String {
        let series = ladder.first { $0.solver == solver }
        let count = series.map { SolverLadder.evaluations($0, reaching: Self.goal) } ?? .nan
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
