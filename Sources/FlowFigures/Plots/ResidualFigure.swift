import RealModule

/// How large the continuity residual is over the plane: `log10 |r|`, a panel per time.
public struct ResidualFigure: Figure {
  public let name: String
  public let caption: String
  public let grid: PlotGrid
  /// Residuals on the grid; NaN where there is none. A row of panels per field.
  public let rows: [[(title: String, residual: [Double])]]
  /// What the colour means, its unit in brackets.
  public let label: String

  public init(
    name: String, caption: String, grid: PlotGrid,
    rows: [[(title: String, residual: [Double])]], label: String
  ) {
    self.name = name
    self.caption = caption
    self.grid = grid
    self.rows = rows
    self.label = label
  }

  private var panels: PanelGrid {
    PanelGrid(rows: rows.count, columns: rows[0].count, side: rows[0].count <= 3 ? 290 : 230)
  }

  public var size: (width: Int, height: Int) { panels.size }

  public var data: PlotData {
    var data = PlotData(columns: "per panel: x1 x2 log10 |residual|")
    for panel in rows.joined() {
      data.append(
        panel.title,
        rows: grid.rows(panel.residual.map { $0 == 0 ? -20 : Double.log10(abs($0)) }))
    }
    return data
  }

  /// Whole powers of ten around all but the smallest residuals.
  private var range: (low: Int, high: Int) {
    let sizes = rows.joined().flatMap(\.residual).map { abs($0) }.filter { $0 > 0 }.sorted()
    guard let largest = sizes.last else { return (-1, 0) }
    let high = Int(Double.log10(largest).rounded(.up))
    let low = Int(Double.log10(sizes[sizes.count / 50]).rounded(.down))
    return (min(low, high - 1), high)
  }

  public var commands: String {
    let (low, high) = range
    var text = """
      set multiplot
      \(PlotStyle.errorPalette)
      set border 15 lw 0.5
      unset grid
      unset key
      set cbrange [\(low):\(high)]
      set cbtics \(max(1, (high - low + 3) / 4)) format "10^{%.0f}" scale 0.3
      set cblabel \(quoted(label)) offset 1,0
      \(grid.range)

      """
    for (i, row) in rows.enumerated() {
      for (j, panel) in row.enumerated() {
        let isLast = i == rows.count - 1 && j == row.count - 1
        text += """
          \(panels.place(row: i, column: j))
          set title \(quoted(panel.title))
          set xlabel "\(i == rows.count - 1 ? "x_1" : "")"
          set ylabel "\(j == 0 ? "x_2" : "")"
          \(isLast ? panels.colourBar(row: i) : "unset colorbox")
          plot "\(name).dat" index \(i * row.count + j) using 1:2:3 with image

          """
      }
    }
    return text + "unset multiplot\n"
  }
}
