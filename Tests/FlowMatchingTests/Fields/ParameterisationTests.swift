import FlowMatching
import Testing

@Suite struct ParameterisationTests {
  /// Every parameterisation of one pair (x1, eps), by its definition.
  private func definitions(
    _ s: Schedule<Double>, x1: [Double], noise: [Double]
  ) -> [Parameterisation: [Double]] {
    func combine(_ a: Double, _ b: Double) -> [Double] { zip(x1, noise).map { a * $0 + b * $1 } }
    return [
      .velocity: combine(s.alphaDot, s.sigmaDot), .x1: x1, .noise: noise,
      .score: combine(0, -1 / s.sigma), .v: combine(-s.sigma, s.alpha),
    ]
  }

  @Test(arguments: EveryPath.kinds, 0...6)
  func everyConversionGivesWhatTheDefinitionsSay(kind: String, seed: Int) throws {
    let path = try EveryPath.make(kind, seed: seed).path
    var random = SplitMix(seed: seed)
    for _ in 0..<20 {
      let time = try Time(random.uniform(0.2...0.8))
      let s = path.schedule(at: time)
      let (x1, noise) = (random.vector(2), random.vector(2))
      let x = zip(x1, noise).map { s.alpha * $0 + s.sigma * $1 }
      let values = definitions(s, x1: x1, noise: noise)
      // x1 = (x - sigma eps)/alpha and its like lose what the larger part hides.
      let loss = (s.alpha + s.sigma) * (1 / s.alpha + 1 / s.sigma) * (1 + abs(s.sigmaDot))
      for from in Parameterisation.allCases {
        for to in Parameterisation.allCases {
          let got = try from.convert(values[from]!, to: to, at: time, x: x, path: path)
          let scale = values[to]!.map(abs).max()! + 1
          #expect(
            relativeError(got, values[to]!, floor: scale) <= 1e-14 * loss * loss,
            "\(from) to \(to) at \(time)")
        }
      }
    }
  }

  @Test(arguments: Parameterisation.allCases, Parameterisation.allCases)
  func conversionThereAndBackIsTheIdentity(from: Parameterisation, to: Parameterisation) throws {
    var random = SplitMix(seed: 7)
    for kind in EveryPath.kinds where kind != "ve" && kind != "ve_geometric" {
      let path = try EveryPath.make(kind, seed: 0).path
      let time = try Time(random.uniform(0.3...0.7))
      let (x, value) = (random.vector(3), random.vector(3))
      let there = try from.convert(value, to: to, at: time, x: x, path: path)
      let back = try to.convert(there, to: from, at: time, x: x, path: path)
      #expect(relativeError(back, value, floor: 1) <= 1e-12, "\(kind)")
    }
  }

  /// `alpha alpha' + sigma sigma'` is 0 on these paths: x, however large, does not matter. The values are
  /// `(pi/2)^-1`, `-v alpha'/sigma` and its inverse, to 20 digits.
  @Test func betweenVelocityAndVTheVariancePreservingPathsForgetX() throws {
    func convert(
      _ from: Parameterisation, _ to: Parameterisation, _ path: any ProbabilityPath, _ t: Double,
      _ value: Double
    ) throws -> [Double] {
      try [0, 1, 3, 1e8, -1e300].map {
        try from.convert([value], to: to, at: Time(t), x: [$0], path: path)[0]
      }
    }
    func expect(_ got: [Double], _ exact: Double) {
      for value in got { #expect(abs(value - exact) <= 4 * 0x1p-53 * 2 * abs(exact)) }
    }
    expect(try convert(.velocity, .v, CosinePath(), 0.5, 1), -0.63661977236758134308)
    expect(
      try convert(.velocity, .v, VariancePreservingPath(), 0.7, 1), -0.40663964803829615971)
    expect(
      try convert(.v, .velocity, LinearVariancePreservingPath(), 0.9, 1), -2.2941573387056179004)
  }

  /// `u = (alpha'/alpha) x + ...` where alpha, or sigma^2, is below every double.
  @Test func ratiosThatDoNotUnderflowDecide() throws {
    let steep = try PolynomialPath(exponent: 1000)
    #expect(steep.schedule(at: try Time(0.25)).alpha == 0)
    let velocity = try Parameterisation.noise.convert(
      [0.40663], to: .velocity, at: Time(0.25), x: [2.7755], path: steep)[0]
    #expect(abs(velocity - 9475.4800000000003468) <= 4 * 0x1p-53 * 4 * 9475.48)
    let noise = try Parameterisation.velocity.convert(
      [velocity], to: .noise, at: Time(0.25), x: [2.7755], path: steep)[0]
    #expect(abs(noise - 0.40663) <= 1e-14)
    // Beta large: alpha = exp(-1000.5), alpha'/alpha = beta/2.
    let diffusion = try VariancePreservingPath(betaMin: 2, betaMax: 4000)
    let early = try Parameterisation.noise.convert(
      [0], to: .velocity, at: Time(0x1p-20), x: [1], path: diffusion)[0]
    #expect(abs(early - (4000 - 0x1p-20 * 3998) / 2) <= 1e-12)
    // u = (x1 - x)/(1 - t) on `ot`, from each other, at 1 - t = 1e-200.
    let late = try Time(remaining: 1e-200)
    let ot = try OptimalTransportPath()
    #expect(
      try Parameterisation.x1.convert([1.5], to: .velocity, at: late, x: [1.5], path: ot) == [0])
    #expect(
      try Parameterisation.velocity.convert([3], to: .x1, at: late, x: [1.5], path: ot) == [1.5])
  }

  /// The table of the documentation, with default parameters and two polynomials.
  private func fails(
    _ from: Parameterisation, _ to: Parameterisation, _ kind: String, atData: Bool
  ) -> Bool {
    if from == to { return false }
    if atData {
      let rooted = ["vp", "ve", "linear_vp", "schrodinger_bridge"].contains(kind)
      let noiseless =
        rooted || ["ot", "cosine", "polynomial", "polynomial 0.5", "sigmoid"].contains(kind)
      guard noiseless else { return false }
      switch (from, to) {
      case (.x1, _), (.noise, .score), (.v, .score): return true
      case (.noise, .velocity), (.v, .velocity): return rooted
      case (.velocity, .score): return !rooted
      default: return false
      }
    }
    if kind == "polynomial 0.5", from == .velocity || to == .velocity { return true }
    if kind == "polynomial", from == .velocity { return true }
    let dataless = !["vp", "ve", "ve_geometric"].contains(kind)
    switch (from, to) {
    case (.noise, .x1), (.noise, .v), (.noise, .velocity): return dataless
    case (.score, .x1), (.score, .v), (.score, .velocity): return dataless
    default: return false
    }
  }

  @Test(arguments: EveryPath.kinds + ["polynomial 0.5"], [false, true])
  func conversionsFailExactlyWhereTheTableSays(kind: String, atData: Bool) throws {
    let path: any ProbabilityPath =
      kind == "polynomial 0.5"
      ? try PolynomialPath(exponent: 0.5) : try EveryPath.make(kind, seed: 0).path
    for from in Parameterisation.allCases {
      for to in Parameterisation.allCases {
        let error = failure {
          try from.convert([0.3], to: to, at: atData ? .end : .start, x: [-1.2], path: path)
        }
        let expected: FlowError.Code? = fails(from, to, kind, atData: atData) ? .singular : nil
        #expect(error?.code == expected, "\(from) to \(to)")
      }
    }
  }

  @Test func theDataIsThePointItselfWhereNoNoiseIsLeft() throws {
    for kind in ["ot", "vp", "ve", "cosine", "linear_vp", "polynomial", "schrodinger_bridge"] {
      let path = try EveryPath.make(kind, seed: 0).path
      let got = try Parameterisation.velocity.convert(
        [0.3, 5], to: .x1, at: .end, x: [-1.25, 2], path: path)
      #expect(relativeError(got, [-1.25, 2]) <= 0x1p-52, "\(kind)")
    }
  }
}
