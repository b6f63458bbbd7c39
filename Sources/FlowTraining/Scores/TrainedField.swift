public import FlowMatching

/// The velocity field of a trained network, evaluated in float32 by the kernels that trained it.
public struct TrainedField: VelocityField {
  /// The network with its parameters.
  public let network: Network
  /// How data and noise were mixed in training.
  public let path: any ProbabilityPath
  /// What the network's outputs mean.
  public let prediction: Parameterisation
  /// The label that the field is conditioned on, if any.
  public var label: Int?
  /// How many threads a batch takes.
  public var threads: Int

  public init(
    network: Network, path: any ProbabilityPath, prediction: Parameterisation, label: Int? = nil,
    threads: Int = 1
  ) {
    self.network = network
    self.path = path
    self.prediction = prediction
    self.label = label
    self.threads = threads
  }

  public var dimension: Int { network.shape.dimension }

  /// As in the protocol of fields.
  public func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    let (count, all) = try query(times, points)
    let label = label
    let outputs = network.outputs(
      at: all.map(\.t), of: points.map { Float($0) },
      labels: label.map { [Int?](repeating: $0, count: count) }, threads: threads)
    return try velocities(outputs.map { Double($0) }, all, points)
  }

  /// Outputs of the network turned into velocities.
  func velocities(
    _ outputs: [Double], _ times: [Time<Double>], _ points: [Double]
  ) throws(FlowError) -> [Double] {
    if prediction == .velocity { return outputs }
    let d = dimension
    var result: [Double] = []
    result.reserveCapacity(outputs.count)
    for (row, time) in times.enumerated() {
      let range = row * d..<(row + 1) * d
      result += try prediction.convert(
        Array(outputs[range]), to: .velocity, at: time, x: Array(points[range]), path: path)
    }
    return result
  }
}

extension VelocityField {
  /// The number of points, which must be finite, and a time for each.
  func query(
    _ times: [Time<Double>], _ points: [Double]
  ) throws(FlowError) -> (count: Int, times: [Time<Double>]) {
    let count = try rowCount(of: points, at: times)
    try FlowError.checkFinite(points, "x")
    return (count, times.count == 1 ? [Time<Double>](repeating: times[0], count: count) : times)
  }
}
