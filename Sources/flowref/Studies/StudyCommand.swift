import ArgumentParser
import FlowFigures
import FlowFiles
import FlowMatching
import FlowStudies

/// `flowref study`.
struct StudyCommand: AsyncParsableCommand, Exemplified {
  static let example = "flowref study eight_gaussians --path ot --out study"

  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Draws a target's exact fields: figures, tables and an explorer on one page.",
    discussion: """
      Writes DIR/index.html, which needs no network, and beside it every figure as SVG and PNG with \
      its data and its gnuplot script, and the tables as CSV. Pictures need gnuplot; all else is \
      written without it.
      """,
    subcommands: [
      TargetStudyCommand.self, FewStepStudyCommand.self, CollapseStudyCommand.self,
      NotebookStudyCommand.self, PlotStudyCommand.self,
    ],
    defaultSubcommand: TargetStudyCommand.self)
}

/// `flowref study target`, which `flowref study` means.
struct TargetStudyCommand: AsyncParsableCommand, Exemplified {
  static let example = StudyCommand.example

  static let configuration = CommandConfiguration(
    commandName: "target", abstract: "One target of the plane along several paths (default).",
    discussion: "The explorer and the tables have ot, vp and cosine beside --path.")

  @Argument(
    help: ArgumentHelp(
      "A preset, a file of points or a target as in requests, of two dimensions; see flowref field "
        + "--data.", valueName: "preset|file|json"))
  var data: String

  @OptionGroup var source: SourceOption
  @OptionGroup var path: PathOptions

  @Option(help: ArgumentHelp("The directory to write to.", valueName: "dir"))
  var out: String

  @Option(parsing: .unconditional, help: "Of a file: the two coordinates, by position or name.")
  var columns: String?

  @Option(
    help: ArgumentHelp(
      "Of a file: whether its first row names the columns.", valueName: "yes|no|auto"))
  var header: TableHeader?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Of a file: what stands between its cells.", valueName: "name"))
  var delimiter: Delimiter?

  @Option(parsing: .unconditional, help: "Smooths the points of a file by a Gaussian of this std.")
  var std: Double?

  @Option(parsing: .unconditional, help: "Which random samples.")
  var seed: UInt64 = 0

  func run() async throws {
    try await Trouble.reported {
      var arguments = ["--data", data]
      if let columns { arguments += ["--columns", columns] }
      if let header { arguments += ["--header", header.rawValue] }
      if let delimiter { arguments += ["--delimiter", delimiter.description] }
      if let std { arguments += ["--std", "\(std)"] }
      let options = try DataOptions.parse(arguments)
      try source.check(options)
      guard let (name, target) = try options.target().map(source.applied) else { return }
      let (kind, chosen) = (path.chosen.rawValue, try path.path())
      var paths = [NamedPath(name: kind, path: chosen)]
      let others: [(String, any ProbabilityPath)] = [
        ("ot", try OptimalTransportPath()), ("vp", try VariancePreservingPath()),
        ("cosine", CosinePath()),
      ]
      for (name, path) in others where name != kind {
        paths.append(NamedPath(name: name, path: path))
      }
      let study = try TargetStudy(name: name, target: target, paths: paths, seed: seed)
      try Directory.prepare(out)
      Trouble.note(
        "the exact fields of \(name) along \(paths.map(\.name).joined(separator: ", ")): figures, tables and an explorer "
          + "(about a minute for targets in closed form)")
      let bar = ProgressBar(total: TargetStudy.parts + paths.count)
      let results = try study.results { bar.advance(by: 1, "figures") }
      let explorer = try study.explorer { bar.advance(by: 1, "explorer") }
      bar.finish()
      try await StudyOutput(directory: out).write(
        title: "\(name): exact fields", introduction: introduction(name, paths), explorer: explorer,
        results.figures, results.tables)
    }
  }
}

extension TargetStudyCommand {
  private func introduction(_ name: String, _ paths: [NamedPath]) -> [String] {
    [
      """
      The exact marginal fields of the target \(name) along the paths \
      \(paths.map(\.name).joined(separator: ", ")), from noise at t = 0 to data at t = 1; figures \
      of a single path show \(paths[0].name). Seed \(seed).
      """
    ]
  }
}

/// Where a study's files go.
struct StudyOutput {
  let directory: String

  /// Everything, and the page that holds it together.
  func write(
    title: String, introduction: [String], explorer: Explorer? = nil, _ figures: [any Figure],
    _ tables: [StudyTable]
  ) async throws {
    let outcome = try await write(figures, tables, says: false)
    let pictures = outcome == .drawn ? try pictures(of: figures) : [:]
    let page = StudyPage(
      title: title, introduction: introduction, explorer: explorer, figures: figures,
      tables: tables, pictures: pictures)
    try AtomicFile.write(to: .path("\(directory)/index.html")) { output throws(FileError) in
      try output.append(page.html)
    }
    say(figures, tables, "\(directory)/index.html, which holds ")
  }

  /// What the page holds of every figure: the SVG, or the PNG where that is smaller because the figure is made of
  /// thousands of points; and the narrow form unless it is of that kind.
  private func pictures(of figures: [any Figure]) throws(FileError) -> [String: [UInt8]] {
    var pictures: [String: [UInt8]] = [:]
    for figure in figures {
      for ending in figure.pictures where ending.hasSuffix(".svg") {
        let file = "\(figure.name)\(ending)"
        let bytes = try FileBytes.read("\(directory)/\(file)")
        if bytes.count < Self.largest { pictures[file] = bytes }
      }
      guard pictures["\(figure.name).svg"] == nil else { continue }
      let file = "\(figure.name).png"
      pictures[file] = try FileBytes.read("\(directory)/\(file)")
    }
    return pictures
  }

  /// Bytes of an SVG from which on its points are too many.
  private static let largest = 420_000

  private func say(_ figures: [any Figure], _ tables: [StudyTable], _ page: String) {
    let files = figures.map(\.name) + tables.map { "\($0.name).csv" }
    Trouble.note(
      "wrote \(page)\(figures.count) figures and \(tables.count) tables; beside it in \(directory): "
        + files.joined(separator: ", "))
  }

  /// Figures and tables.
  @discardableResult
  func write(
    _ figures: [any Figure], _ tables: [StudyTable], says: Bool = true
  ) async throws -> Gnuplot.Outcome {
    for table in tables {
      try AtomicFile.write(to: .path("\(directory)/\(table.name).csv")) {
        output throws(FileError) in try output.append(table.csv)
      }
    }
    let bar = ProgressBar(total: figures.count)
    let outcome = try await Gnuplot.draw(figures, in: directory) { bar.advance() }
    bar.finish()
    if outcome == .missing { Trouble.note(Gnuplot.advice) }
    if says { say(figures, tables, "") }
    return outcome
  }
}
