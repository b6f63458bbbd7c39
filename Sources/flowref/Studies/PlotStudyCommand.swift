import ArgumentParser
import FlowFigures
import FlowFiles
import FlowStudies

/// `flowref study plot`.
struct PlotStudyCommand: AsyncParsableCommand, Exemplified {
  static let example = "flowref study plot nfe/nfe.csv --out figures"

  static let configuration = CommandConfiguration(
    commandName: "plot", abstract: "Draws the tables of flowref benchmark solvers and nfe.",
    discussion: """
      A table of solvers becomes a work-precision figure; a table of paths, targets and solvers \
      becomes bars per target: the fewest evaluations that reach --goal.
      """)

  @Argument(help: ArgumentHelp("A table as CSV.", valueName: "file"))
  var table: String

  @Option(help: ArgumentHelp("The directory to write to.", valueName: "dir"))
  var out: String

  @Option(parsing: .unconditional, help: "The error that the bars' evaluations reach.")
  var goal = 1e-2

  func run() async throws {
    try await Trouble.reported {
      let figures = try BenchmarkFigures.figures(ofFile: table, goal: goal)
      try Directory.prepare(out)
      try await StudyOutput(directory: out).write(figures, [])
    }
  }
}
