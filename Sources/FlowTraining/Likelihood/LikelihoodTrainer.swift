public import FlowMatching

/// Trains a continuous normalizing flow by maximum likelihood, in double precision: the objective that
/// flow matching replaced. For small problems, to measure what that saves.
///
/// Every row is a function of the seed and its number, sums run in the order of the rows: the result does
/// not depend on the number of threads.
public final class LikelihoodTrainer {
  /// How many solver steps a likelihood takes.
  public let steps: Int
  private let shape: NetworkShape
  private var network: DifferentiatedNetwork
  private let template: Network
  private let data: DataSource
  private let settings: AdamSettings
  private let rate: Double
  private let batch: Int
  private let seed: UInt64
  private let workers: Workers
  private var momentum: [Double]
  private var square: [Double]
  /// Updates made.
  public private(set) var step = 0

  /// - Parameter steps: of the Runge-Kutta method.
  /// - Throws: `unsupported` for other networks than an MLP without labels, `dimensionMismatch`.
  public init(
    shape: NetworkShape, data: DataSource, batch: Int, rate: Double, steps: Int, seed: UInt64,
    threads: Int
  ) throws(FlowError) {
    guard data.dimension == shape.dimension else {
      throw FlowError.dimensionMismatch("data", data.dimension, expected: shape.dimension)
    }
    for (name, value) in [("batch", batch), ("steps", steps), ("threads", threads)] where value < 1
    {
      throw FlowError.outOfDomain(name, value, accepted: "[1, infinity)")
    }
    guard rate > 0, rate.isFinite else {
      throw FlowError.outOfDomain("rate", rate, accepted: "(0, infinity)")
    }
    self.shape = shape
    template = Network(shape: shape, seed: seed)
    network = try DifferentiatedNetwork(template)
    self.data = data
    self.batch = batch
    self.rate = rate
    self.steps = steps
    self.seed = seed
    settings = AdamSettings()
    workers = Workers(count: threads)
    momentum = [Double](repeating: 0, count: network.parameters.count)
    square = momentum
  }

  /// One update; returns the mean negative log-likelihood of its batch before it.
  @discardableResult
  public func advance() -> Double {
    let (loss, gradient) = mean(batch, from: RandomPurpose.rows, first: UInt64(step * batch))
    step += 1
    let n = Double(step)
    let rest1 = -Double.powerMinusOne(settings.beta1, n)
    let rest2 = -Double.powerMinusOne(settings.beta2, n)
    for k in gradient.indices {
      let g = gradient[k]
      momentum[k] = settings.beta1 * momentum[k] + (1 - settings.beta1) * g
      square[k] = settings.beta2 * square[k] + (1 - settings.beta2) * g * g
      let size = (square[k] / rest2).squareRoot() + settings.epsilon
      network.parameters[k] -= rate * momentum[k] / rest1 / size
    }
    return loss
  }

  private func mean(
    _ count: Int, from purpose: RandomPurpose, first: UInt64
  ) -> (loss: Double, gradient: [Double]) {
    let chunk = 8
    let chunks = (count + chunk - 1) / chunk
    let likelihood = FlowLikelihood(network: network, steps: steps)
    let size = network.parameters.count
    var parts = [(loss: Double, gradient: [Double])](repeating: (0, []), count: chunks)
    let (data, random) = (data, RandomStream(seed: seed, stream: purpose.stream))
    parts.withUnsafeMutableBufferPointer { parts in
      // Each task writes its own part.
      nonisolated(unsafe) let parts = parts
      workers.perform(chunks) { _, task in
        var gradient = [Double](repeating: 0, count: size)
        var loss = 0.0
        for row in task * chunk..<min(count, (task + 1) * chunk) {
          let x1 = data.sample(first + UInt64(row), from: random).point
          loss += likelihood.run(x1, scale: 1 / Double(count), into: &gradient)
        }
        parts[task] = (loss, gradient)
      }
    }
    var total = [Double](repeating: 0, count: size)
    var loss = 0.0
    for part in parts {
      loss += part.loss
      for k in total.indices { total[k] += part.gradient[k] }
    }
    return (loss / Double(count), total)
  }

  /// The parameters as a float32 network.
  public var trained: Network {
    let result = Network(shape: shape)
    var place = 0
    // The plain network keeps weights and biases by turns, as the tensors stand.
    result.load { tensor in
      defer { place += tensor.count }
      return network.parameters[place..<place + tensor.count].map { Float($0) }
    }
    return result
  }
}

extension Network {
  /// The mean of `-log p_1` over data rows, of the flow from N(0, I) that this network's outputs are the
  /// velocity of, by `steps` Runge-Kutta steps.
  /// - Throws: `unsupported` for other networks than an MLP without labels.
  public func negativeLogLikelihood(
    of data: DataSource, count: Int, steps: Int, seed: UInt64
  ) throws(FlowError) -> Double {
    let likelihood = FlowLikelihood(network: try DifferentiatedNetwork(self), steps: steps)
    let random = RandomStream(seed: seed, stream: RandomPurpose.scores.stream)
    var sum = 0.0
    for row in 0..<UInt64(count) {
      sum += likelihood.value(data.sample(row, from: random).point)
    }
    return sum / Double(count)
  }
}
