/// A named parameter in PyTorch's order.
public struct Tensor: Sendable, Equatable {
  enum Kind: Sendable { case weight, bias, embedding, factor, summand }
  /// `net.0.weight`, as PyTorch's `state_dict` would name it.
  public let name: String
  /// `[outputs, inputs]`, of a convolution `[outputs, inputs, height, width]`; `[outputs]`, `[channels]` or
  /// `[rows, width]`.
  public let shape: [Int]
  let kind: Kind
  /// Terms of a sum of its map: the inputs of every tap.
  let depth: Int
  let taps: Int
  let startsAtZero: Bool
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
    tensor.forEachPlace { result.append(base[$0]) }
    return result
  }

  func write(_ values: [Float], to tensor: Tensor, in array: AlignedFloats) {
    precondition(values.count == tensor.count, "\(tensor.name): \(values.count) values")
    let base = array.base + tensor.start
    guard tensor.kind == .weight else {
      base.update(from: values, count: values.count)
      return
    }
    var next = 0
    tensor.forEachPlace {
      base[$0] = values[next]
      next += 1
    }
  }
}

extension Tensor {
  /// Where the panels hold a weight's numbers, in PyTorch's order: outputs, inputs, taps.
  fileprivate func forEachPlace(_ body: (Int) -> Void) {
    let inputs = depth / taps
    for output in 0..<shape[0] {
      for input in 0..<inputs {
        for tap in 0..<taps {
          body(Panels.index(output, tap * inputs + input, inputs: depth))
        }
      }
    }
  }

  init(
    _ name: String, _ shape: [Int], _ kind: Kind, start: Int, depth: Int = 1, taps: Int = 1,
    startsAtZero: Bool = false
  ) {
    (self.name, self.shape, self.kind, self.start) = (name, shape, kind, start)
    (self.depth, self.taps, self.startsAtZero) = (depth, taps, startsAtZero)
  }
}

extension NetworkLayout {
  var tensors: [Tensor] {
    var result: [Tensor] = []
    if let embedding {
      result.append(
        Tensor(
          "\(embedding.name).weight", [embedding.rows, embedding.width], .embedding,
          start: embedding.start))
    }
    for map in dense {
      let window: [Int] =
        switch map.kernel {
        case .line: []
        case .pixel: [1, 1]
        case .window: [3, 3]
        }
      result.append(
        Tensor(
          "\(map.name).weight", [map.outputs, map.inputs] + window, .weight, start: map.weights,
          depth: map.depth, taps: map.taps, startsAtZero: map.startsAtZero))
      result.append(
        Tensor(
          "\(map.name).bias", [map.outputs], .bias, start: map.biases, depth: map.depth,
          startsAtZero: map.startsAtZero))
    }
    for norm in norms {
      result.append(Tensor("\(norm.name).weight", [norm.channels], .factor, start: norm.factors))
      result.append(Tensor("\(norm.name).bias", [norm.channels], .summand, start: norm.summands))
    }
    return result
  }
}
