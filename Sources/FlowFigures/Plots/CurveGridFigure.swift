import RealModule

/// The same curves in many panels, both axes logarithmic, with one key for all.
package struct CurveGridFigure: Figure {
  /// What a curve is called in the key, and how it is drawn in every panel.
  package struct Series: Sendable {
    /// Kinds of curves that are told apart by more than colour.
    package enum Kind: Sendable { case solid, dashed, heavy }

    package var title: String
    package var kind: Kind

    package init(title: String, kind: Kind) {
      (self.title, self.kind) = (title, kind)
    }
  }

  /// One panel.
  package struct Panel: Sendable {
    package var title: String
    /// Of every series its points; those with a place on logarithmic axes are drawn.
    package var curves: [[(x: Double, y: Double)]]
    /// A level below which nothing is told apart.
    package var floor: Double?

    package init(title: String, curves: [[(x: Double, y: Double)]], floor: Double? = nil) {
      (self.title, self.curves, self.floor) = (title, curves, floor)
    }
  }

  package let name: String
  package let caption: String
  package let series: [Series]
  package let panels: [Panel]
  /// Panels per row.
  package let columns: Int
  package let labels: (x: String, y: String)
  /// The numbers under the axis, the first and the last its ends.
  package let ticks: [Int]
  /// What the floor is called in the key.
  package let floorTitle: String

  package init(
    name: String, caption: String, series: [Series], panels: [Panel], columns: Int,
    labels: (x: String, y: String), ticks: [Int], floorTitle: String = ""
  ) {
    precondition(ticks.count >= 2, "an axis has two ends")
    (self.name, self.caption, self.series, self.panels) = (name, caption, series, panels)
    (self.columns, self.labels, self.ticks) = (columns, labels, ticks)
    self.floorTitle = floorTitle
  }

  private var grid: PanelGrid { grid(columns: columns) }

  /// The key stands to the right of wide figures and above narrow ones.
  private func grid(columns: Int) -> PanelGrid {
    PanelGrid(
      rows: (panels.count + columns - 1) / columns, columns: columns,
      side: columns > 2 ? 222 : 192, left: 66, right: columns > 2 ? 128 : 8,
      top: columns > 2 ? 34 : 130, bottom: 52, gap: 14, rowGap: 34)
  }

  package var size: (width: Int, height: Int) { grid.size }

  package var narrow: Layout? {
    guard columns > 2 else { return nil }
    let narrow = grid(columns: 2)
    return Layout(size: narrow.size, commands: draw(narrow))
  }

  private func shown(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    points.filter { $0.y > 0 && $0.y.isFinite && $0.x > 0 && $0.x.isFinite }.sorted { $0.x < $1.x }
  }

  package var data: PlotData {
    var data = PlotData(columns: "per panel and curve: \(labels.x), \(labels.y)")
    for panel in panels {
      for (series, points) in zip(series, panel.curves) {
        data.append("\(panel.title): \(series.title)", rows: shown(points).map { [$0.x, $0.y] })
      }
      let ends = [Double(ticks[0]), Double(ticks[ticks.count - 1])]
      data.append(
        "\(panel.title): floor",
        rows: panel.floor.map { floor in ends.map { [$0, floor] } } ?? [])
    }
    return data
  }

  package var commands: String { draw(grid) }

  /// Whole powers of ten around what is drawn, the same in every panel; at most thirteen of them.
  private var range: String {
    let values = panels.flatMap { $0.curves.flatMap(shown).map(\.y) + [$0.floor].compactMap { $0 } }
    let low = Double.log10(values.min() ?? 0.1).rounded(.down)
    let high = Double.log10(values.max() ?? 1).rounded(.up)
    let top = min(max(high, low + 1), 4)
    return "[1e\(Int(max(low, top - 13))):1e\(Int(top))]"
  }

  private func style(_ k: Int) -> String {
    // Black is the heavy curve's.
    let black = PlotStyle.colours.firstIndex(of: "#000000")!
    let own = k < black ? k : k + 1
    return switch series[k].kind {
    case .solid: PlotStyle.line(own, width: 1.6, pointSize: 0.45)
    case .dashed: PlotStyle.line(own, width: 1.4, pointSize: 0.4, dash: "3")
    case .heavy: PlotStyle.line(black, width: 2.2, pointSize: 0.5)
    }
  }

  private func draw(_ grid: PanelGrid) -> String {
    let isNarrow = grid.columns < columns
    let (width, height) = (Double(grid.size.width), Double(grid.size.height))
    let tics = ticks.map { "\"\($0)\" \($0)" }.joined(separator: ", ")
    var text = """
      set multiplot
      set logscale xy
      set xrange [\(Double(ticks[0]) * 0.9):\(Double(ticks[ticks.count - 1]) * 1.15)]
      set yrange \(range)
      set mxtics 1
      set mytics 1

      """
    for (k, panel) in panels.enumerated() {
      let (row, column) = (k / grid.columns, k % grid.columns)
      let isLowest = k + grid.columns >= panels.count
      let first = k * (series.count + 1)
      var lines = series.indices.map {
        "\"\(name).dat\" index \(first + $0) using 1:2 with linespoints \(style($0)) "
          + "title \(quoted(series[$0].title))"
      }
      if panels.contains(where: { $0.floor != nil }) {
        lines.append(
          "\"\(name).dat\" index \(first + series.count) using 1:2 with lines lc rgb \"#555555\" "
            + "lw 1 dt 2 title \(quoted(floorTitle))")
      }
      let key =
        isNarrow
        ? "set key at screen 0.02, screen \(1 - 6 / height) left top Left reverse vertical maxrows 6 "
          + "width -1 spacing 1.1"
        : "set key at screen \((width - 120) / width), screen \((height - 30) / height) left top "
          + "Left reverse"
      text += """
        \(grid.place(row: row, column: column, hasLabels: isLowest))
        set format y "\(column == 0 ? "10^{%L}" : "")"
        set xtics (\(isLowest ? tics : ticks.map { "\"\" \($0)" }.joined(separator: ", ")))
        set title \(quoted(panel.title))
        set xlabel \(isLowest ? quoted(labels.x) : "\"\"")
        set ylabel \(column == 0 ? quoted(labels.y) : "\"\"") offset 1.2,0
        \(k == 0 ? key : "unset key")
        plot \(lines.joined(separator: ", \\\n  "))

        """
    }
    return text + "unset multiplot\n"
  }
}
