import Testing

@testable import FlowFigures

/// What stands in the files that gnuplot reads.
struct FigureDataTests {
  /// The blocks of numbers of a file.
  static func blocks(_ data: PlotData) -> [[[Double]]] {
    data.text.split(separator: "\n\n\n").map { block in
      block.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { row in
        row.split(separator: " ").map { Double($0) ?? .nan }
      }
    }
  }

  static let grid = PlotGrid(lower: (-1, 2), length: 2, count: 3)

  @Test func arrowsAreCentredAndTheLongestFillsTheLattice() {
    var vectors = [Double](repeating: .nan, count: 18)
    // The middle of the lowest row, and the right end of the middle row.
    (vectors[2], vectors[3], vectors[10], vectors[11]) = (3, 4, 0, -2)
    let arrows = Arrows(vectors, on: Self.grid)
    #expect(arrows.longest == 5)
    let rows = arrows.rows(unit: 5)
    let exact = [[0 - 0.285, 2 - 0.38, 0.57, 0.76], [1, 3 + 0.19, 0, -0.38]]
    #expect(rows.count == 2)
    for (row, exact) in zip(rows, exact) {
      #expect(zip(row, exact).allSatisfy { abs($0 - $1) < 1e-12 }, "\(row)")
    }
    #expect(Arrows([Double](repeating: .nan, count: 18), on: Self.grid).longest == 0)
    #expect(arrows.rows(unit: 0).isEmpty)
  }

  /// The learned arrows of a column have the exact ones' scale.
  @Test func learnedArrowsAreDrawnToTheExactScale() {
    let exact = [Double](repeating: 2, count: 18)
    let figure = LearnedFieldFigure(
      name: "f", caption: "", arrows: Self.grid, fine: Self.grid,
      columns: [
        .init(
          title: "t", exact: exact, learned: exact.map { $0 / 2 },
          errors: [Double](repeating: 0, count: 9), source: [], data: [5, 6])
      ])
    let blocks = Self.blocks(figure.data)
    #expect(blocks.count == 5)
    #expect(abs(blocks[1][0][2] / blocks[0][0][2] - 0.5) < 1e-6)
    // A block without rows must count all the same, and one that has some must hold them.
    #expect(blocks[3][0].allSatisfy(\.isNaN) && blocks[4] == [[5, 6]])
  }

  @Test func signedResidualsAreInUnitsOfTheLargest() {
    let values: [Double] = [0, 1, -4, 2, .nan, 0, 0, 0, 0]
    func figure(_ scale: ResidualFigure.Scale) -> ResidualFigure {
      ResidualFigure(
        name: "r", caption: "",
        rows: [[.init(title: "t", grid: Self.grid, residual: values)]], label: "", scale: scale)
    }
    let signed = Self.blocks(figure(.signed).data)[0]
    #expect(signed[1] == [0, 2, 0.25] && signed[2] == [1, 2, -1] && signed[3] == [-1, 3, 0.5])
    #expect(signed[4][2].isNaN)
    #expect(figure(.signed).commands.contains("largest 4}"))
    let powers = Self.blocks(figure(.powersOfTen).data)[0]
    #expect(powers[0][2] == -20 && abs(powers[2][2] - 0.60206) < 1e-5)
  }

  @Test func aWeightFadesItsOwnersColour() {
    func figure(_ count: Int) -> OwnershipFigure {
      OwnershipFigure(
        name: "o", caption: "", grid: Self.grid, panels: [],
        places: (0..<count).map { ($0, Double($0), 0) })
    }
    let full = figure(2).colour(0, weight: 1)
    let faint = figure(2).colour(0, weight: 0)
    // #0072B2 at nine tenths, and at 0.12.
    #expect(full == [26, 128, 186] && faint == [224, 238, 246])
    #expect(figure(2).colour(.nan, weight: .nan) == [235, 235, 235])
    // Of many, neighbours are alike and opposite ends are not.
    func distance(_ a: Int, _ b: Int) -> Double {
      zip(figure(200).colour(Double(a), weight: 1), figure(200).colour(Double(b), weight: 1))
        .reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
    #expect(distance(0, 1) < 10 && distance(150, 151) < 10 && distance(0, 199) > 100)
  }

  /// Axes on the outside only, one colour bar, no panel over another.
  @Test func panelsStandSideBySide() {
    let layout = PanelGrid(rows: 2, columns: 3)
    func edge(_ name: String, _ row: Int, _ column: Int) -> Double {
      let line = layout.place(row: row, column: column).split(separator: "\n")
        .first { $0.contains(name) }!
      return Double(line.split(separator: " ").last!)!
    }
    for column in 0..<2 {
      #expect(edge("rmargin", 0, column) < edge("lmargin", 0, column + 1))
    }
    #expect(edge("bmargin", 0, 0) > edge("tmargin", 1, 0))
    #expect(edge("rmargin", 0, 2) < 1 && edge("tmargin", 0, 0) < 1)
    let panel = PlaneMaps.Panel(title: "\"\"", window: Self.grid, plots: ["0"])
    let commands = PlaneMaps(
      layout: layout, setting: "", rows: [[panel, panel, panel], [panel, panel, panel]]
    ).commands
    func count(_ text: String) -> Int { commands.split(separator: "\n").count { $0 == text } }
    #expect(count("set xlabel \"x_1\"") == 3 && count("set ylabel \"x_2\"") == 2)
    #expect(count("unset colorbox") == 5 && commands.contains("set colorbox user"))
    #expect(count("plot 0") == 6)
  }
}
