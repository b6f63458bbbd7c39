import RealModule

/// `p_t` as colour and the velocity as arrows, a panel per time.
public struct DensityFigure: Figure {
  /// One panel.
  public struct Panel: Sendable {
    public var title: String
    /// `log p_t` on ``DensityFigure/grid``; NaN where there is none, and empty for no density.
    public var logDensity: [Double]
    /// The velocity on ``DensityFigure/arrows``, two numbers per point; NaN where there is none.
    public var velocities: [Double]
    /// Points to mark, two numbers each.
    public var marks: [Double]

    public init(
      title: String, logDensity: [Double], velocities: [Double], marks: [Double] = []
    ) {
      self.title = title
      self.logDensity = logDensity
      self.velocities = velocities
      self.marks = marks
    }
  }

  public let name: String
  public let caption: String
  public let grid: PlotGrid
  public let arrows: PlotGrid
  /// Rows of panels; every row has as many.
  public let rows: [[Panel]]
  /// What the marks are.
  public let marks: String

  public init(
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

  private var panels: PanelGrid {
    var panels = PanelGrid(rows: rows.count, columns: rows[0].count)
    panels.side = rows[0].count <= 3 ? 290 : 200
    panels.rowGap = 52
    panels.top = 52
    return panels
  }

  public var size: (width: Int, height: Int) { panels.size }

  public var data: PlotData {
    var data = PlotData(
      columns: "per panel: x1 x2 p/max; then x1 x2 and the arrow's components; then x1 x2 of marks")
    for panel in rows.joined() {
      data.append("\(panel.title): density", rows: densityRows(panel))
      data.append("\(panel.title): arrows", rows: arrowRows(panel).rows)
      data.append(
        "\(panel.title): marks",
        rows: stride(from: 0, to: panel.marks.count, by: 2).map {
          [panel.marks[$0], panel.marks[$0 + 1]]
        })
    }
    return data
  }

  private func densityRows(_ panel: Panel) -> [[Double]] {
    let top = panel.logDensity.filter { $0.isFinite }.max() ?? 0
    return panel.logDensity.isEmpty
      ? []
      : grid.rows(panel.logDensity.map { $0.isFinite ? Double.exp($0 - top) : 0 })
  }

  /// Arrows centred on their points; the longest fills the distance between two.
  private func arrowRows(_ panel: Panel) -> (rows: [[Double]], longest: Double) {
    let rows = arrows.rows(panel.velocities).filter { $0[2].isFinite && $0[3].isFinite }
    let longest = rows.map { Double.hypot($0[2], $0[3]) }.max() ?? 0
    guard longest > 0 else { return ([], 0) }
    let factor = 0.95 * arrows.spacing / longest
    return (
      rows.map { row in
        let (u, v) = (row[2] * factor, row[3] * factor)
        return [row[0] - u / 2, row[1] - v / 2, u, v]
      }, longest
    )
  }

  public var commands: String {
    var text = """
      set multiplot
      \(PlotStyle.densityPalette)
      set border 15 lw 0.5
      unset grid
      unset key
      set cbrange [0:1]
      set cbtics 0, 0.5, 1 scale 0.3
      set cblabel "density / largest in the panel" offset 0.5,0
      \(grid.range)
      set xtics autofreq
      set style arrow 1 head size screen 0.004,20,60 filled lc rgb "\(PlotStyle.arrowColour)" lw 1

      """
    for (i, row) in rows.enumerated() {
      for (j, panel) in row.enumerated() {
        let block = 3 * (i * row.count + j)
        let longest = arrowRows(panel).longest
        let arrowText = longest > 0 ? "longest arrow \(short(longest))" : "no velocity here"
        let isLast = i == rows.count - 1 && j == row.count - 1
        text += """
          \(panels.place(row: i, column: j))
          set title \(quoted(panel.title))."\\n{/*0.85 \(arrowText)}"
          set xlabel "\(i == rows.count - 1 ? "x_1" : "")"
          set ylabel "\(j == 0 ? "x_2" : "")"
          \(isLast ? panels.colourBar(row: i) : "unset colorbox")
          plot "\(name).dat" index \(block) using 1:2:3 with image, \\
            "" index \(block + 2) using 1:2 with points pt 7 ps 0.35 lc rgb "#E69F00", \\
            "" index \(block + 1) using 1:2:3:4 with vectors arrowstyle 1

          """
      }
    }
    return text + "unset multiplot\n"
  }
}
