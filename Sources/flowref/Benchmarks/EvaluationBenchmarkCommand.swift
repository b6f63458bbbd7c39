import ArgumentParser
import Dispatch
import FlowFiles
import FlowMatching
import FlowStudies

/// `flowref benchmark nfe`.
struct EvaluationBenchmarkCommand: ParsableCommand, Exemplified {
  static let example =
    "flowref benchmark nfe --paths ot,vp --targets eight_gaussians --samples 64 --out nfe"

  static let configuration = CommandConfiguration(
    commandName: "nfe",
    abstract: "How many evaluations of the exact field samples need, by path, target and solver.",
    discussion: """
      Writes into the directory: nfe.csv with a row per path, target, solver and setting (steps or \
      tolerance; solver reference is the solution at 1e-13): nfe, evaluations per sample; error, root \
      mean square distance from the reference; energy_distance and sliced_w2 of the samples to as many \
      of the data; straightness, 1 - |x1 - x0|/length of the trajectories. nfe.json, the same with the \
      distances of exact samples; nfe.md, what follows from it, also on standard output. Trajectories \
      start from exact samples of p_0 and end where sigma/alpha = 1/1000.

      Interrupted, the same command goes on where it was; the files are whole at any time.
      """)

  @Option(
    help: ArgumentHelp("Paths with their defaults, separated by commas.", valueName: "kinds"))
  var paths = "ot,vp,ve,cosine,linear_vp"

  @Option(
    help: ArgumentHelp(
      "Presets separated by commas.",
      valueName: "presets"))
  var targets = "checkerboard,eight_gaussians,ring,two_moons,digits"

  @Option(parsing: .unconditional, help: "Samples per row.")
  var samples = 2048

  @Option(parsing: .unconditional, help: "Which random numbers.")
  var seed: UInt64 = 0

  @Option(help: ArgumentHelp("The directory for the results.", valueName: "dir"))
  var out: String

  @Flag(help: "Forgets what the directory holds.")
  var restart = false

  mutating func validate() throws {
    // Energy distances take the distances of all pairs.
    guard (32...65_536).contains(samples) else {
      throw ValidationError("--samples must be from 32 to 65536.")
    }
    for kind in names(paths) { _ = try PathOptions.kind(kind) }
    let presets = DataOptions.presets
    for name in names(targets) where !presets.contains(name) {
      throw ValidationError(Nearest.refusal("preset", name, among: presets))
    }
    for list in [paths, targets] where Set(names(list)).count != names(list).count {
      throw ValidationError("\(list): a name stands there twice.")
    }
  }

  private func names(_ list: String) -> [String] { list.split(separator: ",").map(String.init) }

  func run() throws {
    try Trouble.reported {
      try Directory.prepare(out)
      try DirectoryLock.whileHeld(out) { try measure() }
    }
  }

  private func measure() throws {
    let paths = try names(paths).map { kind in
      let options = try PathOptions.parse(["--path", kind])
      return NamedPath(name: kind, path: try options.path())
    }
    let targets = try names(targets).map { name in
      NamedTarget(name: name, target: try Self.target(name))
    }
    var benchmark = EvaluationBenchmark(
      paths: paths.map(\.name), targets: targets.map(\.name), samples: samples, seed: seed)
    if !restart, let bytes = try? FileBytes.read("\(out)/nfe.json") {
      do throws(ContinuationError) {
        benchmark = try benchmark.continued(from: bytes)
      } catch {
        Trouble.note("\(out)/nfe.json: \(error); give another --out, or --restart")
        throw ExitCode(2)
      }
    }
    let bar = ProgressBar(total: benchmark.total)
    bar.advance(by: benchmark.known)
    var saved = DispatchTime.now().uptimeNanoseconds
    try benchmark.run(paths: paths, targets: targets) { benchmark in
      bar.advance()
      let now = DispatchTime.now().uptimeNanoseconds
      if now - saved > 2_000_000_000 {
        try save(benchmark)
        saved = now
      }
    }
    bar.finish()
    try save(benchmark)
    try write(Array(benchmark.summary.utf8), to: .standardOutput)
  }

  private static func target(_ name: String) throws -> any Target {
    try DataOptions.named(name, std: 0) { nil }.target
  }

  private func save(_ benchmark: EvaluationBenchmark) throws {
    try write(benchmark.json, to: .path("\(out)/nfe.json"))
    try write(Array(benchmark.csv.utf8), to: .path("\(out)/nfe.csv"))
    try write(Array(benchmark.summary.utf8), to: .path("\(out)/nfe.md"))
  }

  private func write(_ bytes: [UInt8], to destination: FileDestination) throws(FileError) {
    try AtomicFile.write(to: destination) { output throws(FileError) in
      output.pending += bytes
      try output.flushIfLarge()
    }
  }
}
