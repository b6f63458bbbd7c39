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
  /// Rows of panels; every row has as many.
  var rows: [[Panel]]

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
      let isLowest = i == rows.count - 1
      for (j, panel) in row.enumerated() {
        let hasBar = hasColourBar && isLowest && j == row.count - 1
        text += """
          \(layout.place(row: i, column: j))
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
