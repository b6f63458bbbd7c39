import ArgumentParser
import FlowFiles
import FlowMatching
import FlowTraining

/// `flowref train`.
struct TrainCommand: ParsableCommand, Exemplified {
  static let example =
    "flowref train --data eight_gaussians --path ot --steps 2000 --width 64 --output run"

  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Trains a network in float32 and knows its true loss.",
    discussion: """
      Writes OUTPUT/model.safetensors, whole or not at all, every --checkpoint-every updates and at \
      the end, and OUTPUT/configuration.json. The bits do not depend on --threads. Standard output \
      has one JSON object at the end.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var path: PathOptions
  @OptionGroup var recipe: RecipeOptions
  @OptionGroup var running: RunOptions

  @Option(help: ArgumentHelp("The directory to write to.", valueName: "directory"))
  var output: String

  mutating func validate() throws {
    if data.data == nil { throw ValidationError("--data is missing.") }
    try data.checkLayout()
    if path.kind == nil { path.kind = .ot }
  }

  func run() throws {
    try Trouble.reported {
      let found = try TrainingData(data)
      if recipe.conditional, found.labels.isEmpty {
        throw ValidationError("--conditional needs data with labels.")
      }
      guard let kind = path.kind else { return }
      let recipe = try recipe.recipe(
        dimension: found.source.dimension,
        classes: self.recipe.conditional ? found.labels.count : 0, path: kind,
        parameters: path.values(of: kind))
      let trainer = try Trainer(
        recipe: recipe, data: found.source, source: try TrainingData.source(self.recipe.sourceData),
        threads: running.threads)
      try Directory.prepare(output)
      let texts = found.texts(data, sourceData: self.recipe.sourceData)
      let json = RunConfiguration(recipe: recipe, data: texts).json
      try AtomicFile.write(to: .path("\(output)/configuration.json")) { file throws(FileError) in
        try file.append(json + "\n")
      }
      try running.go(trainer, target: found.target, texts: texts, output: output)
    }
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
      refused with what is wrong.
      """)

  @Argument(help: ArgumentHelp("The directory of the run.", valueName: "directory"))
  var directory: String

  @OptionGroup var running: RunOptions

  func run() throws {
    try Trouble.reported {
      let checkpoint = try Checkpoint(reading: "\(directory)/model.safetensors")
      let texts = checkpoint.configuration.data
      let found = try TrainingData(texts)
      let trainer = try checkpoint.trainer(
        data: found.source,
        source: try TrainingData.source(texts.first { $0.name == "source" }?.text),
        threads: running.threads)
      try running.go(trainer, target: found.target, texts: texts, output: directory)
    }
  }
}
