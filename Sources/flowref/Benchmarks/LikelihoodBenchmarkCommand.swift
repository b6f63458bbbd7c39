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

/// `flowref benchmark likelihood`.
struct LikelihoodBenchmarkCommand: ParsableCommand, Exemplified {
  static let example = "flowref benchmark likelihood --width 16 --batch 64 --evaluations 40000"

  static let configuration = CommandConfiguration(
    commandName: "likelihood",
    abstract:
      "What flow matching saves: one network, trained by both objectives with as many evaluations.",
    discussion: """
      Maximum likelihood differentiates through 20 Runge-Kutta steps, 80 evaluations of the network and of its \
      divergence for a row; flow matching (path ot) does not simulate and needs one. Eight Gaussians. A JSON \
      object per objective and quarter: evaluations of the network, updates, and the mean negative \
      log-likelihood of 500 new points in nats. Seconds are left out: the likelihood is computed in double \
      precision and row by row, flow matching in float32 by the training kernels.
      """)

  @Option(parsing: .unconditional, help: "Neurons of a hidden layer.")
  var width: Int = 32

  @Option(parsing: .unconditional, help: "Rows of an update.")
  var batch: Int = 256

  @Option(
    parsing: .unconditional,
    help: "Evaluations of the network per objective, reported at every quarter.")
  var evaluations = 2_000_000

  /// Of the Runge-Kutta method.
  private static let steps = 20

  @OptionGroup var running: ThreadsOption

  mutating func validate() throws {
    guard evaluations > 0 else { throw ValidationError("--evaluations must be above 0.") }
  }

  func run() throws {
    try Trouble.reported {
      let shape = try NetworkShape(
        kind: .mlp, dimension: 2, width: width, layers: 4, activation: .tanh)
      let target = try Preset.eightGaussians()
      let data = DataSource.target(target)
      let likelihood = try LikelihoodTrainer(
        shape: shape, data: data, batch: batch, rate: 3e-3, steps: Self.steps, seed: 1,
        threads: running.threads)
      try race("maximum_likelihood", data, perRow: 4 * Self.steps) { () -> (Int, Network) in
        likelihood.advance()
        return (likelihood.step, likelihood.trained)
      }
      var recipe = TrainingRecipe(network: shape)
      recipe.batch = batch
      recipe.steps = 1 << 40
      recipe.rate.peak = 3e-3
      recipe.seed = 1
      let matching = try Trainer(recipe: recipe, data: data, threads: running.threads)
      try race("flow_matching", data, perRow: 1) { () throws(FlowError) -> (Int, Network) in
        try matching.advance()
        return (matching.step, matching.network)
      }
    }
  }

  private func race(
    _ name: String, _ data: DataSource, perRow: Int,
    _ advance: () throws(FlowError) -> (Int, Network)
  ) throws {
    for quarter in 1...4 {
      var state: (updates: Int, network: Network) = try advance()
      while 4 * state.updates * batch * perRow < quarter * evaluations { state = try advance() }
      let loss = try state.network.negativeLogLikelihood(of: data, count: 500, steps: 60, seed: 9)
      var writer = JSONWriter()
      writer.writeObject { writer in
        writer.writeName("objective")
        writer.write(name)
        for (name, count) in [
          ("evaluations", state.updates * batch * perRow), ("updates", state.updates),
        ] {
          writer.writeName(name)
          writer.write(count)
        }
        writer.writeName("negative_log_likelihood")
        writer.write(loss)
      }
      writer.endLine()
      try Descriptor.write(writer.bytes, to: STDOUT_FILENO, path: "standard output")
    }
  }
}
