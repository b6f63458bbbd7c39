import Foundation
import RealModule
import Testing

@testable import FlowMatching

/// The operation trees that the rounding bounds of `Proofs` are about are those of the code that runs. After
/// a change on purpose, `WRITE_TRACES=1 swift test --filter TraceTests` rewrites `Proofs/traces`, and
/// `make proofs` fails until the bounds are proved of the new trees.
@Suite struct TraceTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Proofs/traces")

  @Test(arguments: TracedFunction.all)
  func theCommittedTreeIsTheOneExecuted(_ function: TracedFunction) throws {
    let file = Self.folder.appending(path: "\(function.name).json")
    let text = try function.tree(sample: 0).json(function: function.function)
    if ProcessInfo.processInfo.environment["WRITE_TRACES"] != nil {
      try text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == text)
  }

  @Test(arguments: TracedFunction.all)
  func theTreeIsTheSameAtAnotherSample(_ function: TracedFunction) throws {
    #expect(try function.tree(sample: 0) == function.tree(sample: 1))
  }

  @Test(arguments: TracedPath.all)
  func conditionalTreesGiveTheBitsOfTheLibrary(_ traced: TracedPath) throws {
    let (moments, velocities) = (
      try traced.schedule.tree(sample: 0), try traced.velocity.tree(sample: 0)
    )
    var random = SplitMix(seed: 7)
    for _ in 0..<2000 {
      let (t, x, x1) = (random.uniform(), random.uniform(-2...2), random.uniform(-2...2))
      let time = try Time(t)
      let (path, constants) = try traced.path(traced.ranges.map { random.uniform($0) })
      var inputs = ["t": t, "x": x, "x1": x1]
      for (name, value) in constants { inputs[name] = value }
      let schedule = path.schedule(at: time)
      #expect(
        moments.values(inputs, plain: \.self) == [
          schedule.alpha, schedule.sigma, schedule.variance, schedule.alphaDot,
          schedule.sigmaDot, schedule.varianceDot, schedule.alphaTail,
        ])
      let velocity = try ConditionalField(path: path).velocity(at: time, of: [x], given: [x1])
      #expect(velocities.values(inputs, plain: \.self) == velocity)
    }
  }

  /// The library evaluates on lanes, where the first component need not be the heavier: only where it is.
  @Test func theMixturesTreeGivesTheBitsOfTheLibrary() throws {
    let tree = try TracedFunction.mixture.tree(sample: 0)
    let path = try VariancePreservingPath()
    var random = SplitMix(seed: 8)
    func draw(_ low: Double, _ high: Double) -> Double { random.uniform(low...high) }
    var compared = 0
    for _ in 0..<2000 {
      let (means, std) = ([draw(-2, 2), draw(-2, 2)], draw(0.01, 1))
      let weights = [draw(0.1, 1), draw(0.1, 1)]
      let (time, x) = (try Time(draw(0, 1)), draw(-3, 3))
      let target = try GaussianMixture(
        dimension: 1, means: means, stds: [std], weights: weights)
      let field = MarginalField(path: path, target: target)
      let shares = try field.value(of: .posteriorWeights, at: time, of: [x])
      guard target.places == [0, 1], shares[0] > 0.51 else { continue }
      compared += 1
      let schedule = path.schedule(at: time)
      let inputs = [
        "m0": means[0], "m1": means[1], "std": std, "w0": weights[0], "w1": weights[1],
        "log_w0": target.components.logWeights[0], "log_w1": target.components.logWeights[1],
        "alpha": schedule.alpha, "sigma": schedule.sigma, "variance": schedule.variance,
        "alpha_dot": schedule.alphaDot, "sigma_dot": schedule.sigmaDot,
        "variance_dot": schedule.varianceDot, "x": x,
      ].mapValues { Lanes($0) }
      let values = tree.values(inputs, plain: { $0[0] }).map { $0[0] }
      for (quantity, value) in zip(
        [MarginalQuantity.logDensity, .denoiser, .score, .velocity], values)
      {
        let expected = try field.value(of: quantity, at: time, of: [x])[0]
        #expect(expected == (quantity == .score ? -value : value), "\(quantity)")
      }
    }
    #expect(compared > 300)
  }
}
