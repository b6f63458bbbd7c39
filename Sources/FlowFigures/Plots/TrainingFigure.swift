/// The loss of training runs over their updates, with the smallest loss that any network could have.
package struct TrainingFigure: Figure {
  /// One run.
  package struct Run: Sendable {
    package var title: String
    /// The loss of every batch.
    package var losses: [Double]
    /// The loss of the exact field; `nil` where it is not known.
    package var floor: Double?
    /// The squared error against the exact field, and the update after which it was measured.
    package var errors: [(update: Int, value: Double)]

    package init(
      title: String, losses: [Double], floor: Double?, errors: [(update: Int, value: Double)]
    ) {
      self.title = title
      self.losses = losses
      self.floor = floor
      self.errors = errors
    }
  }

  package let name: String
  package let caption: String
  package let runs: [Run]

  package init(name: String, caption: String, runs: [Run]) {
    self.name = name
    self.caption = caption
    self.runs = runs
  }

  package var size: (width: Int, height: Int) { (1000, 400) }

  package var narrow: Layout? { Layout(size: (470, 760), commands: draw(isNarrow: true)) }

  /// At most a few hundred points per run: means of neighbours, of as many as a twentieth of the updates before them,
  /// so that they are evenly dense on an axis of powers of ten.
  private func thinned(_ losses: [Double]) -> [[Double]] {
    var result: [[Double]] = []
    var first = 0
    while first < losses.count {
      let part = losses[first..<min(first + max(1, first / 20), losses.count)]
      result.append([
        Double(first) + Double(part.count + 1) / 2, part.reduce(0, +) / Double(part.count),
      ])
      first = part.endIndex
    }
    return result
  }

  package var data: PlotData {
    var data = PlotData(columns: "per run: update loss; then ends of the floor; then update error")
    for run in runs {
      data.append("\(run.title): loss", rows: thinned(run.losses))
      data.append(
        "\(run.title): loss of the exact field",
        rows: run.floor.map { [[1, $0], [Double(run.losses.count), $0]] } ?? [])
      data.append(
        "\(run.title): squared error", rows: run.errors.map { [Double($0.update), $0.value] })
    }
    return data
  }

  package var commands: String { draw(isNarrow: false) }

  /// Two panels, beside each other or one below the other.
  private func draw(isNarrow: Bool) -> String {
    func place(_ k: Double) -> String {
      isNarrow
        ? """
        set lmargin at screen 0.17
        set rmargin at screen 0.93
        set tmargin at screen \(0.95 - 0.5 * k)
        set bmargin at screen \(0.57 - 0.5 * k)
        """
        : """
        set lmargin at screen \(0.07 + 0.5 * k)
        set rmargin at screen \(0.47 + 0.5 * k)
        set tmargin at screen 0.9
        set bmargin at screen 0.14
        """
    }
    let losses = runs.enumerated().flatMap { k, run in
      let colour = PlotStyle.colours[k % PlotStyle.colours.count]
      return [
        "\"\(name).dat\" index \(3 * k) using 1:2 with lines lc rgb \"\(colour)\" lw 1.2 "
          + "title \(quoted(run.title))",
        "\"\(name).dat\" index \(3 * k + 1) using 1:2 with lines lc rgb \"\(colour)\" lw 1.4 "
          + "dt 2 notitle",
      ]
    }
    let errors = runs.enumerated().map { k, run in
      "\"\(name).dat\" index \(3 * k + 2) using 1:2 with linespoints "
        + "\(PlotStyle.line(k)) title \(quoted(run.title))"
    }
    return """
      set multiplot
      set xlabel "update"
      set logscale x
      set format x "10^{%L}"
      set xrange [1:\(runs.reduce(1) { max($0, $1.losses.count) })]
      \(place(0))
      set title "loss of the batch; dashed: loss of the exact field"
      set ylabel "squared error per row"
      plot \(losses.joined(separator: ", \\\n  "))
      \(place(1))
      set title "squared error against the exact field"
      set ylabel ""
      set xrange [*:*]
      set logscale xy
      set format y "10^{%L}"
      plot \(errors.joined(separator: ", \\\n  "))
      unset multiplot

      """
  }
}
