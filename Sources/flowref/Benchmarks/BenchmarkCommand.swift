import ArgumentParser
import Dispatch
import FlowFiles
import FlowMatching
import FlowTraining

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `flowref benchmark`.
struct BenchmarkCommand: ParsableCommand, Exemplified {
  static let example = "flowref benchmark training --width 64 --batch 1000"

  static let configuration = CommandConfiguration(
    commandName: "benchmark", abstract: "Measures this machine.",
    subcommands: [
      EvaluationBenchmarkCommand.self, SolverBenchmarkCommand.self, TrainingBenchmarkCommand.self,
      LikelihoodBenchmarkCommand.self, QuadratureBenchmarkCommand.self,
    ])
}

/// `flowref benchmark training`.
struct TrainingBenchmarkCommand: ParsableCommand, Exemplified {
  static let example = "flowref benchmark training --width 64 --batch 1000 --seconds 1"

  static let configuration = CommandConfiguration(
    commandName: "training",
    abstract:
      "Samples per second of training a network 3-H-H-H-H-2 on eight Gaussians, or a U-Net on noise.",
    discussion: "A step draws its batch, makes the gradient and updates by Adam.")

  @Option(
    parsing: .unconditional, help: "H (default: 512), or the channels of a U-Net (default: 32).")
  var width: Int?

  @OptionGroup var image: ImageOptions

  @Option(parsing: .unconditional, help: "Rows of an update.")
  var batch: Int = 1000

  @Option(parsing: .unconditional, help: "How long to measure.")
  var seconds: Double = 3

  @OptionGroup var running: ThreadsOption

  mutating func validate() throws {
    guard seconds > 0, seconds.isFinite else {
      throw ValidationError("--seconds must be above 0.")
    }
  }

  func run() throws {
    try Trouble.reported {
      let (shape, data) = try image.image == nil ? plain() : images()
      var recipe = TrainingRecipe(network: shape)
      recipe.batch = batch
      recipe.steps = 1 << 40
      recipe.adam.averageDecay = 0
      let trainer = try Trainer(
        recipe: recipe, data: data, threads: running.threads)
      func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }
      let warm = now()
      while now() - warm < 0.3 { try trainer.advance() }
      let start = now()
      let first = trainer.step
      while now() - start < seconds { try trainer.advance() }
      let rate = Double((trainer.step - first) * batch) / (now() - start)
      let operations = 2 * Double(shape.productsPerSample)
      var writer = JSONWriter()
      writer.writeObject { writer in
        for (name, count) in [
          ("width", shape.width), ("batch", batch), ("threads", running.threads),
        ] {
          writer.writeName(name)
          writer.write(count)
        }
        for (name, value) in [
          ("samples_per_second", rate.rounded()),
          ("gflop_per_second", (rate * operations * 1e-8).rounded() / 10),
        ] {
          writer.writeName(name)
          writer.write(value)
        }
      }
      writer.endLine()
      try Descriptor.write(writer.bytes, to: STDOUT_FILENO, path: "standard output")
    }
  }

  private func plain() throws -> (NetworkShape, DataSource) {
    try image.refuse(for: "a plain network; --image makes it one")
    return (
      try NetworkShape(kind: .mlp, dimension: 2, width: width ?? 512, layers: 5),
      .target(try Preset.eightGaussians())
    )
  }

  /// 256 images of noise.
  private func images() throws -> (NetworkShape, DataSource) {
    let unet = try image.shape()
    let rows = RandomStream(seed: 1, stream: 1).normals(256 * unet.dimension, at: 0)
    return (
      try .unet(unet, width: width ?? 32, depth: image.depth ?? 1),
      .table(dimension: unet.dimension, rows: rows, labels: nil)
    )
  }
}
