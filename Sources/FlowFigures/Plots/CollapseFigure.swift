/// When one data point owns the posterior: how many x are owned, over the signal-to-noise ratio and over time.
package struct CollapseFigure: Figure {
  /// One curve.
  package struct Curve: Sendable {
    package var title: String
    /// Time and the share of x that one data point owns.
    package var points: [(x: Double, share: Double)]
    /// Where theory puts the collapse.
    package var theory: Double?

    package init(title: String, points: [(x: Double, share: Double)], theory: Double?) {
      self.title = title
      self.points = points
      self.theory = theory
    }
  }

  package let name: String
  package let caption: String
  /// Two panels: their titles, the label of the axis and the curves.
  package let panels: [(title: String, label: String, curves: [Curve])]

  package init(
    name: String, caption: String, panels: [(title: String, label: String, curves: [Curve])]
  ) {
    self.name = name
    self.caption = caption
    self.panels = panels
  }

  package var size: (width: Int, height: Int) { (520 * panels.count, 430) }

  package var data: PlotData {
    var data = PlotData(
      columns: "per curve: x, share; then the theory's x at 0 and 1")
    for curve in panels.flatMap(\.curves) {
      data.append(curve.title, rows: curve.points.map { [$0.x, $0.share] })
      data.append(
        "\(curve.title): theory", rows: curve.theory.map { [[$0, 0], [$0, 1]] } ?? [])
    }
    return data
  }

  package var commands: String {
    var text = "set multiplot\nset yrange [0:1.02]\n"
    var block = 0
    for (k, panel) in panels.enumerated() {
      let (left, right) = (Double(k) / Double(panels.count), Double(k + 1) / Double(panels.count))
      var lines: [String] = []
      for (j, curve) in panel.curves.enumerated() {
        let colour = PlotStyle.colours[j % PlotStyle.colours.count]
        let dash = PlotStyle.dashes[j / PlotStyle.colours.count % PlotStyle.dashes.count]
        lines.append(
          "\"\(name).dat\" index \(block) using 1:2 with lines lc rgb \"\(colour)\" lw 1.8 "
            + "dt \(dash) title \(quoted(curve.title))")
        if curve.theory != nil {
          lines.append(
            "\"\(name).dat\" index \(block + 1) using 1:2 with lines lc rgb \"\(colour)\" lw 1.6 "
              + "dt 3 notitle")
        }
        block += 2
      }
      text += """
        set lmargin at screen \(left + 0.075)
        set rmargin at screen \(right - 0.02)
        set tmargin at screen 0.9
        set bmargin at screen 0.14
        set title \(quoted(panel.title))
        set xlabel \(quoted(panel.label))
        set ylabel "\(k == 0 ? "share of x that one data point owns" : "")"
        set key left top Left reverse
        plot \(lines.joined(separator: ", \\\n  "))

        """
    }
    return text + "unset multiplot\n"
  }
}
