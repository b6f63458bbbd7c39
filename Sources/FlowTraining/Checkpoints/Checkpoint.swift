public import FlowFiles
public import FlowMatching

/// The whole state of a training run in one file.
///
/// The file's tensors are the parameters by PyTorch's names, and the same names behind `average.`,
/// `adam.momentum.` and `adam.square.`; its metadata holds the number of updates and the configuration.
/// It appears whole or not at all, so that a process killed at any moment leaves the last complete one.
public struct Checkpoint {
  /// What the run was asked to do.
  public let configuration: RunConfiguration
  /// Updates made.
  public let step: Int
  /// The network with its parameters.
  public let network: Network
  let state: OptimiserState

  init(configuration: RunConfiguration, step: Int, network: Network) {
    self.configuration = configuration
    self.step = step
    self.network = network
    state = OptimiserState(network)
  }

  /// The parameters for sampling: the moving average where there is one.
  public var sampler: Network {
    guard configuration.recipe.adam.averageDecay > 0 else { return network }
    let result = Network(shape: network.shape)
    result.load { network.read($0, from: state.average) }
    return result
  }

  /// The sampler's field in double precision.
  /// - Throws: what the path throws.
  public func learnedField(label: Int? = nil) throws(FlowError) -> LearnedField {
    LearnedField(
      network: sampler, path: try configuration.recipe.makePath(),
      prediction: configuration.recipe.objective.prediction, label: label)
  }

  /// The sampler's field in float32.
  /// - Throws: what the path throws.
  public func trainedField(label: Int? = nil, threads: Int = 1) throws(FlowError) -> TrainedField {
    TrainedField(
      network: sampler, path: try configuration.recipe.makePath(),
      prediction: configuration.recipe.objective.prediction, label: label, threads: threads)
  }

  /// The times that the network was trained on, the only ones at which it means anything; short of an end
  /// where its velocity does not exist.
  ///
  /// Next to the data that is 1e-5, as in papers: `u = (x1 - x)/(1 - t)` lands on what the network says, right or
  /// wrong. Next to the noise it is 0.01: `u = (x - eps)/t` multiplies what the network says wrongly by 1/t, and
  /// samples from t = 1e-5 on leave the data by a hundred times its size; what is left out, `alpha x1`, is a
  /// hundredth.
  /// - Throws: what the path throws.
  public func times() throws(FlowError) -> ClosedRange<Double> {
    let recipe = configuration.recipe
    let path = try recipe.makePath()
    func exists(_ t: Double) throws(FlowError) -> Bool {
      let zero = [Double](repeating: 0, count: recipe.network.dimension)
      do throws(FlowError) {
        _ = try recipe.objective.prediction.convert(
          zero, to: .velocity, at: try Time(t), x: zero, path: path)
        return true
      } catch {
        guard error.code == .singular else { throw error }
        return false
      }
    }
    let (first, last) = (recipe.times.lower, 1 - recipe.times.upper)
    return
      (try exists(first) ? first : max(first, 0.01))...(try exists(last)
      ? last : min(last, 1 - 1e-5))
  }

  /// Where sampling begins: rows of `sigma(t) x0` at the first of the times, x0 drawn from the recipe's
  /// source. (`alpha(t) x1`, where there is any left, is left out, as papers do.) Row i depends on the
  /// seed, the stream and i alone.
  /// - Throws: what the path throws; `outOfDomain` where the source is data and missing.
  public func noise(
    count: Int, source: DataSource? = nil, seed: UInt64, stream: UInt64 = 0
  ) throws(FlowError) -> [Double] {
    let recipe = configuration.recipe
    let law = try recipe.noiseSource(source)
    let random = RandomStream(seed: seed, stream: RandomPurpose.samples.stream + stream)
    let sigma = try recipe.makePath().schedule(at: try Time(try times().lowerBound)).sigma
    return (0..<UInt64(count)).flatMap { index in
      law.sample(index, recipe.network.dimension, from: random).map { sigma * $0 }
    }
  }

  private static let parts = ["", "average.", "adam.momentum.", "adam.square."]

  /// Writes a trainer's state.
  public static func write(
    _ trainer: Trainer, _ data: [(name: String, text: String)], to path: String
  ) throws(FileError) {
    let bytes = encoded(trainer, data)
    try AtomicFile.write(to: .path(path)) { output throws(FileError) in
      output.pending = bytes
      try output.flush()
    }
  }

  /// The bytes of a file with a trainer's state.
  static func encoded(_ trainer: Trainer, _ data: [(name: String, text: String)]) -> [UInt8] {
    let network = trainer.network
    let state = trainer.state
    var entries: [Safetensors.Entry] = []
    let arrays = [network.parameters, state.average, state.momentum, state.square]
    for (part, array) in zip(parts, arrays) {
      for tensor in network.tensors {
        entries.append(
          Safetensors.Entry(
            name: part + tensor.name, shape: tensor.shape, values: network.read(tensor, from: array)
          ))
      }
    }
    let configuration = RunConfiguration(recipe: trainer.recipe, data: data)
    let file = Safetensors(
      entries: entries,
      metadata: [
        ("format", "pt"), ("step", "\(trainer.step)"), ("configuration", configuration.json),
      ])
    return file.encoded()
  }

  /// - Throws: `damaged` with what is wrong.
  public init(reading path: String) throws(FileError) {
    try self.init(decoding: try FileBytes.read(path), path: path)
  }

  init(decoding bytes: [UInt8], path: String) throws(FileError) {
    var file = try Safetensors(decoding: bytes, path: path)
    func damaged(_ reason: String) -> FileError { FileError(path: path, .damaged(reason: reason)) }
    let metadata = file.metadata
    func text(_ name: String) throws(FileError) -> String {
      guard let entry = metadata.first(where: { $0.name == name }) else {
        throw damaged("it has no \(name): not written by this program")
      }
      return entry.text
    }
    let recorded = try text("configuration")
    do throws(FlowError) {
      configuration = try RunConfiguration(parsing: recorded)
    } catch {
      throw damaged(error.description)
    }
    guard let step = Int(try text("step")), step >= 0, step <= configuration.recipe.steps else {
      throw damaged("its number of updates is \(try text("step"))")
    }
    self.step = step
    // Before anything is allocated for the network that the configuration asks for.
    let tensors = NetworkLayout(configuration.recipe.network).tensors
    let expected = Self.parts.flatMap { part in tensors.map { (part + $0.name, $0.shape) } }
    file.sort(by: expected.map { $0.0 })
    if let reason = file.failedCheck { throw damaged(reason) }
    guard file.entries.count == expected.count else {
      throw damaged(
        "it has \(file.entries.count) tensors, not the \(expected.count) of its network")
    }
    for (entry, (name, shape)) in zip(file.entries, expected) {
      guard entry.name == name, entry.shape == shape else {
        throw damaged(
          "its tensor \(entry.name) has the shape \(entry.shape), expected \(name) \(shape)")
      }
      guard entry.values.allSatisfy(\.isFinite) else {
        throw damaged("its tensor \(entry.name) holds numbers that are not finite")
      }
    }
    network = Network(shape: configuration.recipe.network)
    state = OptimiserState(network)
    let arrays = [network.parameters, state.average, state.momentum, state.square]
    for (k, array) in arrays.enumerated() {
      for (tensor, entry) in zip(tensors, file.entries[(k * tensors.count)...]) {
        network.write(entry.values, to: tensor, in: array)
      }
    }
    network.transpose()
  }

  /// A trainer that goes on from here.
  public func trainer(
    data: DataSource, source: DataSource? = nil, threads: Int
  ) throws(FlowError) -> Trainer {
    try Trainer(
      recipe: configuration.recipe, data: data, source: source, threads: threads, network: network,
      state: state, step: step)
  }
}
