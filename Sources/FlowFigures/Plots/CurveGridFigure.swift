import RealModule

/// The same curves in many panels, both axes logarithmic, with one key for all.
package struct CurveGridFigure: Figure {
  /// What a curve is called in the key, and how it is drawn in every panel.
  package struct Series: Sendable {
    /// Kinds of curves that are told apart by more than colour.
    package enum Kind: Sendable, Equatable { case solid, dashed, heavy }

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
  /// The numbers under the axis.
  package let ticks: [Int]
  /// The ends of the axis.
  package let ends: (Double, Double)
  /// What is above this is not drawn.
  package let top: Double
  /// What the floor is called in the key.
  package let floorTitle: String

  package init(
    name: String, caption: String, series: [Series], panels: [Panel], columns: Int,
    labels: (x: String, y: String), ticks: [Int], ends: (Double, Double),
    top: Double = .infinity, floorTitle: String = ""
  ) {
    (self.name, self.caption, self.series, self.panels) = (name, caption, series, panels)
    (self.columns, self.labels, self.ticks, self.ends) = (columns, labels, ticks, ends)
    (self.top, self.floorTitle) = (top, floorTitle)
  }

  /// The key stands to the right.
  private var wide: PanelGrid {
    PanelGrid(
      rows: (panels.count + columns - 1) / columns, columns: columns, side: 222, left: 66,
      right: 148, top: 34, bottom: 52, gap: 14, rowGap: 34)
  }

  /// Two columns, and the key above.
  private var tall: PanelGrid {
    PanelGrid(
      rows: (panels.count + 1) / 2, columns: 2, side: 192, left: 66, right: 8, top: 146, bottom: 52,
      gap: 14, rowGap: 34)
  }

  package var size: (width: Int, height: Int) { wide.size }

  package var narrow: Layout? {
    columns > 2 ? Layout(size: tall.size, commands: draw(tall, isNarrow: true)) : nil
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
      data.append(
        "\(panel.title): floor",
        rows: panel.floor.map { [[ends.0, $0], [ends.1, $0]] } ?? [])
    }
    return data
  }

  package var commands: String { draw(wide, isNarrow: false) }

  /// Whole powers of ten around what is drawn, the same in every panel, and none above ``top``; a line and a number at every
  /// one, or at every other.
  private var range: String {
    let values = panels.flatMap { $0.curves.flatMap(shown).map(\.y) }
    let low = Double.log10(values.min() ?? 0.1).rounded(.down)
    let high = max(
      low + 1, min(Double.log10(top), Double.log10(values.max() ?? 1)).rounded(.up))
    return """
      set yrange [1e\(Int(low)):1e\(Int(high))]
      set ytics \(high - low > 5 ? 100 : 10)
      """
  }

  /// Only solid curves have marks: what is told apart by dashes needs none.
  private func curve(_ k: Int) -> String {
    // Black is the heavy curve's.
    let black = PlotStyle.colours.firstIndex(of: "#000000")!
    let own = k < black ? k : k + 1
    switch series[k].kind {
    case .solid: return "linespoints \(PlotStyle.line(own, width: 1.6, pointSize: 0.45))"
    case .dashed:
      let place = series[..<k].count { $0.kind == .dashed }
      return "lines lc rgb \"\(PlotStyle.colours[own % PlotStyle.colours.count])\" lw 1.5 "
        + "dt \(Self.dashes[place % Self.dashes.count])"
    case .heavy: return "lines lc rgb \"\(PlotStyle.colours[black])\" lw 2.4 dt 1"
    }
  }

  private static let dashes = ["2", "3", "4", "5"]

  private func draw(_ grid: PanelGrid, isNarrow: Bool) -> String {
    let tics = ticks.map { "\"\($0)\" \($0)" }.joined(separator: ", ")
    var text = """
      set multiplot
      set logscale xy
      set xrange [\(ends.0):\(ends.1)]
      \(range)
      set mxtics 1
      set mytics 1

      """
    for (k, panel) in panels.enumerated() {
      let (row, column) = (k / grid.columns, k % grid.columns)
      let isLowest = k + grid.columns >= panels.count
      let first = k * (series.count + 1)
      var lines = series.indices.map {
        "\"\(name).dat\" index \(first + $0) using 1:2 with \(curve($0))"
      }
      if panel.floor != nil {
        lines.append("\"\(name).dat\" index \(first + series.count) using 1:2 with \(Self.floor)")
      }
      text += """
        \(grid.place(row: row, column: column, hasLabels: isLowest))
        set format y "\(column == 0 ? "10^{%L}" : "")"
        set xtics (\(isLowest ? tics : ticks.map { "\"\" \($0)" }.joined(separator: ", ")))
        set title \(quoted(panel.title))
        set xlabel \(isLowest ? quoted(labels.x) : "\"\"")
        set ylabel \(column == 0 ? quoted(labels.y) : "\"\"") offset 1.2,0
        unset key
        plot \(lines.joined(separator: ", \\\n  "))

        """
    }
    return text + key(isNarrow: isNarrow, grid.size) + "unset multiplot\n"
  }

  private static let floor = "lines lc rgb \"#888888\" lw 1.2 dt 1"

  /// A plot of nothing over the whole figure, so that the key has all of its height.
  private func key(isNarrow: Bool, _ size: (width: Int, height: Int)) -> String {
    let (width, height) = (Double(size.width), Double(size.height))
    var lines = series.indices.map { "NaN with \(curve($0)) title \(quoted(series[$0].title))" }
    if panels.contains(where: { $0.floor != nil }) {
      lines.append("NaN with \(Self.floor) title \(quoted(floorTitle))")
    }
    let place =
      isNarrow
      ? "0.02, screen \(1 - 6 / height) left top Left reverse vertical maxrows 5"
      : "\((width - 142) / width), screen \((height - 12) / height) left top Left reverse "
        + "spacing 1.05"
    return """
      set lmargin at screen 0
      set rmargin at screen 1
      set bmargin at screen 0
      set tmargin at screen 1
      unset border
      unset tics
      unset title
      unset xlabel
      unset ylabel
      set key at screen \(place)
      plot \(lines.joined(separator: ", \\\n  "))

      """
  }
}
