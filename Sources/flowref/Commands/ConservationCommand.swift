import ArgumentParser
import FlowConformance
import FlowFigures
import FlowFiles
import FlowMatching
import FlowSpectral
import FlowStudies
import FlowTraining

/// `flowref conservation`.
struct ConservationCommand: AsyncParsableCommand, Exemplified {
  static let example = "flowref conservation --data eight_gaussians --path ot -- flowref oracle"

  static let configuration = CommandConfiguration(
    commandName: "conservation",
    abstract: "Measures how well a velocity field conserves probability along the exact path.",
    discussion: """
      On grids in one and two dimensions: p_t and its derivative along time by convolution, div(p v) by \
      Fourier differentiation. The field v is the exact one, that of --model, that of another program \
      (after --, asked for marginal_velocity by the wire protocol), or --velocities at one time.

      Columns: t; rate, half the integral of |dp/dt + div(p v)|, how fast the law of v departs from p_t \
      in total variation (a sum over the grid: where the residual changes its sign it has kinks, so that \
      the third digit may be off, by up to 0.3%); relative, the same over the size of what cancels; largest; points. Standard \
      error tells the integral of the rate, a bound on the distance at the end. --figure draws where in \
      the plane the residual is.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var source: SourceOption
  @OptionGroup var path: PathOptions

  @Option(
    help: ArgumentHelp(
      "A trained model: run/model.safetensors; data and path are its own.", valueName: "file"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "A CSV or NPY file: a row per point of a grid, its place and its velocity; needs --t.",
      valueName: "file"))
  var velocities: String?

  @Option(parsing: .unconditional, help: "The time of --velocities, from 0 (noise) to 1 (data).")
  var t: Double?

  @Option(parsing: .unconditional, help: "The first time.")
  var t0 = 0.0

  @Option(parsing: .unconditional, help: "The last time.")
  var t1 = 1.0

  @Option(parsing: .unconditional, help: "How many times, in the middles of equal parts.")
  var times = 16

  @Option(
    help: ArgumentHelp(
      "Also draw the residual at five of the times, in this directory.", valueName: "dir"))
  var figure: String?

  @OptionGroup var output: OutputOptions

  @Argument(parsing: .postTerminator, help: "The program to ask, after --.")
  var command: [String] = []

  mutating func validate() throws {
    try source.check(data)
    let others = (model == nil ? 0 : 1) + (velocities == nil ? 0 : 1) + (command.isEmpty ? 0 : 1)
    if others > 1 { throw ValidationError("Give one of --model, --velocities and a program.") }
    try path.check(with: data, orModel: model, and: velocities)
    if (velocities == nil) != (t == nil) {
      throw ValidationError("--velocities and --t need each other.")
    }
    if times < 1 { throw ValidationError("--times must be at least 1.") }
    if !command.isEmpty {
      if source.source != nil { throw ValidationError("A program is asked without --source.") }
      _ = try targetText()
    }
  }

  func run() async throws {
    try await Trouble.reported {
      if let model { return try await score(model: model) }
      guard let target = try data.target().map(source.applied)?.target else { return }
      let path = try path.path()
      let spectral = try SpectralPath(path: path, target: target)
      if let velocities, let time = t {
        return try await score(values: velocities, at: try Time(time), spectral, target)
      }
      if command.isEmpty {
        return try await score(
          MarginalField(path: path, target: target), "the exact field", spectral, target, t0...t1)
      }
      let setting = OutsideField.Setting(
        path: pathText(), target: try targetText(), dimension: target.dimension)
      let (times, range) = (times, t0...t1)
      do {
        let found = try await OutsideField.run(command, setting) { field in
          try spectral.conservation(
            of: field, from: range.lowerBound, to: range.upperBound, count: times)
        }
        try await write(found, "the field of \(command[0])", target)
      } catch let failure as OutsideField.Failure {
        Trouble.note(failure.description)
        throw ExitCode(2)
      }
    }
  }

  private func score(model: String) async throws {
    let checkpoint = try Checkpoint(reading: model)
    let recipe = checkpoint.configuration.recipe
    guard recipe.source == .gaussian, recipe.coupling == .independent, recipe.network.classes == 0
    else {
      throw FlowError(
        .unsupported, "model",
        "the exact path is known for a Gaussian source, independent pairs and no labels")
    }
    let target = try TrainingData(checkpoint.configuration.data).target
    let spectral = try SpectralPath(path: try recipe.makePath(), target: target)
    let known = try checkpoint.times()
    try await score(
      try checkpoint.learnedField(), "the learned field", spectral, target,
      max(t0, known.lowerBound)...min(t1, known.upperBound))
  }

  private func score(
    _ field: any VelocityField, _ name: String, _ spectral: SpectralPath, _ target: any Target,
    _ range: ClosedRange<Double>
  ) async throws {
    let bar = ProgressBar(total: times)
    let found = try spectral.conservation(
      of: field, from: range.lowerBound, to: range.upperBound, count: times
    ) { _ in bar.advance() }
    bar.finish()
    try await write(found, name, target)
  }

  private func score(
    values file: String, at time: Time<Double>, _ spectral: SpectralPath, _ target: any Target
  ) async throws {
    let table = try TableLayout.read(file, data.isFile ? DataSelection() : data.layout)
    guard table.dimension == 2 * spectral.dimension else {
      throw ValidationError(
        "--velocities has \(table.dimension) columns, and \(2 * spectral.dimension) are needed: the "
          + "\(spectral.dimension) coordinates of a point of the grid and its velocity.")
    }
    let field = try GriddedVelocities(rows: table.values, dimension: spectral.dimension)
    try checkGrid(field.grid, at: time, spectral)
    let residual = try spectral.marginal(at: time, on: field.grid).residual(
      ofVelocities: field.velocities)
    try await write([residual], "the field of \(file)", target)
  }

  /// Refuses a grid on which the exact field itself would not conserve probability.
  private func checkGrid(
    _ grid: PeriodicGrid, at time: Time<Double>, _ spectral: SpectralPath
  ) throws {
    let loss: Double
    do throws(FlowError) {
      loss = try spectral.loss(of: grid, at: time)
    } catch {
      return Trouble.note(
        "whether the grid is large and fine enough is not known: \(error.message)")
    }
    guard loss > 1e-9 else { return }
    var words =
      "the grid of --velocities misses about \(DecimalText.short(loss)) of p_t: too small, or too coarse"
    if let needed = try? spectral.grid(at: time) {
      let axes = needed.axes.map { axis in
        "\(axis.count) points from \(axis.origin) in steps of \(axis.step)"
      }
      words += "; one that misses nothing: \(axes.joined(separator: " by "))"
    }
    guard loss > 1e-3 else { return Trouble.note(words) }
    throw FlowError(.outOfDomain, "velocities", words)
  }

  private func write(
    _ found: SpectralPath.Conservation, _ name: String, _ target: any Target
  ) async throws {
    try await write(found.residuals, name, target)
    Trouble.note(
      "integral of the rate: \(found.totalVariation) of the total variation distance, at most 1")
  }

  /// The table, and the figure of the field that is called `name`.
  private func write(
    _ residuals: [GridResidual], _ name: String, _ target: any Target
  ) async throws {
    if let figure {
      let window = try PlotGrid.window(around: target, count: 2)
      try Directory.prepare(figure)
      try await StudyOutput(directory: figure).write(
        [ConservationFigure.figure(of: name, residuals, window: window)], [])
    }
    try output.write(Self.table(residuals))
  }

  private static func table(_ residuals: [GridResidual]) -> DataTable {
    var table = DataTable(
      columns: ["t", "rate", "relative", "largest", "points"], dimension: 5,
      values: residuals.flatMap {
        [$0.time.t, $0.totalVariationRate, $0.relative, $0.largest, Double($0.grid.count)]
      })
    table.countedColumns = [4]
    return table
  }

  /// The path as requests spell it.
  private func pathText() -> String {
    let kind = path.chosen
    let parameters = zip(kind.parameters, path.values(of: kind)).map { ",\"\($0.name)\":\($1)" }
    return "{\"kind\":\"\(kind.rawValue)\"\(parameters.joined())}"
  }

  /// The target as requests spell it.
  private func targetText() throws -> String {
    guard let text = data.data else { throw ValidationError("--data is missing.") }
    if text.hasPrefix("{") { return text }
    guard DataOptions.presets.contains(text), text != "digits" else {
      throw ValidationError("A program is asked about presets and targets as in requests.")
    }
    return "{\"kind\":\"preset\",\"name\":\"\(text)\"}"
  }
}
