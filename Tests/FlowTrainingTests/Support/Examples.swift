import FlowMatching
import Testing

@testable import FlowTraining

/// Small networks of every kind, the sizes odd so that no panel is full.
struct NetworkExample: Sendable, CustomTestStringConvertible {
  let shape: NetworkShape
  var testDescription: String {
    "\(shape.kind.rawValue) d=\(shape.dimension) h=\(shape.width) \(shape.activation.rawValue) "
      + "classes=\(shape.classes)"
      + (shape.unet.map { " \($0.height)x\($0.width)x\($0.channels) \($0.multipliers)" } ?? "")
  }

  /// How many rows a test that evaluates the reference can afford.
  func rows(_ count: Int) -> Int { shape.kind == .unet ? max(3, count / 25) : count }

  /// A network all of whose parameters matter: what training starts with zero or one is random too.
  func network(seed: UInt64) -> Network { Network(shape: shape, seed: seed, isStirred: true) }

  static let all: [NetworkExample] = {
    var result: [NetworkExample] = []
    for kind in NetworkShape.Kind.allCases where kind != .unet {
      for (k, activation) in [Activation.silu, .relu, .gelu, .tanh].enumerated() {
        let shape = try! NetworkShape(
          kind: kind, dimension: [2, 5, 1, 33][k], width: [37, 70, 16, 32][k],
          layers: [5, 3, 4, 3][k], activation: activation, embeddingWidth: [6, 16, 34, 8][k],
          classes: [0, 4, 0, 3][k])
        result.append(NetworkExample(shape: shape))
      }
    }
    return result + images
  }()

  /// U-Nets of one to three resolutions, some with channels that fill no vector, with and without labels.
  static let images: [NetworkExample] = {
    var result: [NetworkExample] = []
    for (k, sizes) in [[4, 4, 1], [8, 4, 3], [2, 6, 2], [1, 3, 1]].enumerated() {
      let image = try! UNetShape(
        height: sizes[0], width: sizes[1], channels: sizes[2],
        multipliers: [[1, 2], [1, 1, 2], [2, 1], [1]][k], heads: [2, 4, 1, 3][k])
      let shape = try! NetworkShape.unet(
        image, width: [16, 8, 17, 6][k], depth: [1, 1, 2, 1][k],
        activation: [.silu, .silu, .gelu, .tanh][k], embeddingWidth: [6, 16, 8, 34][k],
        classes: [0, 3, 0, 2][k])
      result.append(NetworkExample(shape: shape))
    }
    return result
  }()
}
