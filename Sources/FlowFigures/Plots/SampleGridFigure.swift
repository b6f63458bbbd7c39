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
      rows: rows.count, columns: columns.count, side: 132, left: 40, right: 12, top: 30, bottom: 12,
      gap: 8, rowGap: 8)
  }

  /// Rows and columns change places.
  private var tall: PanelGrid {
    PanelGrid(
      rows: columns.count, columns: rows.count, side: 116, left: 40, right: 12, top: 30, bottom: 12,
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

  /// How many points are outside the window.
  private func outside(_ points: [Double]) -> Int {
    let upper = (window.lower.x + window.length, window.lower.y + window.length)
    return stride(from: 0, to: points.count, by: 2).count { k in
      !(points[k] >= window.lower.x && points[k] <= upper.0 && points[k + 1] >= window.lower.y
        && points[k + 1] <= upper.1)
    }
  }

  private func draw(_ grid: PanelGrid, isTurned: Bool) -> String {
    var text = """
      set multiplot
      \(window.range)
      unset key
      set border 15 lc rgb "#999999" lw 0.6
      unset tics
      unset grid

      """
    for (r, row) in rows.enumerated() {
      for (c, column) in columns.enumerated() {
        let (line, place) = isTurned ? (c, r) : (r, c)
        let (left, above) = isTurned ? (column, row) : (row, column)
        let outside = outside(points[r][c])
        text += """
          \(grid.place(row: line, column: place))
          \(outside > 0 ? "set label 1 \"\(outside) outside\" at graph 0.5, graph 0.08 center tc rgb \"#666666\" front" : "unset label 1")
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
