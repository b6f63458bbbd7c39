/// A network as a list of steps on numbered buffers, and its parameters as segments of one array.
///
/// A buffer holds a row per point, twice: its *values*, and its *gradient*, where the forward pass
/// first leaves the slope of the activation that made the value. A row is one line of numbers, or, for an
/// image, one line of channels per pixel: a linear map acts on lines, whatever they stand for.
/// Two buffers are joined by writing both into columns of one.
struct NetworkLayout: Sendable {
  /// Some columns of a buffer.
  struct Place: Sendable, Equatable {
    var buffer: Int
    var column = 0
  }

  struct Buffer: Sendable {
    let width: Int
    /// Lines of a row.
    let lines: Int
    /// Floats from row to row: whole vectors, and no power of two, so that rows do not compete for the
    /// same lines of a cache.
    var stride: Int {
      let rounded = (width + 15) / 16 * 16
      return rounded.isMultiple(of: 128) ? rounded + 16 : rounded
    }
    /// Floats of a row.
    var size: Int { lines * stride }
  }

  /// What of its input an output line sees.
  enum Kernel: Sendable {
    /// One line.
    case line
    /// One line, and in files a convolution of 1 x 1.
    case pixel
    /// The nine pixels around one.
    case window(Window)
  }

  /// A linear map: panels of the weights, then the biases.
  struct Dense: Sendable {
    let name: String
    let kernel: Kernel
    /// Of one line.
    let inputs: Int
    let outputs: Int
    /// Whether training begins with zeros.
    let startsAtZero: Bool
    /// Where its weights and biases start in the parameters.
    let weights: Int
    let biases: Int
    /// Where the panels of the transposed weights start.
    let transposed: Int
    var panels: Int { MatrixProduct.panels(outputs) }
    var window: Window? { if case .window(let window) = kernel { window } else { nil } }
    /// Lines that an output sees.
    var taps: Int { window == nil ? 1 : Window.taps }
    /// Terms of an output's sum: tap after tap, the channels of each.
    var depth: Int { taps * inputs }
  }

  /// A group norm: a factor per channel, then a summand.
  struct Norm: Sendable {
    let name: String
    let channels: Int
    let groups: Int
    let factors: Int
    let summands: Int
    /// The buffer with a point's means and reciprocal deviations by channel, and room for two averages; its
    /// gradient has the point's part of that of the factors and summands.
    let moments: Int
  }

  /// A table of rows, one per label and one for none.
  struct Embedding: Sendable {
    let name: String
    let rows: Int
    let width: Int
    let start: Int
  }

  /// What a step's input needs of the backward pass.
  enum Need: Sendable {
    case nothing
    /// The gradient of the values, for who asks for that of the point.
    case onRequest
    /// The gradient of the values.
    case gradient
    /// The same, added to what other steps that read the values have left.
    case furtherGradient
    /// The gradient times the slope that stands there: that of the activation's argument.
    case throughActivation
  }

  /// What a step reads.
  struct Input: Sendable {
    var place: Place
    var width: Int
    var need: Need
  }

  enum Step: Sendable {
    /// `out = activation(in W + b)`, or without an activation `in W + b + plus`.
    case dense(Int, from: Input, to: Place, plus: Input?, Activation)
    /// `out = activation((1 + s) z + b)`; s and b stand side by side at `by`.
    case modulate(from: Place, by: Place, to: Place, width: Int, Activation)
    /// `out = activation((1 + s) y + b)` for the group norm y of the input; without `by` s and b are zero.
    case normalise(Int, from: Input, by: Place?, to: Place, Activation)
    /// Attention of lines to lines; queries, keys and values stand side by side. The buffer `weights` has a line
    /// per head and query.
    case attend(from: Place, to: Place, weights: Int, heads: Int)
    /// Every pixel four times.
    case enlarge(from: Input, to: Place, imageWidth: Int)
  }

  var buffers: [Buffer] = []
  var dense: [Dense] = []
  var norms: [Norm] = []
  var steps: [Step] = []
  var embedding: Embedding?
  /// Where the inputs go; nil for those the network does not have.
  var point = Place(buffer: 0)
  var time: Place?
  var sines: Place?
  var label: Place?
  var output = Place(buffer: 0)
  var parameterCount = 0
  var transposedCount = 0
  /// Per map: whether the backward pass uses its transposed weights.
  var needsTransposed: [Bool] = []

  init(_ shape: NetworkShape) {
    let d = shape.dimension
    let embedded = shape.classes > 0 ? shape.embeddingWidth : 0
    if embedded > 0 {
      embedding = Embedding(
        name: "label_embedding", rows: shape.classes + 1, width: embedded,
        start: reserve((shape.classes + 1) * embedded))
    }
    switch shape.kind {
    case .mlp:
      let input = buffer(d + 1 + embedded)
      point = Place(buffer: input)
      time = Place(buffer: input, column: d)
      if embedded > 0 { label = Place(buffer: input, column: d + 1) }
      output = chain(
        "net", from: Place(buffer: input), width: d + 1 + embedded,
        need: embedded > 0 ? .gradient : .onRequest,
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
    case .unet:
      uNet(shape, embedded)
    }
  }

  private mutating func modulated(_ shape: NetworkShape, _ embedded: Int) {
    let (w, blocks) = (shape.width, shape.layers - 2)
    let modulation = modulation(shape, embedded, width: 2 * w * blocks)
    point = Place(buffer: buffer(shape.dimension))
    var hidden = Place(buffer: buffer(w))
    map("input", shape.dimension, w, from: point, to: hidden, shape.activation, .onRequest)
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

  /// Sines and cosines of time, and a label's embedding, through two maps with activations, and from there to
  /// all scales and shifts.
  mutating func modulation(_ shape: NetworkShape, _ embedded: Int, width: Int) -> Place {
    let e = shape.embeddingWidth
    let clock = buffer(e + embedded)
    sines = Place(buffer: clock)
    if embedded > 0 { label = Place(buffer: clock, column: e) }
    let first = Place(buffer: buffer(e))
    let second = Place(buffer: buffer(e))
    let modulation = Place(buffer: buffer(width))
    map(
      "time_mlp.0", e + embedded, e, from: Place(buffer: clock), to: first, shape.activation,
      embedded > 0 ? .gradient : .nothing)
    map("time_mlp.2", e, e, from: first, to: second, shape.activation, .throughActivation)
    map("modulation", e, width, from: second, to: modulation, .identity, .throughActivation)
    return modulation
  }

  mutating func buffer(_ width: Int, lines: Int = 1) -> Int {
    buffers.append(Buffer(width: width, lines: lines))
    return buffers.count - 1
  }

  /// Room for parameters, in whole vectors.
  mutating func reserve(_ count: Int) -> Int {
    defer { parameterCount += (count + 15) / 16 * 16 }
    return parameterCount
  }

  mutating func map(
    _ name: String, _ inputs: Int, _ outputs: Int, from: Place, to: Place, _ activation: Activation,
    _ need: Need, kernel: Kernel = .line, plus: Input? = nil, startsAtZero: Bool = false
  ) {
    let panels = MatrixProduct.panels(outputs) * MatrixProduct.panelWidth
    let taps = if case .window = kernel { Window.taps } else { 1 }
    let transposed = MatrixProduct.panels(inputs) * MatrixProduct.panelWidth * taps * outputs
    let weights = reserve(panels * taps * inputs)
    dense.append(
      Dense(
        name: name, kernel: kernel, inputs: inputs, outputs: outputs, startsAtZero: startsAtZero,
        weights: weights, biases: reserve(panels), transposed: transposedCount))
    needsTransposed.append(need != .nothing)
    if need != .nothing { transposedCount += transposed }
    steps.append(
      .dense(
        dense.count - 1, from: Input(place: from, width: inputs, need: need), to: to, plus: plus,
        activation))
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
