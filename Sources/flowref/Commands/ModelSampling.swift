import ArgumentParser
import FlowFiles
import FlowIntegration
import FlowMatching
import FlowTraining

/// Sampling from a trained model, as part of `flowref sample`.
struct ModelSampling: ParsableArguments {
  @Option(help: ArgumentHelp("A trained model: run/model.safetensors.", valueName: "file"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Labels to sample with, separated by commas, or all (default: none).", valueName: "names"))
  var labels: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The weight w of guidance, u + w (u_c - u): 1 is the conditional field.", valueName: "w"))
  var guidance: Double?

  @Flag(help: "Evaluates the network in double precision, for tolerances below 1e-5.")
  var double = false

  @Option(
    help: ArgumentHelp(
      """
      A PNG file to draw samples in, a U-Net's images or square pictures, with values from -1 (black) to 1 \
      (white), a row per label. Without --out nothing else is written.
      """, valueName: "file"))
  var image: String?

  mutating func validate() throws {
    if model == nil, labels != nil || guidance != nil || double || image != nil {
      throw ValidationError("--labels, --guidance, --double and --image need --model.")
    }
    if guidance != nil, labels == nil { throw ValidationError("--guidance needs --labels.") }
  }

  func run(
    _ file: String, count: Int, seed: UInt64, solver: SolverOptions, output: OutputOptions,
    pointsOnly: Bool
  ) throws {
    if let image { try Directory.checkWritable(fileAt: image) }
    let checkpoint = try Checkpoint(reading: file)
    let shape = checkpoint.configuration.recipe.network
    let d = shape.dimension
    let side = Int(Double(d).squareRoot())
    let picture = shape.unet.map { ($0.height, $0.width, $0.channels) } ?? (side, side, 1)
    if image != nil, picture.0 * picture.1 * picture.2 != d {
      throw FlowError(.unsupported, "image", "points of \(d) numbers are no square pictures")
    }
    if image != nil, ![1, 3].contains(picture.2) {
      throw FlowError(
        .unsupported, "image", "pictures have one or three channels, not \(picture.2)")
    }
    let numbers = try labelNumbers(checkpoint)
    let source = try TrainingData.noise(of: checkpoint.configuration.data)
    let times = try checkpoint.times()
    let (start, end) = (max(solver.t0, times.lowerBound), min(solver.t1, times.upperBound))
    let trained = checkpoint.configuration.recipe.times.lower
    if times.lowerBound > trained, solver.t0 < times.lowerBound {
      Trouble.note(
        "samples start at t = \(start): at t = \(trained) the velocity of this model's prediction is infinite"
      )
    }
    var table = SolutionTable(dimension: d, adding: labels == nil ? [] : ["label_number"])
    var pictures: [Double] = []
    let slice = 64
    let bar = ProgressBar(total: numbers.count * ((count + slice - 1) / slice))
    for number in numbers {
      let flow = try Flow(
        of: try field(checkpoint, number), solver: solver.method,
        steps: try solver.control(standard: 1e-5))
      let noise = try checkpoint.noise(
        count: count, source: source, seed: seed, stream: UInt64((number ?? -1) + 1))
      for first in stride(from: 0, to: count, by: slice) {
        let rows = first..<min(count, first + slice)
        let points = Array(noise[rows.lowerBound * d..<rows.upperBound * d])
        for solution in try flow.solutions(from: start, to: end, at: points) {
          table.append(solution.x, number.map { [Double($0)] } ?? [], solution)
          pictures += solution.x
        }
        bar.advance()
      }
    }
    bar.finish()
    if let image {
      let columns = labels == nil ? Int(Double(count).squareRoot().rounded(.up)) : count
      let grid = PixelImage(
        grid: pictures, imageWidth: picture.1, imageHeight: picture.0, channels: picture.2,
        columns: columns, zoom: 4)
      try AtomicFile.write(to: .path(image)) { file throws(FileError) in file.pending = grid.png }
    }
    if image == nil || output.out != nil {
      try output.write(pointsOnly ? table.points : table.table)
    }
    try table.reportTrouble()
  }

  private func field(_ checkpoint: Checkpoint, _ label: Int?) throws -> any VelocityField {
    func guided<Field: VelocityField>(_ make: (Int?) throws -> Field) throws -> any VelocityField {
      guard let guidance else { return try make(label) }
      return try GuidedModelField(
        unconditional: try make(nil), conditional: try make(label), weight: guidance)
    }
    return double
      ? try guided { try checkpoint.learnedField(label: $0) }
      : try guided { try checkpoint.trainedField(label: $0, threads: ThreadsOption.standard) }
  }

  /// The numbers of the labels; `nil` for none.
  private func labelNumbers(_ checkpoint: Checkpoint) throws -> [Int?] {
    guard let labels else { return [nil] }
    guard checkpoint.configuration.recipe.network.classes > 0,
      let text = checkpoint.configuration.data.first(where: { $0.name == "labels" })?.text
    else {
      throw FlowError(.unsupported, "labels", "the model was trained without labels")
    }
    let names = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if labels == "all" { return Array(names.indices) }
    return try labels.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let number = names.firstIndex(of: String(name)) else {
        throw FlowError.outOfDomain(
          "labels", String(name), accepted: "{\(names.joined(separator: ", "))}")
      }
      return number
    }
  }
}
