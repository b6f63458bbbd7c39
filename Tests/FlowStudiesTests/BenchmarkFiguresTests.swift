import FlowFigures
import FlowFiles
import TestSupport
import Testing

@testable import FlowStudies

struct BenchmarkFiguresTests {
  private static func figures(of text: String, goal: Double = 0.1) throws -> [any Figure] {
    try TemporaryFolder.use { folder in
      try AtomicFile.write(to: .path(folder.file("table.csv"))) { output throws(FileError) in
        try output.append(text)
      }
      return try BenchmarkFigures.figures(ofFile: folder.file("table.csv"), goal: goal)
    }
  }

  /// The fewest evaluations of a path and a solver whose error reaches the goal; nothing where none does.
  @Test func barsAreTheFewestEvaluationsThatReachTheGoal() throws {
    let figures = try Self.figures(
      of: """
        path,target,solver,setting,nfe,error
        ot,moons,euler,8,8,0.3
        ot,moons,euler,16,16,0.1
        ot,moons,euler,32,32,0.05
        ot,moons,rk4,8,32,0.2
        vp,moons,euler,64,64,
        vp,moons,rk4,4,16,0.01
        vp,ring,rk4,2,8,0.01

        """)
    #expect(figures.map(\.name) == ["nfe_moons", "nfe_ring"])
    let bars = try #require(figures[0] as? EvaluationsFigure)
    #expect(bars.groups == ["euler", "rk4"] && bars.bars.map(\.name) == ["ot", "vp"])
    #expect(bars.bars[0].values[0] == 16 && bars.bars[0].values[1].isNaN)
    #expect(bars.bars[1].values[0].isNaN && bars.bars[1].values[1] == 16)
    #expect((figures[1] as? EvaluationsFigure)?.bars[1].values[1] == 8)
  }

  @Test func aTableOfSolversBecomesWorkAgainstPrecision() throws {
    let figures = try Self.figures(
      of: """
        solver,tolerance,steps,nfe,error_final,error_max,seconds
        rk4,,8,32,0.5,0.6,1e-3
        dopri5,1e-3,9,60,1e-4,2e-4,2e-3
        rk4,,16,64,0.03,0.05,2e-3

        """)
    let figure = try #require(figures[0] as? WorkPrecisionFigure)
    #expect(figure.series.map(\.solver) == ["rk4", "dopri5"])
    #expect(figure.series[0].points.map(\.evaluations) == [32, 64])
    #expect(figure.series[0].points.map(\.error) == [0.5, 0.03])
    #expect(figure.series[1].points[0].seconds == 2e-3)
  }

  /// What is wrong is said with its line.
  @Test func otherTablesAreErrors() {
    for (text, words) in [
      ("a,b\n1,2\n", "column"), ("path,target\n", "no rows"),
      ("path,target,solver,nfe,error\not,moons,euler,x,0.01\n", "line 2"),
      ("path,target\not,moons,euler\n", "line 2"),
    ] {
      let error = #expect(throws: FileError.self) { try Self.figures(of: text) }
      #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
  }
}
