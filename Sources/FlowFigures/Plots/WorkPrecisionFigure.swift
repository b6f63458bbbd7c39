import RealModule

/// The error of solvers against the number of evaluations that it took, a panel per family of solvers.
package struct WorkPrecisionFigure: Figure {
  /// The points of one solver, one per tolerance or number of steps.
  package struct Series: Sendable {
    package var solver: String
    /// The family: series of one share a panel.
    package var family: String
    package var points: [Point]

    package init(solver: String, family: String, points: [Point]) {
      self.solver = solver
      self.family = family
      self.points = points
    }
  }

  /// One run.
  package struct Point: Sendable {
    /// Evaluations per trajectory.
    package var evaluations: Double
    /// The error of the final state.
    package var error: Double
    /// Seconds, for tables; `nil` where it was not measured. A single run's time tells more of what else the machine
    /// does than of the solver, and is not drawn.
    package var seconds: Double?

    package init(evaluations: Double, error: Double, seconds: Double? = nil) {
      self.evaluations = evaluations
      self.error = error
      self.seconds = seconds
    }
  }

  package let name: String
  package let caption: String
  package let series: [Series]

  package init(name: String, caption: String, series: [Series]) {
    self.name = name
    self.caption = caption
    self.series = series
  }

  private var families: [String] {
    var result: [String] = []
    for one in series where !result.contains(one.family) { result.append(one.family) }
    return result
  }

  private static let panel = (width: 520, height: 400)

  package var size: (width: Int, height: Int) {
    (Self.panel.width * families.count + 20, Self.panel.height)
  }

  package var data: PlotData {
    var data = PlotData(columns: "per solver: evaluations, error, seconds")
    for series in series {
      data.append(
        series.solver,
        // An error of zero has no place on this axis.
        rows: series.points.filter { $0.error > 0 }.sorted { $0.evaluations < $1.evaluations }
          .map { [$0.evaluations, $0.error, $0.seconds ?? .nan] })
    }
    return data
  }

  package var commands: String { draw(columns: families.count) }

  package var narrow: Layout? {
    families.count < 2
      ? nil
      : Layout(
        size: (Self.panel.width, Self.panel.height * families.count), commands: draw(columns: 1))
  }

  /// The smallest and largest of what is drawn, as whole powers of ten: the same axes in every panel.
  private func range(_ value: (Point) -> Double) -> String {
    let all = series.flatMap(\.points).filter { $0.error > 0 && $0.error.isFinite }.map(value)
    let low = Double.log10(all.min() ?? 1).rounded(.down)
    let high = Double.log10(all.max() ?? 10).rounded(.up)
    return "[1e\(Int(low)):1e\(Int(max(high, low + 1)))]"
  }

  private func draw(columns: Int) -> String {
    let rows = (families.count + columns - 1) / columns
    let (width, height) = (
      Double(columns * Self.panel.width + 20), Double(rows * Self.panel.height)
    )
    var text = """
      set multiplot
      set logscale xy
      set format xy "10^{%L}"
      set xrange \(range(\.evaluations))
      set yrange \(range(\.error))
      set mxtics 1
      set mytics 1

      """
    for (k, family) in families.enumerated() {
      let left = Double(k % columns * Self.panel.width) + 78
      let bottom = Double((rows - 1 - k / columns) * Self.panel.height) + 54
      let own = series.enumerated().filter { $0.element.family == family }
      let lines = own.enumerated().map { j, one in
        "\"\(name).dat\" index \(one.offset) using 1:2 with linespoints \(PlotStyle.line(j)) "
          + "title \(quoted(one.element.solver))"
      }
      text += """
        set lmargin at screen \(left / width)
        set rmargin at screen \((left + 282) / width)
        set bmargin at screen \(bottom / height)
        set tmargin at screen \((bottom + 312) / height)
        set title \(quoted(family))
        set ylabel "\(k % columns == 0 ? "error of the final state (largest norm)" : "")" offset 1.4,0
        set xlabel "evaluations of the field per trajectory (NFE)"
        set key at screen \((left + 292) / width), screen \((bottom + 316) / height) left top Left reverse
        plot \(lines.joined(separator: ", \\\n  "))

        """
    }
    return text + "unset multiplot\n"
  }
}
