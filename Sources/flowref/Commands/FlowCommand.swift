import ArgumentParser
import FlowFiles
import FlowIntegration
import FlowMatching

struct FlowCommand: ParsableCommand, Exemplified {
  static let example = """
    flowref flow --data eight_gaussians --path ot --grid -2:2:3,-2:2:3 --rtol 1e-10 --atol 1e-10
    """

  static let configuration = CommandConfiguration(
    commandName: "flow",
    abstract: "Moves points along the exact velocity field.",
    discussion: """
      A row per point: where it ended, the time it reached, and how often the field was asked; the \
      last column is the status. --backward goes from --t1 to --t0. Trajectories that do not reach \
      their end are written as far as they came, and the exit code is 2.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var path: PathOptions
  @OptionGroup var places: PlaceOptions
  @OptionGroup var solver: SolverOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "From data to noise.")
  var backward = false

  mutating func validate() throws {
    try path.check(with: data, and: places.points)
  }

  func run() throws {
    try Trouble.reported {
      guard let target = try data.target()?.target, let path = try path.path() else { return }
      let rows = try places.rows(beside: data)
      let flow = try Flow(
        of: MarginalField(path: path, target: target), solver: solver.method,
        steps: try solver.control())
      var table = SolutionTable(dimension: rows.dimension)
      try inSlices(rows) { _, points in
        let (start, end) = backward ? (solver.t1, solver.t0) : (solver.t0, solver.t1)
        for solution in try flow.solutions(from: start, to: end, at: points) {
          table.append(solution.x, [], solution)
        }
      }
      try output.write(table.table)
      try table.reportTrouble()
    }
  }
}
