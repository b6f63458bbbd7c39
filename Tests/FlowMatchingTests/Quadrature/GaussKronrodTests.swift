import Testing

@testable import FlowMatching

struct GaussKronrodTests {
  /// `sum w t^n` over the nodes of a rule.
  static func moment(_ n: Int, _ weights: [Lanes]) -> Double {
    var sum = 0.0
    for group in GaussKronrod.nodes.indices {
      for lane in 0..<Lanes.count {
        let t = GaussKronrod.nodes[group][lane]
        sum += weights[group][lane] * (0..<n).reduce(1.0) { power, _ in power * t }
      }
    }
    return sum
  }

  @Test func kronrodIsExactToDegree31AndNoFurther() {
    for n in 0...31 {
      let error = abs(Self.moment(n, GaussKronrod.weights) * Double(n + 1) - 1)
      #expect(error < 0x1p-48, "degree \(n)")
    }
    #expect(Self.moment(80, GaussKronrod.weights) * 81 != 1)
  }

  @Test func gaussIsExactToDegree19AndNoFurther() {
    for n in 0...19 {
      #expect(abs(Self.moment(n, GaussKronrod.gaussWeights) * Double(n + 1) - 1) < 0x1p-49)
    }
    #expect(abs(Self.moment(40, GaussKronrod.gaussWeights) * 41 - 1) > 1e-12)
  }

  @Test func theSixteenPointRuleIsExactToDegree31() {
    for n in 0...31 {
      let sum = GaussLegendre.rule.reduce(0.0) { sum, pair in
        sum + pair.weight * (0..<n).reduce(1.0) { power, _ in power * pair.node }
      }
      #expect(abs(sum * Double(n + 1) - 1) < 0x1p-48, "degree \(n)")
    }
  }
}
