/// A learned field beside the exact one, a column per time: the exact arrows, the learned arrows, and how
/// far apart they are.
package struct LearnedFieldFigure: Figure {
  /// One time.
  package struct Column: Sendable {
    package var title: String
    /// Velocities on the lattice, two numbers per point; NaN where there is none.
    package var exact: [Double]
    package var learned: [Double]
    /// `|learned - exact|` on the finer lattice; NaN where there is hardly any density.
    package var errors: [Double]
    /// Samples of the source and of the data, two numbers each.
    package var source: [Double]
    package var data: [Double]

    package init(
      title: String, exact: [Double], learned: [Double], errors: [Double],
      source: [Double], data: [Double]
    ) {
      self.title = title
      self.exact = exact
      self.learned = learned
      self.errors = errors
      self.source = source
      self.data = data
    }
  }

  package let name: String
  package let caption: String
  package let arrows: PlotGrid
  /// The lattice of the errors.
  package let fine: PlotGrid
  package let columns: [Column]

  package init(name: String, caption: String, arrows: PlotGrid, fine: PlotGrid, columns: [Column]) {
    self.name = name
    self.caption = caption
    self.arrows = arrows
    self.fine = fine
    self.columns = columns
  }

  private var layout: PanelGrid {
    PanelGrid(rows: 3, columns: columns.count, side: 260, right: 112, rowGap: 36)
  }
  package var size: (width: Int, height: Int) { layout.size }

  package var data: PlotData {
    var data = PlotData(
      columns:
        "per time: exact arrows x1 x2 u1 u2; learned arrows; x1 x2 |learned - exact|; source; data"
    )
    for column in columns {
      // One length of arrows for both rows of a column.
      let exact = Arrows(column.exact, on: arrows)
      let learned = Arrows(column.learned, on: arrows)
      data.append("\(column.title): exact", rows: exact.rows(unit: exact.longest))
      data.append("\(column.title): learned", rows: learned.rows(unit: exact.longest))
      data.append("\(column.title): error", rows: fine.rows(column.errors))
      data.append("\(column.title): source", pairs: column.source)
      data.append("\(column.title): data", pairs: column.data)
    }
    return data
  }

  /// The largest error that the colours tell apart: nine tenths of all are below it.
  private var top: Double {
    let all = columns.flatMap(\.errors).filter(\.isFinite).sorted()
    return all.isEmpty ? 1 : max(all[(all.count - 1) * 9 / 10], 1e-12)
  }

  private func arrowPanel(_ kind: Int, _ title: String, _ block: Int) -> PlaneMaps.Panel {
    func points(_ index: Int, _ colour: String) -> String {
      "\"\(name).dat\" index \(index) using 1:2 with points pt 7 ps 0.25 lc rgb \"\(colour)\""
    }
    return PlaneMaps.Panel(
      title: quoted(title), window: arrows,
      plots: [
        points(block + 3, "#bbbbbb"), points(block + 4, "#E69F00"),
        "\"\(name).dat\" index \(block + kind) using 1:2:3:4 with vectors arrowstyle 1",
      ])
  }

  package var commands: String { maps.commands }

  package var narrow: Layout? { maps.narrow }

  private var maps: PlaneMaps {
    let arrowRows = ["exact", "learned"].enumerated().map { kind, text in
      columns.enumerated().map { arrowPanel(kind, "\(text), \($1.title)", 5 * $0) }
    }
    let differences = columns.enumerated().map { j, column in
      PlaneMaps.Panel(
        title: quoted("difference, \(column.title)"), window: arrows,
        plots: ["\"\(name).dat\" index \(5 * j + 2) using 1:2:3 with image"])
    }
    return PlaneMaps(
      layout: layout,
      setting: """
        \(PlotStyle.errorPalette)
        set cbrange [0:\(short(top, digits: 2))]
        set cblabel "|learned − exact|" offset 1,0
        \(Arrows.style(size: 0.006, colour: "#111111"))
        """, rows: arrowRows + [differences]
    )
  }
}
