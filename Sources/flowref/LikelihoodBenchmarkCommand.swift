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

/// `flowref benchmark likelihood`.
struct LikelihoodBenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "likelihood",
    abstract:
      "What flow matching saves: one network, trained for the same time by both objectives.",
    discussion: """
      Maximum likelihood differentiates through 20 Runge-Kutta steps; flow matching (path ot) does not \
      simulate. Eight Gaussians. A JSON object per objective and time: updates, samples per second, and \
      the mean negative log-likelihood of 500 new points in nats.
      """)

  @Option(help: "Neurons of a hidden layer.")
  var width: Int = 32

  @Option(help: "Rows of an update.")
  var batch: Int = 256

  @Option(help: "How long each objective trains, reported at every quarter.")
  var seconds: Double = 60

  @OptionGroup var running: ThreadsOption

  mutating func validate() throws {
    guard seconds > 0, seconds.isFinite else {
      throw ValidationError("--seconds must be above 0.")
    }
  }

  func run() throws {
    try Trouble.reported {
      let shape = try NetworkShape(
        kind: .mlp, dimension: 2, width: width, layers: 4, activation: .tanh)
      let target = try Preset.eightGaussians()
      let data = DataSource.target(target)
      let likelihood = try LikelihoodTrainer(
        shape: shape, data: data, batch: batch, rate: 3e-3, steps: 20, seed: 1,
        threads: running.threads)
      try race("maximum_likelihood", data) { () -> (Int, Network) in
        likelihood.advance()
        return (likelihood.step, likelihood.trained)
      }
      var recipe = TrainingRecipe(network: shape)
      recipe.batch = batch
      recipe.steps = 1 << 40
      recipe.rate.peak = 3e-3
      recipe.seed = 1
      let matching = try Trainer(recipe: recipe, data: data, threads: running.threads)
      try race("flow_matching", data) { () throws(FlowError) -> (Int, Network) in
        try matching.advance()
        return (matching.step, matching.network)
      }
    }
  }

  private func race(
    _ name: String, _ data: DataSource, _ advance: () throws(FlowError) -> (Int, Network)
  ) throws {
    func now() -> Double { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }
    var spent = 0.0
    for quarter in 1...4 {
      let start = now()
      var state = try advance()
      while spent + now() - start < seconds * Double(quarter) / 4 { state = try advance() }
      spent += now() - start
      let loss = try state.1.negativeLogLikelihood(of: data, count: 500, steps: 60, seed: 9)
      var writer = JSONWriter()
      writer.writeObject { writer in
        writer.writeName("objective")
        writer.write(name)
        for (name, value) in [
          ("seconds", (spent * 10).rounded() / 10), ("updates", Double(state.0)),
          ("samples_per_second", (Double(state.0 * batch) / spent).rounded()),
          ("negative_log_likelihood", loss),
        ] {
          writer.writeName(name)
          writer.write(value)
        }
      }
      writer.endLine()
      try Descriptor.write(writer.bytes, to: STDOUT_FILENO, path: "standard output")
    }
  }
}
