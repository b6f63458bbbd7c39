import FlowMatching

/// A float32 network and its parameters.
///
/// The parameters are one array: for every linear map panels of 32 outputs (``MatrixProduct``), filled
/// up with zeros, and biases. Files use PyTorch's order and names instead; see ``tensors``.
public final class Network: @unchecked Sendable {
  // Unsafe: the arrays are written by the optimiser and `load` only, never while they are read.
  public let shape: NetworkShape
  let layout: NetworkLayout
  let parameters: AlignedFloats
  /// The weights once more, in panels of the inputs, for the backward pass.
  let transposed: AlignedFloats

  /// All parameters zero.
  public init(shape: NetworkShape) {
    self.shape = shape
    layout = NetworkLayout(shape)
    parameters = AlignedFloats(layout.parameterCount)
    transposed = AlignedFloats(layout.transposedCount)
  }

  /// PyTorch's default law: weights and biases of a map with n inputs uniform in
  /// [-1/sqrt(n), 1/sqrt(n)]; embeddings standard normal; of a norm factors one and summands zero. The last
  /// convolutions of a U-Net's blocks are zero (see the layout).
  public convenience init(shape: NetworkShape, seed: UInt64) {
    self.init(shape: shape, seed: seed, isStirred: false)
  }

  /// - Parameter isStirred: whether what training begins with as zero or one is random too, so that every
  ///   parameter matters.
  convenience init(shape: NetworkShape, seed: UInt64, isStirred: Bool) {
    self.init(shape: shape)
    var position: UInt64 = 0
    let random = RandomStream(seed: seed, stream: RandomPurpose.parameters.stream)
    func uniform() -> Float {
      defer { position += 1 }
      return Float(2 * random.uniforms(at: position).0 - 1)
    }
    for index in tensors.indices {
      let tensor = tensors[index]
      let isPlain = !isStirred && (tensor.startsAtZero || tensor.kind == .summand)
      let values: [Float] =
        switch tensor.kind {
        case .embedding: random.normals(tensor.count, at: 1 << 62).map { Float($0) }
        case .factor: (0..<tensor.count).map { _ in isStirred ? 1 + uniform() / 2 : 1 }
        case .weight, .bias, .summand:
          (0..<tensor.count).map { _ in
            isPlain ? 0 : uniform() * (1 / Float(tensor.depth)).squareRoot()
          }
        }
      write(values, to: tensor, in: parameters)
    }
    transpose()
  }

  /// The number of weights, biases and embedded values.
  public var count: Int { tensors.reduce(0) { $0 + $1.count } }

  /// Makes the transposed weights again; whoever changes the parameters must call it.
  func transpose() {
    for k in layout.dense.indices where layout.needsTransposed[k] {
      for panel in 0..<layout.dense[k].panels {
        Panels.transpose(layout.dense[k], panel, from: parameters, to: transposed)
      }
    }
  }
}

/// What random streams are for: the high bits of the stream's number, so that none is used twice.
enum RandomPurpose: UInt64 {
  case parameters = 1
  case rows, times, labels, sources, noise, scores, samples, probes, partners
  var stream: UInt64 { rawValue << 56 }
}
