package import FlowFigures
package import FlowFiles

/// Figures of the tables that `flowref benchmark solvers` and `flowref benchmark nfe` write.
package enum BenchmarkFigures {
  /// The figures of a table, by its header: work-precision where there is `error_final`, groups of bars per
  /// target where there are `path` and `target`.
  /// - Parameter goal: the error that the bars' evaluations reach.
  /// - Throws: `FileError` for a table of another kind.
  package static func figures(
    ofFile path: String, goal: Double
  ) throws(FileError) -> [any Figure] {
    let rows = try Rows(path)
    if rows.names.contains("error_final") { return [try workPrecision(rows)] }
    return try evaluations(rows, goal: goal)
  }

  private static func workPrecision(_ rows: Rows) throws(FileError) -> WorkPrecisionFigure {
    var series: [WorkPrecisionFigure.Series] = []
    for k in rows.cells.indices {
      let solver = try rows.text("solver", k)
      let point = WorkPrecisionFigure.Point(
        evaluations: try rows.number("nfe", k), error: try rows.number("error_final", k),
        seconds: try rows.number("seconds", k))
      if let place = series.firstIndex(where: { $0.solver == solver }) {
        series[place].points.append(point)
      } else {
        series.append(
          WorkPrecisionFigure.Series(
            solver: solver, family: SolverFamily.name(of: solver), points: [point]))
      }
    }
    return WorkPrecisionFigure(
      name: "work_precision",
      caption: "The error of the final state against evaluations, by solver.",
      series: series)
  }

  private static func evaluations(
    _ rows: Rows, goal: Double
  ) throws(FileError) -> [any Figure] {
    /// The different values of a column, in their order.
    func distinct(_ name: String, in rows: Rows) throws(FileError) -> [String] {
      var result: [String] = []
      for k in rows.cells.indices {
        let text = try rows.text(name, k)
        if !result.contains(text) { result.append(text) }
      }
      return result
    }
    var figures: [any Figure] = []
    // The reference is what errors are measured against, and no solver.
    let solvers = try distinct("solver", in: rows).filter { $0 != "reference" }
    let paths = try distinct("path", in: rows)
    for target in try distinct("target", in: rows) {
      var best = [[Double]](
        repeating: [Double](repeating: .nan, count: solvers.count), count: paths.count)
      for k in rows.cells.indices where try rows.text("target", k) == target {
        guard try rows.number("error", k) <= goal,
          let i = paths.firstIndex(of: try rows.text("path", k)),
          let j = solvers.firstIndex(of: try rows.text("solver", k))
        else { continue }
        let count = try rows.number("nfe", k)
        best[i][j] = best[i][j].isNaN ? count : min(best[i][j], count)
      }
      figures.append(
        EvaluationsFigure(
          name: "nfe_\(target)",
          caption: """
            \(target): the fewest evaluations per trajectory with an error of at most \(goal), by \
            solver and path; a dash where no setting reaches it.
            """, groups: solvers, bars: Array(zip(paths, best)).map { (name: $0.0, values: $0.1) }))
    }
    return figures
  }

  /// A table of plain cells under a header.
  private struct Rows {
    let path: String
    let names: [String]
    let cells: [[String]]

    init(_ path: String) throws(FileError) {
      self.path = path
      let lines = try CSVReader.cells(try FileBytes.read(path), path: path)
      guard lines.count > 1 else { throw FileError(path: path, .empty) }
      names = lines[0]
      cells = Array(lines.dropFirst())
    }

    func text(_ name: String, _ row: Int) throws(FileError) -> String {
      guard let column = names.firstIndex(of: name) else {
        throw FileError(
          path: path,
          .unknownColumn(name: name, available: names.joined(separator: ", ")))
      }
      return cells[row][column]
    }

    /// A number; NaN in an empty cell.
    func number(_ name: String, _ row: Int) throws(FileError) -> Double {
      let cell = try text(name, row)
      if cell.isEmpty { return .nan }
      guard let value = CSVReader.number(cell) else {
        throw FileError(
          path: path, line: row + 2, column: names.firstIndex(of: name).map { $0 + 1 },
          .notANumber(cell: cell))
      }
      return value
    }
  }
}
