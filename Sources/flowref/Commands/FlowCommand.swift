import ArgumentParser
import FlowFiles
import FlowIntegration
import FlowMatching

struct FlowCommand: ParsableCommand, Exemplified {
  static let example = """
    flowref flow --data eight_gaussians --path ot --grid -1.5:2:3,-1.8:2:3 --rtol 1e-10 --atol 1e-10
    """

  static let configuration = CommandConfiguration(
    commandName: "flow",
    abstract: "Moves points along the exact velocity field.",
    discussion: """
      A row per point: where it ended, log10_growth, the time it reached, and how often the field was \
      asked; the last column is the status. --backward goes from --t1 to --t0. Trajectories that do not \
      reach their end are written as far as they came, and the exit code is 2; those that end on a data \
      point, where there is no density, are landed.

      log10_growth tells how many decimal digits of the end are lost because an error of the start, or of \
      the first steps, grows on the way: 0 where errors only shrink. From 16 on the end is undecided in \
      double precision, as from the unstable equilibrium (0, 0) between eight Gaussians.

      With --solver ddim and the other methods of few steps, which ask for the denoiser, a row is the end alone. \
      --spacing and --times place the steps of every solver that takes given ones.

      --quantile solves no differential equation: on a line, for products of densities on lines and for one Gaussian the \
      flow keeps the levels of distribution functions. A row is then the end, log_determinant, the logarithm of the \
      determinant of the flow's Jacobian, and uncertainty, a bound of what rounding may have done to any coordinate. Where the \
      data are points, log_determinant at --t1 1 does not exist: --no-determinant leaves it out.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var source: SourceOption
  @OptionGroup var path: PathOptions
  @OptionGroup var places: PlaceOptions
  @OptionGroup var solver: SolverOptions
  @OptionGroup var output: OutputOptions

  @Flag(help: "From data to noise.")
  var backward = false

  @Flag(inversion: .prefixedNo, help: "The column log10_growth (default: --growth).")
  var growth: Bool?

  @Flag(help: "By levels of distribution functions, without a solver.")
  var quantile = false

  @Flag(
    inversion: .prefixedNo,
    help: "With --quantile: the column log_determinant (default: --determinant).")
  var determinant: Bool?

  mutating func validate() throws {
    try source.check(data)
    try path.check(with: data, and: places.points)
    if quantile, solver.isChosen || growth != nil {
      throw ValidationError("--quantile takes no solver, steps, tolerance or growth.")
    }
    if solver.fewSteps != nil, growth != nil {
      throw ValidationError("--growth is not known of \(solver.solver ?? "").")
    }
    if !quantile, determinant != nil {
      throw ValidationError("--determinant and --no-determinant need --quantile.")
    }
  }

  func run() throws {
    try Trouble.reported {
      let field = try ExactField.field(data, source, path)
      let rows = try places.rows(beside: data)
      try places.check(rows, against: field.dimension)
      if quantile { return try writeLevels(QuantileFlow(of: field), rows) }
      let (start, end) = backward ? (solver.t1, solver.t0) : (solver.t0, solver.t1)
      if let sampler = try solver.fewStepSampler(of: field, from: start, to: end) {
        return try output.write(
          try sampler.table(of: rows, columns: Columns.points(rows.dimension)))
      }
      let flow = try Flow(
        of: field, solver: solver.method,
        steps: try solver.control(from: start, to: end, on: field.path))
      let growths = growth ?? true ? try ErrorGrowth(of: field) : nil
      var table = SolutionTable(
        dimension: rows.dimension, adding: growths == nil ? [] : ["log10_growth"])
      var unstable: [Double] = []
      try inSlices(rows) { first, points in
        let lost = try growths?.log10(
          from: start, to: end, at: points, firstTrajectory: UInt64(first))
        let solutions = try flow.solutions(from: start, to: end, at: points)
        for (row, solution) in solutions.enumerated() {
          table.append(solution.x, lost.map { [$0[row]] } ?? [], solution)
          if let digits = lost?[row], digits >= ErrorGrowth.noticeable { unstable.append(digits) }
        }
      }
      try output.write(table.table)
      if let most = unstable.max() {
        Trouble.note(
          "\(unstable.count) of \(rows.rows) trajectories are unstable: errors of the start and of the first "
            + "steps grow by up to 10^\(DecimalText.short(most)), so that as many digits of the end are undecided "
            + "(column log10_growth)")
      }
      try table.reportTrouble()
    }
  }

  /// A row per point: the end, the log determinant, the largest uncertainty of a coordinate.
  private func writeLevels(_ flow: QuantileFlow, _ rows: DataTable) throws {
    let times = (try Time(solver.t0), try Time(solver.t1))
    let (start, end) = backward ? (times.1, times.0) : times
    let determinant = determinant ?? true
    var values: [Double] = []
    try inSlices(rows) { _, points in
      let ends = try flow.ends(from: start, to: end, at: points)
      let logs = determinant ? try flow.logDeterminants(from: start, to: end, at: points) : []
      for (row, end) in ends.enumerated() {
        values += end.x + (determinant ? [logs[row]] : []) + [end.uncertainty.max()!]
      }
    }
    let added = (determinant ? ["log_determinant"] : []) + ["uncertainty"]
    try output.write(
      DataTable(
        columns: Columns.points(rows.dimension) + added, dimension: rows.dimension + added.count,
        values: values))
  }
}
