import FlowMatching
import FlowVerification
import RealModule
import TestSupport
import Testing

@testable import FlowTraining

/// The cross-checks pass on what is right, and each of them fails on a mistake of its own.
@Suite struct TrainingVerificationTests {
  @Test(arguments: 0..<2 as Range<UInt64>)
  func everythingPasses(seed: UInt64) throws {
    let paths: [(String, any ProbabilityPath)] = [
      ("ot", try OptimalTransportPath()), ("vp", try VariancePreservingPath()),
      ("ve", try VarianceExplodingPath()),
    ]
    let verification = TrainingVerification(paths: paths.map { ($0.0, $0.1) }, seed: seed)
    let checks = verification.run()
    #expect(checks.count == 3 * 3 + 4 * 5)
    #expect(Set(checks.map(\.check)) == Set(TrainingVerification.statements.map(\.name)))
    for check in checks {
      #expect(
        check.passed && !check.skipped,
        "\(check.check), \(check.path): \(check.worst), \(check.failure as Any)")
    }
  }

  @Test func aTargetWrongInItsLastDigitsIsSeen() {
    func check(_ factor: Double) -> CheckResult {
      BatchChecks.check(
        "", drawing: LyingPath { $0.sigmaDot *= factor }, exact: CosinePath(), seed: 1)
    }
    #expect(check(1).passed)
    #expect(!check(1 + 0x1p-46).passed)
  }

  @Test func aWrongTargetIsSeenInTheLossGap() {
    func check(_ factor: Double) -> CheckResult {
      TheoremChecks.gap(
        "", drawing: LyingPath { $0.alphaDot *= factor }, exact: CosinePath(), seed: 1, bound: 6)
    }
    #expect(check(1).passed)
    #expect(!check(1.2).passed)
  }

  @Test func aWrongTargetIsSeenInTheGradients() {
    func check(_ factor: Double) -> CheckResult {
      TheoremChecks.gradients(
        "", drawing: LyingPath { $0.alphaDot *= factor }, exact: CosinePath(), seed: 1, bound: 6)
    }
    #expect(check(1).passed)
    #expect(!check(-1).passed)
  }

  @Test(arguments: NetworkShape.Kind.allCases)
  func oneWrongWeightIsSeenInTheForwardPass(kind: NetworkShape.Kind) throws {
    let network = Network(shape: try BatchChecks.shape(kind), seed: 1, isStirred: true)
    #expect(KernelChecks.forward(kind, seed: 1, reference: network.reference).passed)
    var parameters = network.reference.parameters
    let name =
      switch kind {
      case .mlp, .timeMLP: "net.2.weight"
      case .modulated: "blocks.0.weight"
      case .unet: "down.0.conv1.weight"
      }
    parameters[name]![7] += 0.01
    let wrong = ReferenceNetwork(shape: network.shape, parameters: parameters)
    #expect(!KernelChecks.forward(kind, seed: 1, reference: wrong).passed)
  }

  @Test(arguments: NetworkShape.Kind.allCases)
  func oneWrongEntryIsSeenInTheBackwardPass(kind: NetworkShape.Kind) {
    let wrong = KernelChecks.backward(kind, seed: 1) { gradient in
      let largest = gradient.array.indices.max {
        abs(gradient.base[$0]) < abs(gradient.base[$1])
      }!
      gradient.base[largest] *= 1.001
    }
    #expect(!wrong.passed)
  }

  @Test func aSettingThatIsNotObeyedIsSeenInTheOptimiser() throws {
    let honest = try RunChecks.recipe(.mlp, seed: 1).adam
    #expect(RunChecks.optimiser(.mlp, seed: 1, claimed: honest).passed)
    let changes: [(inout AdamSettings) -> Void] = [
      { $0.beta1 = 0.899 }, { $0.beta2 = 0.998 }, { $0.weightDecay = 0.0101 },
      { $0.averageDecay = 0.5999 }, { $0.clipNorm = nil }, { $0.epsilon = 1e-5 },
    ]
    for (k, change) in changes.enumerated() {
      var settings = honest
      change(&settings)
      #expect(!RunChecks.optimiser(.mlp, seed: 1, claimed: settings).passed, "change \(k)")
    }
  }

  @Test(arguments: NetworkShape.Kind.allCases)
  func aFieldThatIsALittleOffIsSeenInTheSampler(kind: NetworkShape.Kind) {
    let wrong = RunChecks.sampler(kind, seed: 1) { network in
      network.load { tensor in
        let isLast = tensor.name == network.tensors.last?.name
        return network.values(of: tensor).map { isLast ? $0 + 1e-4 : $0 }
      }
    }
    #expect(!wrong.passed)
  }

  @Test func anotherSeedIsSeenInTheBits() {
    #expect(!RunChecks.repeatable(.modulated, seed: 1) { $0.seed = 2 }.passed)
  }

  /// Student's law with n degrees of freedom beyond t against the normal law beyond the deviate: the
  /// density of the first integrated by Simpson's rule.
  @Test(arguments: [1.0, 3, 5, 6.5])
  func normalDeviatesHaveTheTailsOfStudentsLaw(t: Double) {
    let n = 127.0
    // Gamma(64)/(sqrt(127 pi) Gamma(63.5)), by the expansion of the quotient at large arguments.
    let quotient = (n / 2).squareRoot() * (1 - 1 / (4 * n) + 1 / (32 * n * n))
    let scale = quotient / (n * Double.pi).squareRoot()
    let (end, steps) = (40.0, 40_000)
    let h = (end - t) / Double(steps)
    var sum = 0.0
    for k in 0...steps {
      let x = t + h * Double(k)
      let density = scale * Double.pow(1 + x * x / n, -(n + 1) / 2)
      sum += density * (k == 0 || k == steps ? 1 : k.isMultiple(of: 2) ? 2 : 4)
    }
    let tail = 2 * sum * h / 3
    let normal = NormalTail.twoSided(beyond: TheoremChecks.normalDeviate(t, freedom: n))
    #expect(abs(normal / tail - 1) < 0.01, "\(normal) for \(tail)")
  }
}
