/// Samples of the plane in rows and columns of panels, all in one window.
package struct SampleGridFigure: Figure {
  package let name: String
  package let caption: String
  package let window: PlotGrid
  /// What the rows and the columns are called.
  package let rows: [String]
  package let columns: [String]
  /// Of every row and column its points, two numbers each.
  package let points: [[[Double]]]

  package init(
    name: String, caption: String, window: PlotGrid, rows: [String], columns: [String],
    points: [[[Double]]]
  ) {
    (self.name, self.caption, self.window) = (name, caption, window)
    (self.rows, self.columns, self.points) = (rows, columns, points)
  }

  private var wide: PanelGrid {
    PanelGrid(
      rows: rows.count, columns: columns.count, side: 132, left: 66, right: 12, top: 30, bottom: 34,
      gap: 8, rowGap: 8)
  }

  /// Rows and columns change places.
  private var tall: PanelGrid {
    PanelGrid(
      rows: columns.count, columns: rows.count, side: 116, left: 60, right: 12, top: 30, bottom: 34,
      gap: 8, rowGap: 8)
  }

  package var size: (width: Int, height: Int) { wide.size }

  package var narrow: Layout? {
    columns.count > rows.count
      ? Layout(size: tall.size, commands: draw(tall, isTurned: true)) : nil
  }

  package var data: PlotData {
    var data = PlotData(columns: "per panel: x1 x2")
    for (row, panels) in zip(rows, points) {
      for (column, points) in zip(columns, panels) {
        data.append("\(row): \(column)", pairs: points)
      }
    }
    return data
  }

  package var commands: String { draw(wide, isTurned: false) }

  private func draw(_ grid: PanelGrid, isTurned: Bool) -> String {
    var text = "set multiplot\n\(window.range)\nunset key\nset border 15\n"
    for (r, row) in rows.enumerated() {
      for (c, column) in columns.enumerated() {
        let (line, place) = isTurned ? (c, r) : (r, c)
        let (left, above) = isTurned ? (column, row) : (row, column)
        text += """
          \(grid.place(row: line, column: place))
          set xtics autofreq \(window.length / 2)
          set ytics autofreq \(window.length / 2)
          set format xy ""
          set title \(line == 0 ? quoted(above) : "\"\"")
          set ylabel \(place == 0 ? quoted(left) : "\"\"")
          plot "\(name).dat" index \(r * columns.count + c) using 1:2 with points pt 7 ps 0.18 \\
            lc rgb "#0072B2"

          """
      }
    }
    return text + "unset multiplot\n"
  }
}
