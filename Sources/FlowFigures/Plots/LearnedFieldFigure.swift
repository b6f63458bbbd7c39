import RealModule

/// A learned field beside the exact one, a column per time: the exact arrows, the learned arrows, and how
/// far apart they are.
public struct LearnedFieldFigure: Figure {
  /// One time.
  public struct Column: Sendable {
    public var title: String
    /// Velocities on the lattice, two numbers per point; NaN where there is none.
    public var exact: [Double]
    public var learned: [Double]
    /// `|learned - exact|` on the finer lattice; NaN where there is hardly any density.
    public var errors: [Double]
    /// Samples of the source and of the data, two numbers each.
    public var source: [Double]
    public var data: [Double]

    public init(
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

  public let name: String
  public let caption: String
  public let arrows: PlotGrid
  /// The lattice of the errors.
  public let fine: PlotGrid
  public let columns: [Column]

  public init(name: String, caption: String, arrows: PlotGrid, fine: PlotGrid, columns: [Column]) {
    self.name = name
    self.caption = caption
    self.arrows = arrows
    self.fine = fine
    self.columns = columns
  }

  private var layout: PanelGrid {
    PanelGrid(rows: 3, columns: columns.count, side: 260, right: 100, rowGap: 36)
  }
  public var size: (width: Int, height: Int) { layout.size }

  public var data: PlotData {
    var data = PlotData(
      columns:
        "per time: exact arrows x1 x2 u1 u2; learned arrows; x1 x2 |learned - exact|; source; data"
    )
    func pairs(_ values: [Double]) -> [[Double]] {
      stride(from: 0, to: values.count, by: 2).map { Array(values[$0..<$0 + 2]) }
    }
    for column in columns {
      let scale = Self.scale(column, arrows)
      data.append("\(column.title): exact", rows: Self.rows(column.exact, arrows, scale))
      data.append("\(column.title): learned", rows: Self.rows(column.learned, arrows, scale))
      data.append("\(column.title): error", rows: fine.rows(column.errors))
      data.append("\(column.title): source", rows: pairs(column.source))
      data.append("\(column.title): data", rows: pairs(column.data))
    }
    return data
  }

  /// One length of arrows for both rows of a column; the longest exact arrow fills the lattice.
  private static func scale(_ column: Column, _ arrows: PlotGrid) -> Double {
    let sizes = lengths(column.exact).filter(\.isFinite)
    return 0.95 * arrows.spacing / max(sizes.max() ?? 1, 1e-12)
  }

  private static func lengths(_ velocities: [Double]) -> [Double] {
    stride(from: 0, to: velocities.count, by: 2).map {
      Double.hypot(velocities[$0], velocities[$0 + 1])
    }
  }

  private static func rows(
    _ velocities: [Double], _ arrows: PlotGrid, _ scale: Double
  ) -> [[Double]] {
    arrows.rows(velocities).filter { $0[2].isFinite && $0[3].isFinite }.map {
      [$0[0] - $0[2] * scale / 2, $0[1] - $0[3] * scale / 2, $0[2] * scale, $0[3] * scale]
    }
  }

  /// The largest error that the colours tell apart: nine tenths of all are below it.
  private var top: Double {
    let all = columns.flatMap(\.errors).filter(\.isFinite).sorted()
    return all.isEmpty ? 1 : max(all[(all.count - 1) * 9 / 10], 1e-12)
  }

  public var commands: String {
    var text = """
      set multiplot
      \(PlotStyle.errorPalette)
      set border 15 lw 0.5
      unset grid
      unset key
      set cbrange [0:\(short(top, digits: 2))]
      set cblabel "|learned − exact|" offset 1,0
      \(arrows.range)
      set style arrow 1 head size screen 0.006,20,60 filled lc rgb "#111111" lw 1

      """
    for (j, column) in columns.enumerated() {
      for (i, kind) in ["exact", "learned", "difference"].enumerated() {
        let isLast = i == 2 && j == columns.count - 1
        text += """
          \(layout.place(row: i, column: j))
          set title \(quoted("\(kind), \(column.title)"))
          set xlabel "\(i == 2 ? "x_1" : "")"
          set ylabel "\(j == 0 ? "x_2" : "")"
          \(isLast ? layout.colourBar(row: 2) : "unset colorbox")

          """
        let block = 5 * j
        if i == 2 {
          text += "plot \"\(name).dat\" index \(block + 2) using 1:2:3 with image\n"
        } else {
          text += """
            plot "\(name).dat" index \(block + 3) using 1:2 with points pt 7 ps 0.25 lc rgb "#bbbbbb", \\
              "" index \(block + 4) using 1:2 with points pt 7 ps 0.25 lc rgb "#E69F00", \\
              "" index \(block + i) using 1:2:3:4 with vectors arrowstyle 1

            """
        }
      }
    }
    return text + "unset multiplot\n"
  }
}
