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
  }

  /// How time enters, and how layers are joined.
  public var kind: Kind
  /// The number of axes of a point.
  public var dimension: Int
  /// Neurons of a hidden layer.
  public var width: Int
  /// Linear maps from the point to the velocity, the last one included.
  public var layers: Int
  /// The function between the layers.
  public var activation: Activation
  /// Outputs of the time network, or sines and cosines.
  public var embeddingWidth: Int
  /// The number of labels; 0 for a network without. There is one more embedding than labels: that of
  /// no label.
  public var classes: Int

  /// The largest frequency of the sines, in turns per unit of time; the smallest is 1/4.
  public static let largestFrequency = 64.0

  /// The largest number of parameters: a gigabyte, six in training.
  public static let mostParameters = 1 << 28

  /// - Throws: `outOfDomain` for a size outside its range, and for too many parameters.
  public init(
    kind: Kind, dimension: Int, width: Int, layers: Int, activation: Activation = .silu,
    embeddingWidth: Int = 16, classes: Int = 0
  ) throws(FlowError) {
    func check(_ value: Int, _ name: String, _ range: ClosedRange<Int>) throws(FlowError) {
      guard range.contains(value) else {
        throw FlowError.outOfDomain(
          name, value, accepted: "[\(range.lowerBound), \(range.upperBound)]")
      }
    }
    try check(dimension, "dimension", 1...65_536)
    try check(width, "width", 1...16_384)
    try check(layers, "layers", kind == .modulated ? 3...256 : 2...256)
    try check(embeddingWidth, "embedding_width", 2...4096)
    try check(classes, "classes", 0...1_000_000)
    guard embeddingWidth.isMultiple(of: 2) else {
      throw FlowError.outOfDomain("embedding_width", embeddingWidth, accepted: "the even numbers")
    }
    self.kind = kind
    self.dimension = dimension
    self.width = width
    self.layers = layers
    self.activation = activation
    self.embeddingWidth = embeddingWidth
    self.classes = classes
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

  /// The frequencies of the sines, geometric from 1/4 to `largestFrequency` turns per unit of time.
  public var frequencies: [Double] {
    let count = embeddingWidth / 2
    return (0..<count).map { k in
      let share = count == 1 ? 0 : Double(k) / Double(count - 1)
      return 0.25 * Double.power(4 * Self.largestFrequency, share)
    }
  }
}
