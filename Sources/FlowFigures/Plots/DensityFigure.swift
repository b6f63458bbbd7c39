import RealModule

/// `p_t` as colour and the velocity as arrows, a panel per time.
package struct DensityFigure: Figure {
  /// One panel.
  package struct Panel: Sendable {
    package var title: String
    /// `log p_t` on ``DensityFigure/grid``; NaN where there is none, and empty for no density.
    package var logDensity: [Double]
    /// The velocity on ``DensityFigure/arrows``, two numbers per point; NaN where there is none.
    package var velocities: [Double]
    /// Points to mark, two numbers each.
    package var marks: [Double]

    package init(
      title: String, logDensity: [Double], velocities: [Double], marks: [Double] = []
    ) {
      self.title = title
      self.logDensity = logDensity
      self.velocities = velocities
      self.marks = marks
    }
  }

  package let name: String
  package let caption: String
  package let grid: PlotGrid
  package let arrows: PlotGrid
  /// Rows of panels; every row has as many.
  package let rows: [[Panel]]
  /// What the marks are.
  package let marks: String

  package init(
    name: String, caption: String, grid: PlotGrid, arrows: PlotGrid, rows: [[Panel]],
    marks: String = ""
  ) {
    self.name = name
    self.caption = caption
    self.grid = grid
    self.arrows = arrows
    self.rows = rows
    self.marks = marks
  }

  private var layout: PanelGrid {
    PanelGrid(
      rows: rows.count, columns: rows[0].count, side: rows[0].count <= 3 ? 290 : 200, top: 52,
      rowGap: 52)
  }

  package var size: (width: Int, height: Int) { layout.size }

  package var data: PlotData {
    var data = PlotData(
      columns: "per panel: x1 x2 p/max; then x1 x2 and the arrow's components; then x1 x2 of marks")
    for panel in rows.joined() {
      data.append("\(panel.title): density", rows: densityRows(panel))
      let arrows = Arrows(panel.velocities, on: self.arrows)
      data.append("\(panel.title): arrows", rows: arrows.rows(unit: arrows.longest))
      data.append("\(panel.title): marks", pairs: panel.marks)
    }
    return data
  }

  private func densityRows(_ panel: Panel) -> [[Double]] {
    let top = panel.logDensity.filter { $0.isFinite }.max() ?? 0
    return panel.logDensity.isEmpty
      ? []
      : grid.rows(panel.logDensity.map { $0.isFinite ? Double.exp($0 - top) : 0 })
  }

  package var commands: String { maps.commands }

  package var narrow: Layout? { maps.narrow }

  private var maps: PlaneMaps {
    var rows: [[PlaneMaps.Panel]] = []
    var block = 0
    for row in self.rows {
      rows.append([])
      for panel in row {
        let longest = Arrows(panel.velocities, on: arrows).longest
        let arrowText = longest > 0 ? "longest arrow \(short(longest))" : "no velocity here"
        rows[rows.count - 1].append(
          PlaneMaps.Panel(
            title: "\(quoted(panel.title)).\"\\n{/*0.85 \(arrowText)}\"", window: grid,
            plots: [
              "\"\(name).dat\" index \(block) using 1:2:3 with image",
              "\"\" index \(block + 2) using 1:2 with points pt 7 ps 0.35 lc rgb \"#E69F00\"",
              "\"\" index \(block + 1) using 1:2:3:4 with vectors arrowstyle 1",
            ]))
        block += 3
      }
    }
    return PlaneMaps(
      layout: layout,
      setting: """
        \(PlotStyle.densityPalette)
        set cbrange [0:1]
        set cbtics 0, 0.5, 1 scale 0.3
        set cblabel "density / largest in the panel" offset 0.5,0
        set xtics autofreq
        \(Arrows.style(size: 0.004, colour: PlotStyle.arrowColour))
        """, rows: rows
    )
  }
}
