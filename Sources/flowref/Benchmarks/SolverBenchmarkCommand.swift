import ArgumentParser
import FlowFiles
import FlowIntegration
import FlowMatching

/// `flowref benchmark solvers`.
struct SolverBenchmarkCommand: ParsableCommand, Exemplified {
  static let example =
    "flowref benchmark solvers --data eight_gaussians --path ot --solvers rk4,dopri5 --count 16"

  static let configuration = CommandConfiguration(
    commandName: "solvers", abstract: "Work against precision, for every solver on one field.",
    discussion: """
      Carries samples of p_t0 to t1 by every solver at every tolerance (steps, for those without an \
      error estimate) and compares with dop853 at 1e-13. Columns: solver; tolerance or steps, where set, \
      and the mean number of accepted steps; nfe, the mean number of evaluations; error_final, the root \
      mean square distance at the end; error_max, the largest distance of any trajectory at eight \
      times; seconds for all trajectories. Rows whose trajectories did not all arrive have empty errors.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var source: SourceOption
  @OptionGroup var path: PathOptions

  @Option(
    help: ArgumentHelp(
      "Only these solvers, separated by commas (default: all).", valueName: "names"))
  var solvers: String?

  @Option(parsing: .unconditional, help: "How many trajectories.")
  var count = 64

  @Option(parsing: .unconditional, help: "Which random starting points.")
  var seed: UInt64 = 0

  @Option(parsing: .unconditional, help: "The time at the noise end.")
  var t0 = 0.0

  @Option(parsing: .unconditional, help: "The time at the data end.")
  var t1 = 1.0

  @Option(help: ArgumentHelp("The CSV to write (default: standard output).", valueName: "file"))
  var out: String?

  @Flag(help: "JSON lines instead of CSV, with Jacobians, failures and the reference's own error.")
  var json = false

  mutating func validate() throws {
    try source.check(data)
    try path.check(with: data)
    if count < 1 { throw ValidationError("--count must be at least 1.") }
    guard t0 < t1 else { throw ValidationError("--t0 must be below --t1.") }
    _ = try chosen()
  }

  private func chosen() throws -> [Solver] {
    guard let solvers else { return Solver.all }
    return try solvers.split(separator: ",").map { name in
      guard let solver = Solver.named(String(name)) else {
        throw ValidationError(
          Nearest.refusal("solver", String(name), among: Solver.all.map(\.name)))
      }
      return solver
    }
  }

  func run() throws {
    try Trouble.reported {
      let field = try ExactField.field(data, source, path)
      let (path, target) = (field.path, field.target)
      if let output = out { try Directory.checkWritable(fileAt: output) }
      let schedule = path.schedule(at: try Time(t0))
      let d = target.dimension
      let noise = RandomStream(seed: seed, stream: 1).normals(count * d, at: 0)
      let samples = target.samples(count, from: RandomStream(seed: seed, stream: 2))
      let points = zip(samples, noise).map { schedule.alpha * $0 + schedule.sigma * $1 }
      let work = try WorkPrecision(
        of: field, from: t0, to: t1, at: points)
      let runs = try chosen().flatMap { solver in
        WorkPrecision.settings(for: solver).map { (solver, $0) }
      }
      let bar = ProgressBar(total: runs.count)
      var rows: [WorkPrecision.Row] = []
      for (solver, setting) in runs {
        rows.append(try work.row(solver, setting))
        bar.advance()
      }
      bar.finish()
      let bytes = json ? Self.jsonLines(rows, work) : Array(Self.csv(rows).utf8)
      try AtomicFile.write(to: out.map { .path($0) } ?? .standardOutput) {
        file throws(FileError) in
        file.pending += bytes
        try file.flushIfLarge()
      }
    }
  }

  static func csv(_ rows: [WorkPrecision.Row]) -> String {
    rows.reduce(into: "solver,tolerance,steps,nfe,error_final,error_max,seconds\n") { text, row in
      let tolerance = if case .tolerance(let value) = row.setting { "\(value)" } else { "" }
      let numbers = [row.steps, row.nfe, row.finalError, row.largestError, row.seconds]
      let cells = numbers.map { $0.isFinite ? "\($0)" : "" }
      text += ([row.solver, tolerance] + cells).joined(separator: ",") + "\n"
    }
  }

  private static func jsonLines(_ rows: [WorkPrecision.Row], _ work: WorkPrecision) -> [UInt8] {
    var writer = JSONWriter()
    for row in rows {
      writer.writeObject { writer in
        writer.writeName("solver")
        writer.write(row.solver)
        if case .tolerance(let value) = row.setting {
          writer.writeName("tolerance")
          writer.write(value)
        }
        for (name, value) in [
          ("steps", row.steps), ("nfe", row.nfe), ("jacobians", row.jacobians),
          ("error_final", row.finalError), ("error_max", row.largestError),
          ("seconds", row.seconds),
          ("reference_error", work.referenceError),
        ] {
          writer.writeName(name)
          if value.isFinite { writer.write(value) } else { writer.writeNull() }
        }
        writer.writeName("failures")
        writer.write(row.failures)
      }
      writer.endLine()
    }
    return writer.bytes
  }
}
