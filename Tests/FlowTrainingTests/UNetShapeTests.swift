import FlowMatching
import Testing

@testable import FlowTraining

@Suite struct UNetShapeTests {
  private func refusal(_ make: () throws(FlowError) -> some Any) -> String? {
    do throws(FlowError) {
      _ = try make()
      return nil
    } catch { return error.field }
  }

  @Test func sizesThatCannotBeAreRefusedByName() {
    func shape(
      _ height: Int = 8, _ width: Int = 8, _ channels: Int = 1, _ multipliers: [Int] = [1, 2],
      _ heads: Int = 4
    ) -> String? {
      refusal { () throws(FlowError) in
        try UNetShape(
          height: height, width: width, channels: channels, multipliers: multipliers, heads: heads)
      }
    }
    #expect(shape() == nil)
    #expect(shape(7) == "height")
    #expect(shape(8, 6, 1, [1, 1, 1]) == "image_width")
    #expect(shape(7, 7, 1, [1]) == nil)
    #expect(shape(8, 8, 0) == "channels")
    #expect(shape(8, 8, 1, []) == "multipliers")
    #expect(shape(8, 8, 1, [1, 0]) == "multipliers")
    #expect(shape(64, 64, 1, [1]) == "multipliers")
    #expect(shape(8, 8, 1, [1], 0) == "heads")
  }

  @Test func aNetworkHasItsImageAndNoOtherHasOne() throws {
    let image = try UNetShape(height: 4, width: 4, channels: 3, multipliers: [1, 2], heads: 5)
    #expect(
      refusal { () throws(FlowError) in try NetworkShape.unet(image, width: 16, depth: 1) }
        == "heads")
    #expect(
      refusal { () throws(FlowError) in try NetworkShape.unet(image, width: 20, depth: 0) }
        == "depth")
    #expect(
      refusal { () throws(FlowError) in
        try NetworkShape(kind: .unet, dimension: 47, width: 20, layers: 1, unet: image)
      } == "image")
    #expect(
      refusal { () throws(FlowError) in
        try NetworkShape(kind: .unet, dimension: 48, width: 20, layers: 1)
      } == "network")
    #expect(
      refusal { () throws(FlowError) in
        try NetworkShape(kind: .mlp, dimension: 48, width: 20, layers: 2, unet: image)
      } == "network")
  }

  /// A new network's output is zero, whatever it is asked: its last convolution is.
  @Test func trainingBeginsWithTheZeroField() {
    for example in NetworkExample.images {
      let network = Network(shape: example.shape, seed: 1)
      var random = SplitMix(2)
      let outputs = network.outputs(
        at: [0.3], of: random.floats(example.shape.dimension), threads: 1)
      #expect(outputs.allSatisfy { $0 == 0 })
    }
  }

  @Test func configurationsOfImagesSurviveTheirText() throws {
    for example in NetworkExample.images {
      let recipe = TrainingRecipe(network: example.shape)
      let text = RunConfiguration(recipe: recipe, data: []).json
      #expect(try RunConfiguration(parsing: text).recipe == recipe)
      for damage in ["\"heads\":\(example.shape.unet!.heads)", "\"multipliers\":["] {
        #expect(throws: FlowError.self) {
          try RunConfiguration(
            parsing: text.replacing(damage, with: damage.replacing(":", with: ":-")))
        }
      }
    }
  }

  /// The trace by backward passes in float32 against that by dual numbers in double precision.
  @Test func divergencesInFloatAgreeWithThoseInDouble() throws {
    for example in NetworkExample.images {
      let network = example.network(seed: 3)
      let d = example.shape.dimension
      var random = SplitMix(4)
      let points = random.floats(3 * d).map { Double($0) }
      let times = try [0.2, 0.5, 0.9].map { try Time($0) }
      let label = example.shape.classes > 0 ? 1 : nil
      for prediction in [Parameterisation.velocity, .noise] {
        let path = CosinePath()
        let found = try DifferentiatedTrainedField(
          TrainedField(
            network: network, path: path, prediction: prediction, label: label, threads: 2)
        ).divergences(at: times, of: points)
        let exact = try LearnedField(
          network: network, path: path, prediction: prediction, label: label
        ).divergences(at: times, of: points)
        for (a, b) in zip(found.divergences, exact.divergences) {
          #expect(abs(a - b) < 1e-5 * Double(d) * (1 + abs(b)))
        }
      }
    }
  }
}
