import FlowFiles
import FlowIntegration

extension EvaluationBenchmark {
  /// The columns of the CSV; cells of rows whose trajectories did not all arrive are empty.
  package static let columns = [
    "path", "target", "solver", "setting", "nfe", "error", "energy_distance", "sliced_w2",
    "straightness",
  ]

  /// All rows as CSV text.
  package var csv: String {
    var text = Self.columns.joined(separator: ",") + "\n"
    for panel in panels {
      for row in panel.rows {
        let numbers = [
          row.nfe, row.error, row.energyDistance, row.slicedDistance, row.straightness,
        ].map { $0.isFinite ? "\($0)" : "" }
        text +=
          ([panel.path, panel.target, row.solver, row.setting] + numbers).joined(separator: ",")
          + "\n"
      }
    }
    return text
  }
}

extension EvaluationBenchmark {
  /// What the rows say, as Markdown: how much trajectories bend, how many evaluations samples need, and
  /// from where on a cheap solver on one path is as good as a better one on another.
  package var summary: String {
    var text = """
      \(samples) samples per row, seed \(seed). An error is the root mean square distance from the exact \
      end of the same trajectory and bounds the 2-Wasserstein distance to exact samples.

      ## How much exact trajectories bend

      `1 - |x1 - x0|/length`: mean, 95th of a hundred, largest.


      """
    text += table(["target"] + pathNames) { target in
      panels(of: target).map { panel in
        panel.bends.isEmpty ? "-" : panel.bends.map(Self.share).joined(separator: ", ")
      }
    }
    text += """

      ## The fewest evaluations per sample

      Of all solvers, from the setting on from which every finer one also suffices. *As good*: energy and \
      sliced distance to the data are at most the largest of \(Self.floorDraws) sets of exact samples.


      """
    text += "| target | criterion | " + pathNames.joined(separator: " | ") + " |\n"
    text += "|---|---|" + pathNames.map { _ in "---|" }.joined() + "\n"
    for target in targetNames {
      for (name, holds) in Self.criteria {
        let cells = panels(of: target).map { fewest($0, holds) }
        text += "| \(target) | \(name) | " + cells.joined(separator: " | ") + " |\n"
      }
    }
    if pathNames.contains("ot"), pathNames.contains("vp") { text += race }
    return text
  }

  /// The names of the paths, in order.
  var pathNames: [String] { distinct(panels.map(\.path)) }
  var targetNames: [String] { distinct(panels.map(\.target)) }

  private func distinct(_ names: [String]) -> [String] {
    names.enumerated().filter { names.firstIndex(of: $0.element) == $0.offset }.map(\.element)
  }

  private func panels(of target: String) -> [Panel] { panels.filter { $0.target == target } }

  private func table(_ header: [String], _ cells: (String) -> [String]) -> String {
    var text = "| " + header.joined(separator: " | ") + " |\n"
    text += "|" + header.map { _ in "---|" }.joined() + "\n"
    for target in targetNames {
      text += "| " + ([target] + cells(target)).joined(separator: " | ") + " |\n"
    }
    return text
  }

  static let criteria: [(String, @Sendable (SampleStudy.Row, Panel) -> Bool)] = [
    (
      "as good",
      { row, panel in
        row.energyDistance <= panel.floor[0] && row.slicedDistance <= panel.floor[1]
      }
    ),
    ("error <= 0.1", { row, _ in row.error <= 0.1 }),
    ("error <= 0.01", { row, _ in row.error <= 0.01 }),
    ("error <= 1e-4", { row, _ in row.error <= 1e-4 }),
  ]

  /// The setting of one solver from which on all finer ones suffice, as a place in its rows.
  static func first<Row>(_ rows: [Row], where holds: (Row) -> Bool) -> Row? {
    let last = rows.lastIndex { !holds($0) } ?? -1
    return last + 1 < rows.count ? rows[last + 1] : nil
  }

  private func fewest(
    _ panel: Panel, _ holds: (SampleStudy.Row, Panel) -> Bool
  ) -> String {
    guard panel.floor.count == 2 else { return "-" }
    let best = distinct(runs.map(\.solver)).compactMap { solver in
      Self.first(panel.rows.filter { $0.solver == solver }) { holds($0, panel) }
    }.min { $0.nfe < $1.nfe }
    return best.map { "\(Int($0.nfe.rounded())) (\($0.solver))" } ?? "-"
  }

  /// Euler on `ot` against the fourth-order method on `vp`, by both measures.
  private var race: String {
    var text = """

      ## From which number of steps Euler on `ot` is as good as RK4 on `vp`

      Cells: steps of Euler on `ot` for an error no larger than RK4's, and for a sliced distance to the \
      data no larger than RK4's or, where that is larger, than that of exact samples.

      | RK4 steps on vp (evaluations) |
      """
    text += targetNames.map { " \($0): error, sliced |" }.joined() + "\n|---|"
    text += targetNames.map { _ in "---|" }.joined() + "\n"
    for run in runs where run.solver == "rk4" {
      // Each twice the one before: a table of every number would not be read.
      guard case .steps(let steps) = run.setting, steps.nonzeroBitCount == 1 else { continue }
      let setting = run.setting.text
      text += "| \(steps) (\(4 * steps)) |"
      for target in targetNames {
        text += " \(raceCell(target, setting)) |"
      }
      text += "\n"
    }
    return text
  }

  private func raceCell(_ target: String, _ setting: String) -> String {
    let panels = panels(of: target)
    guard let ot = panels.first(where: { $0.path == "ot" }), ot.floor.count == 2,
      let vp = panels.first(where: { $0.path == "vp" }),
      let rival = vp.rows.first(where: { $0.solver == "rk4" && $0.setting == setting })
    else { return "-" }
    let euler = ot.rows.filter { $0.solver == "euler" }
    func steps(_ value: (SampleStudy.Row) -> Double, noise: Double) -> String {
      guard value(rival).isFinite else { return "any" }
      return Self.first(euler) { value($0) <= max(value(rival), noise) }?.setting
        ?? "> \(euler.last?.setting ?? "0")"
    }
    return "\(steps(\.error, noise: 0)), \(steps(\.slicedDistance, noise: ot.floor[1]))"
  }

  /// Three places, or an exponent.
  static func share(_ value: Double) -> String {
    DecimalText.short(value)
  }
}
