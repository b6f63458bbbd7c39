import FlowMatching

/// A plain MLP in double precision with what maximum likelihood needs: its output v at (x, t), the trace
/// of `dv/dx`, and the gradient of `a . v + b tr(dv/dx)` in x and in the parameters.
///
/// One tangent per axis runs beside the values: `T_k = W H_k`, `H'_k = f'(z) T_k`. The reverse pass
/// differentiates that, which is where `f''` comes in. Nothing is blocked or batched: this is what
/// simulation-free training avoids.
struct DifferentiatedNetwork: Sendable {
  struct Map: Sendable {
    let inputs: Int
    let outputs: Int
    /// Rows first, then where its biases start.
    let weights: Int
    let biases: Int
  }

  let shape: NetworkShape
  let maps: [Map]
  /// Weights, then biases, map after map.
  var parameters: [Double]

  /// - Throws: `unsupported` for other networks than an MLP without labels.
  init(_ network: Network) throws(FlowError) {
    shape = network.shape
    guard shape.kind == .mlp, shape.classes == 0 else {
      throw FlowError(
        .unsupported, "network", "maximum likelihood has only networks of kind mlp without labels")
    }
    var maps: [Map] = []
    var parameters: [Double] = []
    for tensor in network.tensors where tensor.kind == .weight {
      let start = parameters.count
      let bias = network.tensors.first { $0.name == tensor.name.dropLast(6) + "bias" }!
      parameters += network.values(of: tensor).map { Double($0) }
      maps.append(
        Map(
          inputs: tensor.depth, outputs: tensor.shape[0], weights: start,
          biases: parameters.count))
      parameters += network.values(of: bias).map { Double($0) }
    }
    self.maps = maps
    self.parameters = parameters
  }

  /// What the reverse pass needs of one hidden layer: the activation's derivatives and the tangents
  /// before it.
  private struct Layer {
    var input: [Double]
    var inputTangents: [[Double]]
    var slope: [Double] = []
    var curvature: [Double] = []
    var tangents: [[Double]] = []
  }

  private func applied(_ map: Map, _ h: [Double], bias: Bool) -> [Double] {
    (0..<map.outputs).map { o in
      var sum = bias ? parameters[map.biases + o] : 0
      let row = map.weights + o * map.inputs
      for i in 0..<map.inputs { sum = sum.addingProduct(parameters[row + i], h[i]) }
      return sum
    }
  }

  /// `W^T g` and, into the gradient, `g h^T`.
  private func reversed(
    _ map: Map, _ g: [Double], _ h: [Double], _ gradient: inout [Double]
  ) -> [Double] {
    var result = [Double](repeating: 0, count: map.inputs)
    for o in 0..<map.outputs {
      let row = map.weights + o * map.inputs
      for i in 0..<map.inputs {
        result[i] = result[i].addingProduct(parameters[row + i], g[o])
        gradient[row + i] = gradient[row + i].addingProduct(g[o], h[i])
      }
    }
    return result
  }

  private func forward(_ x: [Double], _ t: Double) -> (layers: [Layer], v: [Double], trace: Double)
  {
    let d = shape.dimension
    var h = x + [t]
    var tangents = (0..<d).map { axis in (0...d).map { $0 == axis ? 1.0 : 0 } }
    var layers: [Layer] = []
    for map in maps.dropLast() {
      var layer = Layer(input: h, inputTangents: tangents)
      let z = applied(map, h, bias: true)
      layer.tangents = tangents.map { applied(map, $0, bias: false) }
      // The activation on nested duals has its first and second derivative.
      let jets = z.map { shape.activation.value(Jet(Dual($0, 1), Dual(1, 0))) }
      layer.slope = jets.map(\.derivative.value)
      layer.curvature = jets.map(\.derivative.derivative)
      h = jets.map(\.value.value)
      tangents = layer.tangents.map { zip($0, layer.slope).map { $0 * $1 } }
      layers.append(layer)
    }
    layers.append(Layer(input: h, inputTangents: tangents))
    let last = maps[maps.count - 1]
    var trace = 0.0
    for axis in 0..<d {
      let row = last.weights + axis * last.inputs
      for i in 0..<last.inputs {
        trace = trace.addingProduct(parameters[row + i], tangents[axis][i])
      }
    }
    return (layers, applied(last, h, bias: true), trace)
  }

  func callAsFunction(_ x: [Double], _ t: Double) -> (v: [Double], trace: Double) {
    let (_, v, trace) = forward(x, t)
    return (v, trace)
  }

  /// Adds the gradient of `a . v + b trace` in the parameters; returns that in x.
  func differentiate(
    _ x: [Double], _ t: Double, _ a: [Double], _ b: Double, into gradient: inout [Double]
  ) -> [Double] {
    let d = shape.dimension
    let (layers, _, _) = forward(x, t)
    // The output map: v = W h + c, and row k of W acts on tangent k.
    let last = maps[maps.count - 1]
    let end = layers[layers.count - 1]
    for o in 0..<d { gradient[last.biases + o] += a[o] }
    var dh = reversed(last, a, end.input, &gradient)
    var dTangents = (0..<d).map { axis in
      reversed(last, (0..<d).map { $0 == axis ? b : 0 }, end.inputTangents[axis], &gradient)
    }
    for (map, layer) in zip(maps, layers).dropLast().reversed() {
      var dz = zip(dh, layer.slope).map { $0 * $1 }
      for k in 0..<d {
        for o in dz.indices { dz[o] += layer.curvature[o] * layer.tangents[k][o] * dTangents[k][o] }
      }
      for o in dz.indices { gradient[map.biases + o] += dz[o] }
      dh = reversed(map, dz, layer.input, &gradient)
      dTangents = (0..<d).map { k in
        let dt = zip(dTangents[k], layer.slope).map { $0 * $1 }
        return reversed(map, dt, layer.inputTangents[k], &gradient)
      }
    }
    return Array(dh.prefix(d))
  }
}
