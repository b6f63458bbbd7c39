import FlowMatching
import Testing

@testable import FlowTraining

/// Small networks of every kind, the sizes odd so that no panel is full.
struct NetworkExample: Sendable, CustomTestStringConvertible {
  let shape: NetworkShape
  var testDescription: String {
    "\(shape.kind.rawValue) d=\(shape.dimension) h=\(shape.width) \(shape.activation.rawValue) "
      + "classes=\(shape.classes)"
  }

  static let all: [NetworkExample] = {
    var result: [NetworkExample] = []
    for kind in NetworkShape.Kind.allCases {
      for (k, activation) in [Activation.silu, .relu, .gelu, .tanh].enumerated() {
        let shape = try! NetworkShape(
          kind: kind, dimension: [2, 5, 1, 33][k], width: [37, 70, 16, 32][k],
          layers: [5, 3, 4, 3][k], activation: activation, embeddingWidth: [6, 16, 34, 8][k],
          classes: [0, 4, 0, 3][k])
        result.append(NetworkExample(shape: shape))
      }
    }
    return result
  }()
}
