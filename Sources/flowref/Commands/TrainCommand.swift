import ArgumentParser
import FlowFiles
import FlowMatching
import FlowTraining

/// `flowref train`.
struct TrainCommand: ParsableCommand, Exemplified {
  static let example =
    "flowref train --data eight_gaussians --path ot --steps 2000 --width 64 --out run"

  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network in float32 and knows its true loss.",
    discussion: """
      Writes OUT/model.safetensors, whole or not at all, every --checkpoint-every updates and at \
      the end, and OUT/configuration.json. The bits do not depend on --threads. Standard output \
      has one JSON object at the end.

      With --network unet the rows are images, an NPY file of (n, h, w) or (n, h, w, c). Bytes are scaled to \
      [-1, 1], as by --scale 0.00784 --offset -1, unless a scale is given; the model's file keeps the scale.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var path: PathOptions
  @OptionGroup var recipe: RecipeOptions
  @OptionGroup var running: RunOptions

  @Option(help: ArgumentHelp("The directory to write to.", valueName: "directory"))
  var out: String

  @Flag(help: "Begins anew where the directory holds a run.")
  var overwrite = false

  mutating func validate() throws {
    if data.data == nil { throw ValidationError("--data is missing.") }
    try data.checkLayout()
  }

  func run() throws {
    try Trouble.reported {
      var data = data
      let isUNet = recipe.network == NetworkShape.Kind.unet.rawValue
      if isUNet { try data.scaleImagesOfBytes() }
      let found = try TrainingData(data, source: recipe.sourceData)
      if recipe.conditional, found.labels.isEmpty {
        throw ValidationError("--conditional needs data with labels.")
      }
      let kind = path.chosen
      let recipe = try recipe.recipe(
        dimension: found.source.dimension, axes: isUNet ? try data.imageAxes() : nil,
        classes: self.recipe.conditional ? found.labels.count : 0, path: kind,
        parameters: path.values(of: kind))
      let trainer = try Trainer(
        recipe: recipe, data: found.source, source: found.noise, threads: running.threads)
      try Directory.prepare(out)
      let texts = found.texts(data, sourceData: self.recipe.sourceData)
      try DirectoryLock.whileHeld(out) {
        if !overwrite { try refuseRun() }
        try RunConfiguration(recipe: recipe, data: texts).write(to: out)
        try running.go(trainer, target: found.target, texts: texts, output: out)
      }
    }
  }

  /// Throws where the directory holds a run with updates that would be lost.
  private func refuseRun() throws {
    guard let checkpoint = try? Checkpoint(reading: "\(out)/model.safetensors"),
      checkpoint.step > 0
    else { return }
    throw ValidationError(
      "\(out) holds a run after \(checkpoint.step) of \(checkpoint.configuration.recipe.steps) updates: "
        + "\"flowref resume \(out)\" goes on with it, --overwrite begins anew, --out names another directory."
    )
  }
}

/// `flowref resume`.
struct ResumeCommand: ParsableCommand, Exemplified {
  static let example = "flowref resume run"

  static let configuration = CommandConfiguration(
    commandName: "resume",
    abstract: "Goes on with a training run from its last checkpoint.",
    discussion: """
      The result is the same to the bit as if the run had not been stopped. A damaged checkpoint is \
      refused with what is wrong, and so is data that is not what the run began with.
      """)

  @Argument(help: ArgumentHelp("The directory of the run.", valueName: "directory"))
  var directory: String

  @Flag(help: "Goes on with the data as it is now, and records that.")
  var acceptNewData = false

  @OptionGroup var running: RunOptions

  func run() throws {
    try Trouble.reported {
      try DirectoryLock.whileHeld(directory) { try goOn() }
    }
  }

  private func goOn() throws {
    let checkpoint = try Checkpoint(reading: "\(directory)/model.safetensors")
    let configuration = checkpoint.configuration
    let found = try TrainingData(
      configuration.data, changed: acceptNewData ? .accepted : .refused(", or --accept-new-data"))
    let texts = found.texts(configuration.data)
    let trainer = try checkpoint.trainer(
      data: found.source, source: found.noise, threads: running.threads)
    if acceptNewData {
      try RunConfiguration(recipe: configuration.recipe, data: texts).write(to: directory)
      try Checkpoint.write(trainer, texts, to: "\(directory)/model.safetensors")
    }
    try running.go(trainer, target: found.target, texts: texts, output: directory)
  }
}

extension RunConfiguration {
  /// Writes the file beside the model.
  fileprivate func write(to directory: String) throws(FileError) {
    try AtomicFile.write(to: .path("\(directory)/configuration.json")) { file throws(FileError) in
      try file.append(json + "\n")
    }
  }
}
