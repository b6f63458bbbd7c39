/// Maps of the plane side by side: square panels with axes on the outside only and one colour bar for
/// all of them.
struct PlaneMaps {
  /// One panel.
  struct Panel {
    /// In gnuplot's words, quoted.
    var title: String
    var window: PlotGrid
    /// What follows `plot`.
    var plots: [String]
  }

  var layout: PanelGrid
  /// Palette, ranges and label of the colours, and other settings of all panels.
  var setting: String
  var hasColourBar = true
  /// Rows of panels; the last may be shorter.
  var rows: [[Panel]]

  /// The same panels, two to a row, for a narrow screen; `nil` where they are as few.
  var narrow: Layout? {
    guard rows[0].count > 2 else { return nil }
    var wrapped = self
    wrapped.rows = rows.flatMap { row in
      stride(from: 0, to: row.count, by: 2).map { Array(row[$0..<min($0 + 2, row.count)]) }
    }
    wrapped.layout.columns = 2
    wrapped.layout.rows = wrapped.rows.count
    wrapped.layout.side = 190
    return Layout(size: wrapped.layout.size, commands: wrapped.commands)
  }

  /// The commands that draw them.
  var commands: String {
    var text = """
      set multiplot
      set border 15 lw 0.5
      unset grid
      unset key
      \(setting)

      """
    for (i, row) in rows.enumerated() {
      for (j, panel) in row.enumerated() {
        let isLowest = i == rows.count - 1 || j >= rows[i + 1].count
        let hasBar = hasColourBar && i == rows.count - 1 && j == row.count - 1
        text += """
          \(layout.place(row: i, column: j, hasLabels: isLowest))
          \(panel.window.range)
          set title \(panel.title)
          set xlabel "\(isLowest ? "x_1" : "")"
          set ylabel "\(j == 0 ? "x_2" : "")"
          \(hasBar ? layout.colourBar(row: i) : "unset colorbox")
          plot \(panel.plots.joined(separator: ", \\\n  "))

          """
      }
    }
    return text + "unset multiplot\n"
  }
}
