/// A network as a list of steps on numbered buffers, and its parameters as segments of one array.
///
/// A buffer holds a row per point, twice: its *values*, and its *gradient*, where the forward pass
/// first leaves the slope of the activation that made the value.
struct NetworkLayout: Sendable {
  /// Some columns of a buffer.
  struct Place: Sendable, Equatable {
    var buffer: Int
    var column = 0
  }

  struct Buffer: Sendable {
    let width: Int
    /// Floats from row to row: whole vectors, and no power of two, so that rows do not compete for the
    /// same lines of a cache.
    var stride: Int {
      let rounded = (width + 15) / 16 * 16
      return rounded.isMultiple(of: 128) ? rounded + 16 : rounded
    }
  }

  /// A linear map: panels of the weights, then the biases.
  struct Dense: Sendable {
    let name: String
    let inputs: Int
    let outputs: Int
    /// Where its weights and biases start in the parameters.
    let weights: Int
    let biases: Int
    /// Where the panels of the transposed weights start.
    let transposed: Int
    var panels: Int { MatrixProduct.panels(outputs) }
  }

  /// A table of rows, one per label and one for none.
  struct Embedding: Sendable {
    let name: String
    let rows: Int
    let width: Int
    let start: Int
  }

  /// What a map's input needs of the backward pass.
  enum Need: Sendable {
    case nothing
    /// The gradient of the values.
    case gradient
    /// The gradient times the slope that stands there: that of the activation's argument.
    case throughActivation
  }

  enum Step: Sendable {
    /// `out = activation(in W + b)`.
    case dense(Int, from: Place, to: Place, Activation, Need)
    /// `out = activation((1 + s) z + b)`; s and b stand side by side at `by`.
    case modulate(from: Place, by: Place, to: Place, width: Int, Activation)
  }

  private(set) var buffers: [Buffer] = []
  private(set) var dense: [Dense] = []
  private(set) var steps: [Step] = []
  private(set) var embedding: Embedding?
  /// Where the inputs go; nil for those the network does not have.
  private(set) var point = Place(buffer: 0)
  private(set) var time: Place?
  private(set) var sines: Place?
  private(set) var label: Place?
  private(set) var output = Place(buffer: 0)
  private(set) var parameterCount = 0
  private(set) var transposedCount = 0
  /// Per map: whether the backward pass uses its transposed weights.
  private(set) var needsTransposed: [Bool] = []

  init(_ shape: NetworkShape) {
    let d = shape.dimension
    let embedded = shape.classes > 0 ? shape.embeddingWidth : 0
    if embedded > 0 {
      embedding = Embedding(
        name: "label_embedding", rows: shape.classes + 1, width: embedded, start: parameterCount)
      parameterCount += (shape.classes + 1) * embedded + 15
      parameterCount = parameterCount / 16 * 16
    }
    switch shape.kind {
    case .mlp:
      let input = buffer(d + 1 + embedded)
      point = Place(buffer: input)
      time = Place(buffer: input, column: d)
      if embedded > 0 { label = Place(buffer: input, column: d + 1) }
      output = chain(
        "net", from: Place(buffer: input), width: d + 1 + embedded,
        need: embedded > 0 ? .gradient : .nothing,
        [Int](repeating: shape.width, count: shape.layers - 1), last: d, shape.activation)
    case .timeMLP:
      let e = shape.embeddingWidth
      let clock = buffer(1)
      let input = buffer(d + e + embedded)
      point = Place(buffer: input)
      time = Place(buffer: clock)
      if embedded > 0 { label = Place(buffer: input, column: d + e) }
      _ = chain(
        "time_mlp", from: Place(buffer: clock), width: 1, need: .nothing, [e, e], last: e,
        to: Place(buffer: input, column: d), shape.activation)
      output = chain(
        "net", from: Place(buffer: input), width: d + e + embedded, need: .gradient,
        [Int](repeating: shape.width, count: shape.layers - 1), last: d, shape.activation)
    case .modulated:
      modulated(shape, embedded)
    }
  }

  private mutating func modulated(_ shape: NetworkShape, _ embedded: Int) {
    let (e, w, blocks) = (shape.embeddingWidth, shape.width, shape.layers - 2)
    let clock = buffer(e + embedded)
    sines = Place(buffer: clock)
    if embedded > 0 { label = Place(buffer: clock, column: e) }
    let first = Place(buffer: buffer(e))
    let second = Place(buffer: buffer(e))
    let modulation = Place(buffer: buffer(2 * w * blocks))
    map(
      "time_mlp.0", e + embedded, e, from: Place(buffer: clock), to: first, shape.activation,
      embedded > 0 ? .gradient : .nothing)
    map("time_mlp.2", e, e, from: first, to: second, shape.activation, .throughActivation)
    map(
      "modulation", e, 2 * w * blocks, from: second, to: modulation, .identity, .throughActivation)
    point = Place(buffer: buffer(shape.dimension))
    var hidden = Place(buffer: buffer(w))
    map("input", shape.dimension, w, from: point, to: hidden, shape.activation, .nothing)
    for k in 0..<blocks {
      let z = Place(buffer: buffer(w))
      let next = Place(buffer: buffer(w))
      map("blocks.\(k)", w, w, from: hidden, to: z, .identity, .throughActivation)
      steps.append(
        .modulate(
          from: z, by: Place(buffer: modulation.buffer, column: 2 * w * k), to: next, width: w,
          shape.activation))
      hidden = next
    }
    output = Place(buffer: buffer(shape.dimension))
    map("output", w, shape.dimension, from: hidden, to: output, .identity, .throughActivation)
  }

  private mutating func buffer(_ width: Int) -> Int {
    buffers.append(Buffer(width: width))
    return buffers.count - 1
  }

  private mutating func map(
    _ name: String, _ inputs: Int, _ outputs: Int, from: Place, to: Place, _ activation: Activation,
    _ need: Need
  ) {
    let panels = MatrixProduct.panels(outputs) * MatrixProduct.panelWidth
    let transposed = MatrixProduct.panels(inputs) * MatrixProduct.panelWidth * outputs
    dense.append(
      Dense(
        name: name, inputs: inputs, outputs: outputs, weights: parameterCount,
        biases: parameterCount + panels * inputs, transposed: transposedCount))
    parameterCount += panels * (inputs + 1)
    needsTransposed.append(need != .nothing)
    if need != .nothing { transposedCount += transposed }
    steps.append(.dense(dense.count - 1, from: from, to: to, activation, need))
  }

  /// Maps with activations between them and none after the last, numbered as PyTorch's `Sequential`
  /// numbers them.
  private mutating func chain(
    _ name: String, from: Place, width: Int, need: Need, _ hidden: [Int], last: Int,
    to: Place? = nil, _ activation: Activation
  ) -> Place {
    var (from, width, need) = (from, width, need)
    for (k, next) in hidden.enumerated() {
      let place = Place(buffer: buffer(next))
      map("\(name).\(2 * k)", width, next, from: from, to: place, activation, need)
      (from, width, need) = (place, next, .throughActivation)
    }
    let end = to ?? Place(buffer: buffer(last))
    map("\(name).\(2 * hidden.count)", width, last, from: from, to: end, .identity, need)
    return end
  }
}
