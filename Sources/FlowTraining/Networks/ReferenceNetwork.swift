public import FlowMatching

/// The same networks once more, in the plainest way: no panels, no blocks, no buffers, on any scalar.
///
/// What the fast kernels are checked against; and, on doubles and dual numbers, the exact function that
/// the float32 parameters define (``LearnedField``). `Weight` is the type of the parameters: `Double`,
/// or `Dual<Double>` for derivatives along a direction in parameter space.
public struct ReferenceNetwork<Weight: Sendable>: Sendable {
  public let shape: NetworkShape
  /// By PyTorch's names; matrices rows first.
  public let parameters: [String: [Weight]]

  public init(shape: NetworkShape, parameters: [String: [Weight]]) {
    self.shape = shape
    self.parameters = parameters
  }

  /// The network's output at the point x and time t; `label` nil stands for no label. `add` is
  /// `sum + x w`.
  @inlinable @inline(__always)
  public func callAsFunction<S: Scalar>(
    at t: S, of x: [S], label: Int? = nil, add: (S, S, Weight) -> S
  ) -> [S] {
    @inline(__always)
    func linear(_ name: String, _ input: [S]) -> [S] {
      let weights = parameters["\(name).weight"]!
      let biases = parameters["\(name).bias"]!
      let depth = input.count
      // Four sums at a time, because one alone waits for every addition.
      return input.withUnsafeBufferPointer { input in
        weights.withUnsafeBufferPointer { weights in
          var output: [S] = []
          for first in stride(from: 0, to: biases.count, by: 4) {
            let rows = (0..<4).map { min(first + $0, biases.count - 1) * depth }
            let (r0, r1, r2, r3) = (rows[0], rows[1], rows[2], rows[3])
            var (s0, s1, s2, s3) = (S.zero, S.zero, S.zero, S.zero)
            for i in 0..<depth {
              let x = input[i]
              s0 = add(s0, x, weights[r0 + i])
              s1 = add(s1, x, weights[r1 + i])
              s2 = add(s2, x, weights[r2 + i])
              s3 = add(s3, x, weights[r3 + i])
            }
            for (sum, bias) in zip([s0, s1, s2, s3], biases[first...]) {
              output.append(add(sum, S(1.0), bias))
            }
          }
          return output
        }
      }
    }
    func active(_ z: [S]) -> [S] { z.map { shape.activation.value($0) } }
    /// Maps 0, 2, ..., with activations between.
    func chain(_ name: String, _ count: Int, _ input: [S]) -> [S] {
      var h = input
      for k in 0..<count {
        h = linear("\(name).\(2 * k)", h)
        if k < count - 1 { h = active(h) }
      }
      return h
    }
    var embedded: [S] = []
    if shape.classes > 0 {
      let table = parameters["label_embedding.weight"]!
      let row = (label ?? shape.classes) * shape.embeddingWidth
      embedded = (0..<shape.embeddingWidth).map { add(.zero, S(1.0), table[row + $0]) }
    }
    switch shape.kind {
    case .mlp:
      return chain("net", shape.layers, x + [t] + embedded)
    case .timeMLP:
      return chain("net", shape.layers, x + chain("time_mlp", 3, [t]) + embedded)
    case .modulated:
      let turns = shape.frequencies.map { t.scaled(by: 2 * $0) }
      let clock = turns.map { S.sinPi($0) } + turns.map { S.cosPi($0) } + embedded
      let hidden = active(linear("time_mlp.2", active(linear("time_mlp.0", clock))))
      let modulation = linear("modulation", hidden)
      var h = active(linear("input", x))
      for k in 0..<shape.layers - 2 {
        let z = linear("blocks.\(k)", h)
        let first = 2 * shape.width * k
        h = active(
          z.indices.map { i in
            (modulation[first + i] + S(1.0)) * z[i] + modulation[first + shape.width + i]
          })
      }
      return linear("output", h)
    case .unet:
      let turns = shape.frequencies.map { t.scaled(by: 2 * $0) }
      let clock = turns.map { S.sinPi($0) } + turns.map { S.cosPi($0) } + embedded
      let hidden = active(linear("time_mlp.2", active(linear("time_mlp.0", clock))))
      let scales = linear("modulation", hidden)
      return withoutActuallyEscaping(add) {
        ReferenceUNet(network: self, add: $0)(x, scales: scales)
      }
    }
  }
}

extension Network {
  /// The reference with the same parameters.
  public var reference: ReferenceNetwork<Double> {
    var parameters: [String: [Double]] = [:]
    for tensor in tensors { parameters[tensor.name] = values(of: tensor).map { Double($0) } }
    return ReferenceNetwork(shape: shape, parameters: parameters)
  }
}
