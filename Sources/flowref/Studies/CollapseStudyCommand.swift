import ArgumentParser
import FlowFigures
import FlowFiles
import FlowMatching
import FlowStudies

/// `flowref study collapse`.
struct CollapseStudyCommand: AsyncParsableCommand, Exemplified {
  static let example = "flowref study collapse --counts 50 --samples 64 --out collapse"

  static let configuration = CommandConfiguration(
    commandName: "collapse",
    abstract: "When one data point owns the posterior, by path and sigma_min, against theory.",
    discussion: """
      Writes DIR/collapse.csv and the figure collapse (SVG, PNG, data and script). A share is that of drawn \
      points, the same for all times, and does not rise from every time to the next. By default of the \
      1,797 handwritten digits.
      """)

  @OptionGroup var data: DataOptions

  @Option(help: ArgumentHelp("The directory to write to.", valueName: "dir"))
  var out: String

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Sizes of subsets of the data.", valueName: "n,...")
  )
  var counts = NumberList(numbers: [100, 400])

  @Option(
    parsing: .unconditional, help: "How many pairs of a data point and noise are averaged over.")
  var samples = 512

  @Option(parsing: .unconditional, help: "Which random pairs.")
  var seed: UInt64 = 0

  mutating func validate() throws {
    if data.data == nil { data.data = "digits" }
    try data.checkLayout()
    if samples < 1 { throw ValidationError("--samples must be at least 1.") }
  }

  private func paths() throws -> [CollapseResults.PathCase] {
    var paths: [CollapseResults.PathCase] = []
    for sigma in [0, 0.01, 0.1, 0.3, 0.6] {
      paths.append(
        CollapseResults.PathCase(
          name: sigma == 0 ? "ot" : "ot, sigma_min \(sigma)", sigmaMin: sigma,
          path: try OptimalTransportPath(sigmaMin: sigma)))
    }
    return paths + [
      CollapseResults.PathCase(name: "vp", path: try VariancePreservingPath()),
      CollapseResults.PathCase(name: "cosine", path: CosinePath()),
      CollapseResults.PathCase(name: "linear_vp", path: LinearVariancePreservingPath()),
      CollapseResults.PathCase(name: "ve", sigmaMin: 0.01, path: try VarianceExplodingPath()),
    ]
  }

  func run() async throws {
    try await Trouble.reported {
      guard let name = data.data, let table = try data.table() else {
        throw FlowError(.unsupported, "data", "a collapse needs data points: a file, or digits")
      }
      try Directory.prepare(out)
      let paths = try paths()
      let counts = counts.numbers.filter { $0 < table.rows } + [table.rows]
      let bar = ProgressBar(total: CollapseResults.parts(counts: counts, paths: paths))
      let results = try CollapseResults(
        name: name.split(separator: "/").last.map(String.init) ?? name,
        dimension: table.dimension, points: table.values, counts: counts, paths: paths,
        samples: samples, seed: seed
      ) { bar.advance() }
      bar.finish()
      try await StudyOutput(directory: out).write([results.figure], [results.table])
    }
  }
}
