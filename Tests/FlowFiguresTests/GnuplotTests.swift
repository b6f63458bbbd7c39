import FlowFiles
import TestSupport
import Testing

@testable import FlowFigures

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A stand-in for gnuplot.
private func program(_ text: String, in folder: TemporaryFolder) throws -> String {
  let path = folder.file("stand-in")
  try AtomicFile.write(to: .path(path)) { output throws(FileError) in
    try output.append("#!/bin/sh\n" + text)
  }
  chmod(path, 0o700)
  return path
}

struct GnuplotTests {
  static let figure = WorkPrecisionFigure(
    name: "wp", caption: "",
    series: [
      .init(solver: "rk_4", family: "f", points: [.init(evaluations: 8, error: 0.5)])
    ])

  @Test func withoutGnuplotDataAndScriptAreWritten() async throws {
    try await TemporaryFolder.use { folder in
      let outcome = try await Gnuplot.draw(
        [Self.figure], in: folder.path, program: "no-such-gnuplot")
      #expect(outcome == .missing)
      #expect(try folder.names == ["wp.dat", "wp.gp"])
      let data = String(decoding: try FileBytes.read(folder.file("wp.dat")), as: UTF8.self)
      #expect(data.contains("\n8.0 0.5 nan\n"))
    }
  }

  @Test func picturesAppearUnderTheirNamesOnceGnuplotHasSucceeded() async throws {
    try await TemporaryFolder.use { folder in
      // The suffix stands in quotes in the second argument.
      let stand = try program(
        "s=$(echo \"$2\" | cut -d\"'\" -f2); echo a > wp.svg$s; echo b > wp.png$s\n", in: folder)
      let outcome = try await Gnuplot.draw([Self.figure], in: folder.path, program: stand)
      #expect(outcome == .drawn)
      #expect(
        try folder.names == ["stand-in", "wp.dat", "wp.gp", "wp.png", "wp.svg"])
    }
  }

  @Test func aFailureCarriesGnuplotsWordsAndLeavesTheOldPicture() async throws {
    try await TemporaryFolder.use { folder in
      try AtomicFile.write(to: .path(folder.file("wp.svg"))) { output throws(FileError) in
        try output.append("old")
      }
      let stand = try program(
        "s=$(echo \"$2\" | cut -d\"'\" -f2); echo a > wp.svg$s; echo 'line 3: no' >&2; exit 1\n",
        in: folder)
      let error = await #expect(throws: FileError.self) {
        try await Gnuplot.draw([Self.figure], in: folder.path, program: stand)
      }
      #expect(error?.description.contains("line 3: no") == true)
      #expect(try folder.names == ["stand-in", "wp.dat", "wp.gp", "wp.svg"])
      #expect(try FileBytes.read(folder.file("wp.svg")) == Array("old".utf8))
    }
  }

  /// Every kind of figure is accepted by the real gnuplot, where there is one.
  @Test func gnuplotDrawsEveryKind() async throws {
    try await TemporaryFolder.use { folder in
      let grid = PlotGrid(lower: (-1, -1), length: 2, count: 3)
      let numbers = (0..<9).map { Double($0) - 4 }
      let vectors = (0..<18).map { Double($0 % 5) - 2 }
      let figures: [any Figure] = [
        Self.figure,
        DensityFigure(
          name: "density", caption: "", grid: grid, arrows: grid,
          rows: [[.init(title: "a_b", logDensity: numbers, velocities: vectors)]]),
        TrajectoryFigure(
          name: "trajectories", caption: "",
          panels: [.init(title: "ot", trajectories: [[0, 0, 1, 1], [1, 0, 0, 2]])]),
        EvaluationsFigure(
          name: "nfe", caption: "", groups: ["euler", "rk4"], bars: [("ot", [.nan, 3])]),
        ResidualFigure(
          name: "residual", caption: "",
          rows: [[.init(title: "t = 0", grid: grid, residual: numbers)]], label: "r"),
        ResidualFigure(
          name: "signed_residual", caption: "",
          rows: [[.init(title: "t = 0", grid: grid, residual: numbers)]], label: "r",
          scale: .signed),
        OwnershipFigure(
          name: "ownership", caption: "", grid: grid,
          panels: [("t = 1", numbers.flatMap { [abs($0), 0.5] })], places: [(0, 0.5, 0.5)]),
        LearnedFieldFigure(
          name: "learned", caption: "", arrows: grid, fine: grid,
          columns: [
            .init(
              title: "t = 0", exact: vectors, learned: vectors.reversed(), errors: numbers,
              source: [0, 0], data: [1, 1])
          ]),
        TrainingFigure(
          name: "training", caption: "",
          runs: [.init(title: "run", losses: [3, 2, 1], floor: 0.5, errors: [(1, 2), (3, 1)])]),
        CollapseFigure(
          name: "collapse", caption: "",
          panels: [("p", "x", [.init(title: "c", points: [(0, 0), (1, 1)], theory: 0.5)])]),
        CurveGridFigure(
          name: "curves", caption: "",
          series: [
            .init(title: "a_b", kind: .solid), .init(title: "c", kind: .dashed),
            .init(title: "d", kind: .heavy),
          ],
          panels: ["p", "q", "r"].map {
            .init(title: $0, curves: [[(1, 0.5), (2, -1)], [], [(4, 0.01)]], floor: 1e-3)
          }, columns: 3, labels: ("x", "y"), ticks: [1, 4], ends: (0.9, 5), floorTitle: "f"),
        SampleGridFigure(
          name: "samples", caption: "", window: grid, rows: ["r"], columns: ["a", "b_c"],
          points: [[[0, 0, 0.5, 9], []]]),
      ]
      guard try await Gnuplot.draw(figures, in: folder.path) == .drawn else { return }
      #expect(try folder.names.count == figures.reduce(0) { $0 + 2 + $1.pictures.count })
      for figure in figures {
        let png = try FileBytes.read(folder.file("\(figure.name).png"))
        #expect(png.count > 2000, "\(figure.name)")
        let svg = String(
          decoding: try FileBytes.read(folder.file("\(figure.name).svg")), as: UTF8.self)
        #expect(svg.contains("</svg>"), "\(figure.name)")
      }
    }
  }

  @Test func markupInNamesIsText() {
    #expect(quoted("a_b{c}") == "\"a\\\\_b\\\\{c\\\\}\"")
    #expect(short(0.123456) == "0.123")
    #expect(short(1234.5) == "1235" && short(0) == "0" && short(-4) == "-4")
  }
}
