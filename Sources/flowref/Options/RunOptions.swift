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

/// How a training run is carried out; none of it changes the result.
struct RunOptions: ParsableArguments {
  @OptionGroup var threading: ThreadsOption

  @Option(parsing: .unconditional, help: "Updates between checkpoints.")
  var checkpointEvery: Int = 1000

  var threads: Int { threading.threads }

  mutating func validate() throws {
    if checkpointEvery < 1 { throw ValidationError("--checkpoint-every must be at least 1.") }
  }

  /// Trains to the end, with a progress bar, and reports.
  func go(
    _ trainer: Trainer, target: any Target, texts: [(name: String, text: String)], output: String
  ) throws {
    let model = "\(output)/model.safetensors"
    let recipe = trainer.recipe
    let path = try recipe.makePath()
    let infinite = try recipe.timeOfInfiniteLoss()
    let trueLoss: TrueLoss? =
      infinite == nil && recipe.network.classes == 0 && recipe.source == .gaussian
        && recipe.coupling == .independent
      ? try TrueLoss(
        field: MarginalField(path: path, target: target), times: recipe.times, count: 1024,
        seed: recipe.seed) : nil
    func measured(_ network: Network) throws(FlowError) -> (Double, Double)? {
      let field = TrainedField(
        network: network, path: path, prediction: recipe.objective.prediction, threads: threads)
      return try trueLoss.map { loss throws(FlowError) in try loss(field) }
    }
    if trainer.step == 0 { try Checkpoint.write(trainer, texts, to: model) }
    let bar = TrainingBar(total: recipe.steps, batch: recipe.batch, first: trainer.step)
    let start = DispatchTime.now().uptimeNanoseconds
    let first = trainer.step
    while trainer.step < recipe.steps {
      let loss = try trainer.advance()
      bar.advance(loss)
      if bar.isShown, trainer.step % max(1, recipe.steps / 50) == 0 {
        bar.trueLoss = try measured(trainer.network)?.0
      }
      if trainer.step % checkpointEvery == 0 || trainer.step == recipe.steps {
        try Checkpoint.write(trainer, texts, to: model)
      }
    }
    bar.finish()
    if let (first, last) = bar.ends, last > first {
      Trouble.note(
        "the mean loss ended at \(DecimalText.short(last)), above the \(DecimalText.short(first)) where it "
          + "began: the run diverged; a smaller --rate or --clip may help")
    }
    if let infinite {
      Trouble.note(
        "the true loss is infinite: on \(recipe.path.rawValue) the velocity of a network that predicts "
          + "\(recipe.objective.prediction.rawValue) is infinite at t = \(infinite.t); "
          + (infinite.t < 0.5 ? "--time-cut-low" : "--time-cut-high") + " 0.01 leaves that out")
    }
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) * 1e-9
    let checkpoint = try Checkpoint(reading: model)
    var writer = JSONWriter()
    try writer.writeObject { writer in
      writer.writeName("model")
      writer.write(model)
      writer.writeName("updates")
      writer.write(trainer.step)
      if trainer.step > first {
        writer.writeName("mean_loss")
        writer.write(bar.meanLoss)
      }
      if infinite != nil {
        writer.writeName("true_loss")
        writer.write(Double.infinity)
      }
      if let (value, error) = try measured(checkpoint.sampler) {
        writer.writeName("true_loss")
        writer.write(value)
        writer.writeName("true_loss_standard_error")
        writer.write(error)
      }
      writer.writeName("samples_per_second")
      writer.write(
        (Double((trainer.step - first) * recipe.batch) / max(seconds, 1e-9)).rounded())
    }
    writer.endLine()
    try Descriptor.write(writer.bytes, to: STDOUT_FILENO, path: "standard output")
  }
}
