import ArgumentParser
import FlowFigures
import FlowFiles
import FlowIntegration
import FlowMatching
import FlowStudies

/// `flowref study few-steps`.
struct FewStepStudyCommand: AsyncParsableCommand, Exemplified {
  static let example =
    "flowref study few-steps --paths ot --targets eight_gaussians --samples 64 --out few"

  static let configuration = CommandConfiguration(
    commandName: "few-steps",
    abstract: "What 1 to 64 evaluations are worth, by sampler, spacing, path and target.",
    discussion: """
      Follows samples of the exact noisy law to where sigma/alpha is 1/1000, by the methods that samplers use with few \
      steps and by solvers of the velocity, on equal steps of time, of log(alpha/sigma) and of Karras et al., beside dopri5. \
      Writes DIR/index.html, which needs no network, and beside it the figures and the tables: few_steps.csv, all runs; \
      fewest.csv, the evaluations that reach --goal; orders.csv, the measured orders; one_and_two.csv; exact.csv, how \
      the exact ends are known.
      """)

  /// The study's own product of laws of the line, beside the presets.
  private static let product = "product"

  @Option(
    help: ArgumentHelp("Paths with their defaults, separated by commas.", valueName: "kinds"))
  var paths = "ot,vp,cosine,ve"

  @Option(
    help: ArgumentHelp(
      """
      Presets separated by commas, and product: two Gaussians times two intervals. Those that are integrals are slow.
      """, valueName: "presets"))
  var targets = "eight_gaussians,checkerboard,product"

  @Option(help: ArgumentHelp("The directory to write to.", valueName: "dir"))
  var out: String

  @Option(parsing: .unconditional, help: "Samples per run.")
  var samples = 256

  @Option(parsing: .unconditional, help: "The error that fewest.csv counts evaluations for.")
  var goal = 0.01

  @Option(parsing: .unconditional, help: "Which random samples.")
  var seed: UInt64 = 0

  @OptionGroup var running: ThreadsOption

  mutating func validate() throws {
    for kind in names(paths) { _ = try PathOptions.kind(kind) }
    let known = DataOptions.presets + [Self.product]
    for name in names(targets) where !known.contains(name) {
      throw ValidationError(Nearest.refusal("preset", name, among: known))
    }
    for list in [paths, targets] where Set(names(list)).count != names(list).count {
      throw ValidationError("\(list): a name stands there twice.")
    }
    if names(paths).isEmpty { throw ValidationError("--paths is empty.") }
    if names(targets).isEmpty { throw ValidationError("--targets is empty.") }
    if samples < 8 { throw ValidationError("--samples must be at least 8.") }
    if !(goal > 0 && goal.isFinite) { throw ValidationError("--goal must be above 0.") }
  }

  private func names(_ list: String) -> [String] { list.split(separator: ",").map(String.init) }

  func run() async throws {
    try await Trouble.reported {
      let study = try study()
      try Directory.prepare(out)
      let (verdict, figures, tables) = try measured(study)
      try await StudyOutput(directory: out).write(
        title: "Few steps on exact fields", introduction: introduction + verdict, figures,
        tables)
    }
  }

  private func study() throws -> FewStepStudy {
    let paths = try names(paths).map { kind in
      NamedPath(name: kind, path: try PathOptions.parse(["--path", kind]).path())
    }
    let targets = try names(targets).map { name in
      let target: any Target =
        name == Self.product
        ? try FewStepStudy.product() : try DataOptions.named(name, std: 0) { nil }.target
      return NamedTarget(name: name, target: target)
    }
    return try FewStepStudy(
      paths: paths, targets: targets, samples: samples, goal: goal, seed: seed)
  }

  private func measured(
    _ study: FewStepStudy
  ) throws -> (verdict: [String], figures: [any Figure], tables: [StudyTable]) {
    let bar = ProgressBar(total: study.parts)
    defer { bar.finish() }
    return try Parallel.$threads.withValue(running.threads) {
      let results = FewStepResults(study, try study.run { bar.advance(by: 1, $0) })
      return (results.verdict, try results.figures(), results.tables)
    }
  }

  private var introduction: [String] {
    [
      """
      Every method moves the same \(samples) samples of the noisy law of a path to the data, on the exact field, so that all that \
      is wrong is the method's. It begins where sigma/alpha = 50 and ends where sigma/alpha = 1/1000, or with the path if that is \
      less: there the steps' log(alpha/sigma) is finite. So a method that asks for the denoiser does the same on every path, unless its steps are \
      equal in time; the solvers that ask for the velocity do not. A denoiser and a \
      velocity both cost one evaluation. Seed \(seed).
      """,
      """
      Errors are distances from the exact ends of the same trajectories, which are known by levels of distribution functions \
      where the coordinates of the target are independent, and by a solver at 1e-12 elsewhere. The first step of a multistep method is of a lower \
      order, because nothing came before it.
      """,
    ]
  }
}
