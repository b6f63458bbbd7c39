import ArgumentParser
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

/// `flowref score`.
struct ScoreCommand: ParsableCommand, Exemplified {
  static let example = "flowref score run"

  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Measures a trained model against the exact field of its data.",
    discussion: """
      The true loss E|w - u|^2, the relative error by time, the continuity residual, the negative \
      log-likelihood beside the exact one, the energy and sliced Wasserstein distances of its samples \
      (beside those of exact samples), and evaluations of dopri5 by tolerance. One JSON object.
      """)

  @Argument(help: ArgumentHelp("The directory of the run.", valueName: "directory"))
  var directory: String

  @Option(
    parsing: .unconditional,
    help: "Samples drawn and compared (default: 2000; of a U-Net 500).")
  var samples: Int?

  @OptionGroup var running: ThreadsOption

  @Option(parsing: .unconditional, help: "Which random numbers.")
  var seed: UInt64 = 1

  mutating func validate() throws {
    if let samples, samples < 300 { throw ValidationError("--samples must be at least 300.") }
  }

  func run() throws {
    try Trouble.reported {
      let checkpoint = try Checkpoint(reading: "\(directory)/model.safetensors")
      let recipe = checkpoint.configuration.recipe
      guard recipe.source == .gaussian, recipe.coupling == .independent,
        recipe.network.classes == 0
      else {
        throw FlowError(
          .unsupported, "model",
          "the exact field is known for a Gaussian source, independent pairs and no labels")
      }
      let data = try TrainingData(checkpoint.configuration.data)
      var effort = ModelScores.Effort(for: recipe.network)
      if let samples { effort.samples = samples }
      effort.seed = seed
      let scores = try ModelScores(
        checkpoint, exactly: MarginalField(path: try recipe.makePath(), target: data.target),
        effort: effort, threads: running.threads)
      if scores.negativeLogLikelihood == nil {
        Trouble.note(
          "negative_log_likelihood is left out: the data is points, which have no density at the end of the path; "
            + "train with --std for one")
      }
      try write(scores, checkpoint)
    }
  }

  private func write(_ scores: ModelScores, _ checkpoint: Checkpoint) throws {
    var text = JSONWriter()
    text.writeObject { text in
      text.writeName("updates")
      text.write(checkpoint.step)
      text.writeName("relative_errors")
      text.write(scores.relativeErrors)
      for (name, members) in [
        (
          "true_loss",
          [
            ("value", scores.trueLoss.value), ("standard_error", scores.trueLoss.standardError),
          ]
        ),
        (
          "continuity_residual",
          [
            ("root_mean_square", scores.continuityResidual.residual),
            ("size_of_terms", scores.continuityResidual.size),
          ]
        ),
        (
          "negative_log_likelihood",
          scores.negativeLogLikelihood.map {
            [
              ("model", $0.model), ("exact", $0.exact),
              ("standard_error_of_difference", $0.standardError),
            ]
          } ?? []
        ),
        (
          "energy_distance",
          [("model", scores.energyDistance.model), ("exact", scores.energyDistance.exact)]
        ),
        (
          "sliced_wasserstein",
          [("model", scores.slicedWasserstein.model), ("exact", scores.slicedWasserstein.exact)]
        ),
        ("evaluations", scores.evaluations.map { ("\($0.tolerance)", $0.mean) }),
      ] where !members.isEmpty {
        text.writeName(name)
        text.writeObject { inner in
          for (name, value) in members {
            inner.writeName(name)
            inner.write(value)
          }
        }
      }
    }
    text.endLine()
    try Descriptor.write(text.bytes, to: STDOUT_FILENO, path: "standard output")
  }
}
