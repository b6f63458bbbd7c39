import RealModule

/// The residual of the continuity equation over the plane, a panel per time: its size in powers of ten
/// where it is all rounding, with its sign where the field is wrong.
package struct ResidualFigure: Figure {
  /// What colours mean.
  package enum Scale: Sendable {
    /// `log10 |r|`.
    case powersOfTen
    /// r, as far below zero as above; each panel in units of its own largest value, which its title
    /// tells.
    case signed
  }

  /// One panel.
  package struct Panel: Sendable {
    package var title: String
    package var grid: PlotGrid
    /// Residuals on the grid; NaN where there is none.
    package var residual: [Double]

    package init(title: String, grid: PlotGrid, residual: [Double]) {
      self.title = title
      self.grid = grid
      self.residual = residual
    }
  }

  package let name: String
  package let caption: String
  /// A row of panels per field.
  package let rows: [[Panel]]
  /// What the colour means, its unit in brackets.
  package let label: String
  package let scale: Scale
  /// What every panel shows; `nil` for its own grid.
  package let window: PlotGrid?

  package init(
    name: String, caption: String, rows: [[Panel]], label: String, scale: Scale = .powersOfTen,
    window: PlotGrid? = nil
  ) {
    self.name = name
    self.caption = caption
    self.rows = rows
    self.label = label
    self.scale = scale
    self.window = window
  }

  private var layout: PanelGrid {
    var layout = PanelGrid(
      rows: rows.count, columns: rows[0].count, side: rows[0].count <= 3 ? 290 : 230,
      right: 112)
    if scale == .signed {
      layout.top = 52
      layout.rowGap = 52
    }
    return layout
  }

  package var size: (width: Int, height: Int) { layout.size }

  private static func largest(_ panel: Panel) -> Double {
    panel.residual.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
  }

  package var data: PlotData {
    var data = PlotData(
      columns: scale == .signed
        ? "per panel: x1 x2 residual/largest" : "per panel: x1 x2 log10 |residual|")
    for panel in rows.joined() {
      let largest = Self.largest(panel)
      data.append(
        panel.title,
        rows: panel.grid.rows(
          panel.residual.map { value in
            switch scale {
            case .signed: largest > 0 ? value / largest : value
            case .powersOfTen: value == 0 ? -20 : Double.log10(abs(value))
            }
          }))
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

  private var colours: String {
    switch scale {
    case .signed:
      return """
        \(PlotStyle.signedPalette)
        set cbrange [-1:1]
        set cbtics -1, 0.5, 1 scale 0.3
        """
    case .powersOfTen:
      let (low, high) = range
      return """
        \(PlotStyle.errorPalette)
        set cbrange [\(low):\(high)]
        set cbtics \(max(1, (high - low + 3) / 4)) format "10^{%.0f}" scale 0.3
        """
    }
  }

  private func title(_ panel: Panel) -> String {
    guard scale == .signed else { return quoted(panel.title) }
    return "\(quoted(panel.title)).\"\\n{/*0.85 largest \(short(Self.largest(panel), digits: 2))}\""
  }

  package var commands: String { maps.commands }

  package var narrow: Layout? { maps.narrow }

  private var maps: PlaneMaps {
    var block = 0
    let panels = rows.map { row in
      row.map { panel in
        defer { block += 1 }
        return PlaneMaps.Panel(
          title: title(panel), window: window ?? panel.grid,
          plots: ["\"\(name).dat\" index \(block) using 1:2:3 with image"])
      }
    }
    return PlaneMaps(
      layout: layout, setting: "\(colours)\nset cblabel \(quoted(label)) offset 1,0", rows: panels
    )
  }
}
