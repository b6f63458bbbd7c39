/// A named parameter in PyTorch's order.
public struct Tensor: Sendable, Equatable {
  enum Kind: Sendable { case weight, bias, embedding }
  /// `net.0.weight`, as PyTorch's `state_dict` would name it.
  public let name: String
  /// `[outputs, inputs]`, `[outputs]` or `[rows, width]`.
  public let shape: [Int]
  let kind: Kind
  /// The inputs of its map.
  let inputs: Int
  let start: Int

  public var count: Int { shape.reduce(1, *) }
}

extension Network {
  /// Every parameter: name and shape, in the order of the layout.
  public var tensors: [Tensor] { layout.tensors }

  /// The values of one parameter, rows first.
  public func values(of tensor: Tensor) -> [Float] { read(tensor, from: parameters) }

  /// Sets every parameter.
  func load(_ values: (Tensor) -> [Float]) {
    for tensor in tensors { write(values(tensor), to: tensor, in: parameters) }
    transpose()
  }

  /// A parameter's part of an array of the layout: the parameters or one of the optimiser's.
  func read(_ tensor: Tensor, from array: AlignedFloats) -> [Float] {
    let base = array.base + tensor.start
    guard tensor.kind == .weight else {
      return Array(UnsafeBufferPointer(start: base, count: tensor.count))
    }
    var result: [Float] = []
    result.reserveCapacity(tensor.count)
    for output in 0..<tensor.shape[0] {
      for input in 0..<tensor.inputs {
        result.append(base[Panels.index(output, input, inputs: tensor.inputs)])
      }
    }
    return result
  }

  func write(_ values: [Float], to tensor: Tensor, in array: AlignedFloats) {
    precondition(values.count == tensor.count, "\(tensor.name): \(values.count) values")
    let base = array.base + tensor.start
    guard tensor.kind == .weight else {
      base.update(from: values, count: values.count)
      return
    }
    for output in 0..<tensor.shape[0] {
      for input in 0..<tensor.inputs {
        base[Panels.index(output, input, inputs: tensor.inputs)] =
          values[output * tensor.inputs + input]
      }
    }
  }
}

extension NetworkLayout {
  var tensors: [Tensor] {
    var result: [Tensor] = []
    if let embedding {
      result.append(
        Tensor(
          name: "\(embedding.name).weight", shape: [embedding.rows, embedding.width],
          kind: .embedding, inputs: embedding.width, start: embedding.start))
    }
    for map in dense {
      result.append(
        Tensor(
          name: "\(map.name).weight", shape: [map.outputs, map.inputs], kind: .weight,
          inputs: map.inputs, start: map.weights))
      result.append(
        Tensor(
          name: "\(map.name).bias", shape: [map.outputs], kind: .bias, inputs: map.inputs,
          start: map.biases))
    }
    return result
  }
}
