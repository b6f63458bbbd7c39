/// The error of solvers against the number of evaluations that it took, and against time.
package struct WorkPrecisionFigure: Figure {
  /// The points of one solver, one per tolerance or number of steps.
  package struct Series: Sendable {
    package var solver: String
    package var points: [Point]

    package init(solver: String, points: [Point]) {
      self.solver = solver
      self.points = points
    }
  }

  /// One run.
  package struct Point: Sendable {
    /// Evaluations per trajectory.
    package var evaluations: Double
    /// The error of the final state.
    package var error: Double
    /// Seconds; `nil` where it was not measured.
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

  private var hasTimes: Bool {
    series.contains { $0.points.contains { ($0.seconds ?? 0) > 0 } }
  }

  package var size: (width: Int, height: Int) {
    // Room for the key.
    (hasTimes ? 1000 : 640, max(400, 70 + 21 * series.count))
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

  private func plot(_ column: Int) -> String {
    let lines = series.enumerated().map { k, series in
      "\"\(name).dat\" index \(k) using \(column):2 with linespoints "
        + "\(PlotStyle.line(k)) title \(quoted(series.solver))"
    }
    return "plot " + lines.joined(separator: ", \\\n  ") + "\n"
  }

  package var commands: String {
    let width = Double(size.width)
    func place(_ left: Double, _ right: Double) -> String {
      """
      set lmargin at screen \(left / width)
      set rmargin at screen \(right / width)
      set tmargin at screen 0.95
      set bmargin at screen 0.14
      """
    }
    let end = width - 150
    var text = """
      set multiplot
      set logscale xy
      set format y "10^{%L}"
      set ylabel "error of the final state (largest norm)"
      set xlabel "evaluations of the field per trajectory (NFE)"
      set key at screen 0.995, screen 0.93 right top Left reverse
      \(place(92, hasTimes ? 80 + (end - 150) / 2 : end))
      \(plot(1))
      """
    if hasTimes {
      text += """
        unset key
        set ylabel ""
        set xlabel "time for all trajectories (s)"
        set format x "10^{%L}"
        \(place(150 + (end - 150) / 2, end))
        \(plot(3))
        """
    }
    return text + "unset multiplot\n"
  }
}
