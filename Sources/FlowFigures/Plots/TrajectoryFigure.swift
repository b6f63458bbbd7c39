/// Trajectories from noise to data, a panel per field.
package struct TrajectoryFigure: Figure {
  /// One panel.
  package struct Panel: Sendable {
    package var title: String
    /// Per trajectory its points, two numbers each.
    package var trajectories: [[Double]]

    package init(title: String, trajectories: [[Double]]) {
      self.title = title
      self.trajectories = trajectories
    }
  }

  package let name: String
  package let caption: String
  package let panels: [Panel]
  /// The window, or `nil` for one that holds everything.
  package let window: PlotGrid?

  package init(name: String, caption: String, panels: [Panel], window: PlotGrid? = nil) {
    self.name = name
    self.caption = caption
    self.panels = panels
    self.window = window
  }

  /// A square that holds the panel's trajectories.
  private func square(_ panel: Panel) -> String {
    if let window { return window.range }
    func range(_ axis: Int) -> (middle: Double, half: Double) {
      let values = panel.trajectories.flatMap { points in
        stride(from: axis, to: points.count, by: 2).map { points[$0] }
      }.filter(\.isFinite)
      let (low, high) = (values.min() ?? -1, values.max() ?? 1)
      return ((low + high) / 2, (high - low) / 2)
    }
    let (x, y) = (range(0), range(1))
    let half = 1.06 * max(x.half, y.half, 1e-6)
    return """
      set xrange [\(x.middle - half):\(x.middle + half)]
      set yrange [\(y.middle - half):\(y.middle + half)]
      """
  }

  private func grid(columns: Int) -> PanelGrid {
    PanelGrid(
      rows: (panels.count + columns - 1) / columns, columns: columns,
      side: panels.count <= 3 ? 300 : 230, right: 118, gap: 44, rowGap: 74)
  }

  private var grid: PanelGrid { grid(columns: panels.count) }

  package var narrow: Layout? {
    guard panels.count > 1 else { return nil }
    return Layout(size: grid(columns: 1).size, commands: draw(grid(columns: 1)))
  }

  package var size: (width: Int, height: Int) { grid.size }

  package var data: PlotData {
    var data = PlotData(
      columns:
        "per panel: x1 x2 along each trajectory, a blank line between two; first points; last")
    for panel in panels {
      data.append(
        panel.title,
        rows: panel.trajectories.flatMap { trajectory in
          stride(from: 0, to: trajectory.count, by: 2).map { Array(trajectory[$0..<$0 + 2]) } + [[]]
        })
      data.append("\(panel.title): start", rows: panel.trajectories.map { Array($0.prefix(2)) })
      data.append("\(panel.title): end", rows: panel.trajectories.map { Array($0.suffix(2)) })
    }
    return data
  }

  package var commands: String { draw(grid) }

  private func draw(_ grid: PanelGrid) -> String {
    var text = "set multiplot\n"
    for (k, panel) in panels.enumerated() {
      let isLast = k == panels.count - 1
      text += """
        \(grid.place(row: k / grid.columns, column: k % grid.columns, hasLabels: true))
        \(square(panel))
        set format y "%g"
        set title \(quoted(panel.title))
        set xlabel "x_1"
        set ylabel "\(k % grid.columns == 0 ? "x_2" : "")"
        \(isLast ? "set key at screen 0.995, screen 0.85 right top Left reverse" : "unset key")
        plot "\(name).dat" index \(3 * k) using 1:2 with lines lw 0.9 lc rgb "#9fb7c9" \\
            title "trajectory", \\
          "" index \(3 * k + 1) using 1:2 with points pt 6 ps 0.35 lc rgb "#555555" title "start", \\
          "" index \(3 * k + 2) using 1:2 with points pt 7 ps 0.35 lc rgb "#D55E00" title "end"

        """
    }
    return text + "unset multiplot\n"
  }
}
