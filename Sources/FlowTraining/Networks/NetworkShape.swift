public import FlowMatching

/// Which network: everything that fixes its parameters' names and sizes.
public struct NetworkShape: Sendable, Equatable {
  /// How time enters.
  public enum Kind: String, Sendable, CaseIterable {
    /// Linear maps with activations between; time is one more input. With `layers = 5` and
    /// `width = 512` the network of Lipman et al. (2023) for toy data.
    case mlp
    /// The same, with time first passed through a network of its own of three linear maps, activations
    /// between, `embeddingWidth` wide, whose outputs are further inputs.
    case timeMLP = "time_mlp"
    /// Time as sines and cosines of `embeddingWidth/2` frequencies, passed through two linear maps with
    /// activations; from them a scale s and a shift b for every one of `layers - 2` hidden maps:
    /// `h <- activation((1 + s) (W h + c) + b)`.
    case modulated
    /// For images, in the manner of Dhariwal and Nichol (2021): residual blocks of group norm, activation and
    /// 3 x 3 convolutions at several resolutions, with skips between the way down and the way up and
    /// self-attention at the lowest; time and label as in `modulated`, a scale and a shift per block.
    case unet
  }

  /// How time enters, and how layers are joined.
  public var kind: Kind
  /// The number of axes of a point.
  public var dimension: Int
  /// Neurons of a hidden layer; of a U-Net channels, which its multipliers multiply.
  public var width: Int
  /// Linear maps from the point to the velocity, the last one included; of a U-Net residual blocks per
  /// resolution.
  public var layers: Int
  /// The function between the layers.
  public var activation: Activation
  /// Outputs of the time network, or sines and cosines.
  public var embeddingWidth: Int
  /// The number of labels; 0 for a network without. There is one more embedding than labels: that of
  /// no label.
  public var classes: Int
  /// The image and the resolutions, of a U-Net.
  public let unet: UNetShape?

  /// The largest frequency of the sines, in turns per unit of time; the smallest is 1/4.
  public static let largestFrequency = 64.0

  /// The largest number of parameters: a gigabyte, six in training.
  public static let mostParameters = 1 << 28

  /// - Parameter unet: of the kind `unet`, and of no other.
  /// - Throws: `outOfDomain` for a size outside its range, and for too many parameters;
  ///   `dimensionMismatch` for a dimension that is not the image's.
  public init(
    kind: Kind, dimension: Int, width: Int, layers: Int, activation: Activation = .silu,
    embeddingWidth: Int = 16, classes: Int = 0, unet: UNetShape? = nil
  ) throws(FlowError) {
    func check(_ value: Int, _ name: String, _ range: ClosedRange<Int>) throws(FlowError) {
      guard range.contains(value) else {
        throw FlowError.outOfDomain(
          name, value, accepted: "[\(range.lowerBound), \(range.upperBound)]")
      }
    }
    try check(dimension, "dimension", 1...65_536)
    try check(width, "width", 1...16_384)
    switch kind {
    case .mlp, .timeMLP: try check(layers, "layers", 2...256)
    case .modulated: try check(layers, "layers", 3...256)
    case .unet: try check(layers, "depth", 1...16)
    }
    try check(embeddingWidth, "embedding_width", 2...4096)
    try check(classes, "classes", 0...1_000_000)
    guard embeddingWidth.isMultiple(of: 2) else {
      throw FlowError.outOfDomain("embedding_width", embeddingWidth, accepted: "the even numbers")
    }
    guard (kind == .unet) == (unet != nil) else {
      throw FlowError.outOfDomain(
        "network", kind.rawValue,
        accepted: unet == nil ? "the kinds without an image" : "unet, which has an image")
    }
    if let unet {
      guard dimension == unet.dimension else {
        throw FlowError.dimensionMismatch("image", unet.dimension, expected: dimension)
      }
      let channels = width * unet.multipliers[unet.multipliers.count - 1]
      guard channels.isMultiple(of: unet.heads) else {
        throw FlowError.outOfDomain(
          "heads", unet.heads, accepted: "the divisors of \(channels), the channels that attend")
      }
    }
    self.kind = kind
    self.dimension = dimension
    self.width = width
    self.layers = layers
    self.activation = activation
    self.embeddingWidth = embeddingWidth
    self.classes = classes
    self.unet = unet
    // No product of the ranges is beyond 2^53.
    let count = NetworkLayout(self).parameterCount
    guard count <= Self.mostParameters else {
      throw FlowError.outOfDomain(
        "parameters", count, accepted: "[1, 2^28]: fewer layers, a smaller width or fewer classes")
    }
  }

  /// The paper's network: 5 linear maps, 512 wide.
  public static func paper(dimension: Int) throws(FlowError) -> NetworkShape {
    try NetworkShape(kind: .mlp, dimension: dimension, width: 512, layers: 5)
  }

  /// A U-Net; `depth` residual blocks at every resolution.
  public static func unet(
    _ image: UNetShape, width: Int, depth: Int, activation: Activation = .silu,
    embeddingWidth: Int = 64, classes: Int = 0
  ) throws(FlowError) -> NetworkShape {
    try NetworkShape(
      kind: .unet, dimension: image.dimension, width: width, layers: depth, activation: activation,
      embeddingWidth: embeddingWidth, classes: classes, unet: image)
  }

  /// Products of the maps' sums for one sample in training: forward, backward to the weights, and backward to the
  /// inputs where those are not the point.
  public var productsPerSample: Int {
    let layout = NetworkLayout(self)
    return layout.steps.reduce(0) { sum, step in
      guard case .dense(let k, let from, let to, _, _) = step else { return sum }
      let map = layout.dense[k]
      let goesBack = from.need != .nothing && from.need != .onRequest
      return sum + layout.buffers[to.buffer].lines * map.depth * map.outputs * (goesBack ? 3 : 2)
    }
  }

  /// The frequencies of the sines, geometric from 1/4 to `largestFrequency` turns per unit of time.
  public var frequencies: [Double] {
    let count = embeddingWidth / 2
    return (0..<count).map { k in
      let share = count == 1 ? 0 : Double(k) / Double(count - 1)
      return 0.25 * Double.power(4 * Self.largestFrequency, share)
    }
  }
}
