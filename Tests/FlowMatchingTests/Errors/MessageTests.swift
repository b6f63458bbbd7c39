import RealModule
import Testing

@testable import FlowMatching

struct MessageTests {
  /// What is wrong is named as what it is.
  @Test func weightsLabelsAndSpreadsAreNamedAsTheyAre() throws {
    func message(_ body: () throws -> Void) -> String {
      do {
        try body()
        return ""
      } catch { return "\(error)" }
    }
    let labelled = try GaussianMixture(
      dimension: 1, means: [0, 1], stds: [1], weights: [1, 0], labels: ["a", "c"])
    #expect(message { _ = try labelled.restricted(to: "c") }.contains("has no weight"))
    #expect(message { _ = try labelled.restricted(to: "d") }.contains("the labels of the target"))

    let end = (try OptimalTransportPath()).schedule(at: try Time(1))
    for (std, word) in [(0, "no spread"), (1e-300, "below the range"), (1e-160, "below the range")]
    {
      for target in [
        try GaussianMixture(dimension: 2, means: [0, 1], stds: [std]),
        try Ring(radius: 1, std: std),
      ] as [any PartialTarget] {
        let found = message { try target.check([0, 1], at: end) }
        #expect(found.contains(word) && found.contains(std == 0 ? "singular (t)" : "(std)"))
      }
    }
    let narrow = try GaussianMixture(dimension: 1, means: [0], stds: [1e-150])
    #expect(message { try narrow.check([0], at: end) } == "")
    #expect(message { _ = try FlowError.checked([1, -Double.nan]) }.contains("is no number:"))
    #expect(message { try FlowError.checkFinite(-Double.nan, "t") }.contains("t = nan is"))
  }

  /// Their sum overflows, their ratios do not.
  @Test func largeWeightsAreRatios() throws {
    let x = [0.3]
    let path = try OptimalTransportPath()
    func weights(_ weights: [Double]) throws -> [Double] {
      try MarginalField(
        path: path,
        target: GaussianMixture(dimension: 1, means: [0, 1, 3], stds: [0.5], weights: weights)
      ).value(of: .posteriorWeights, at: Time(0.5), of: x)
    }
    let large = 0x1p1023
    #expect(try weights([large, large, large / 2]) == weights([2, 2, 1]))
    #expect(try weights([1e308, 1e308, 1e308]) == weights([1, 1, 1]))
    let error = #expect(throws: FlowError.self) {
      try weights([1e308, 1e308, .leastNonzeroMagnitude])
    }
    #expect(error?.code == .outOfDomain && error?.field == "weights")
    let boxes = try UniformBoxes(
      dimension: 1, lower: [0, 2], upper: [1, 3], weights: [1e308, 1e308])
    #expect(boxes.logWeights == [-Double.log(2), -Double.log(2)])
  }
}
