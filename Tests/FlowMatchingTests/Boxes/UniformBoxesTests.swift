import Testing

@testable import FlowMatching

struct UniformBoxesTests {
  static func pair() throws -> UniformBoxes {
    try UniformBoxes(
      dimension: 2, lower: [-1, 0, 1, 1, 5, 5], upper: [0, 1, 2, 3, 6, 6], weights: [1, 3, 0])
  }

  @Test func atTheEndTheDensityIsThatOfTheData() throws {
    let target = try Self.pair()
    let path = LinearVariancePreservingPath()
    let field = MarginalField(path: path, target: target)
    func value(_ quantity: MarginalQuantity, _ x: [Double]) throws -> [Double] {
      try field.value(of: quantity, at: .end, of: x)
    }
    let x = [1.25, 2.5]
    #expect(abs(try value(.logDensity, x)[0] - Plain<Double>.log(0.75 / 2)) < 1e-15)
    #expect(try value(.denoiser, x) == x)
    #expect(try value(.score, x) == [0, 0])
    #expect(try value(.posteriorCovariance, x) == [0, 0, 0, 0])
    #expect(try value(.posteriorWeights, x) == [0, 1, 0])
    // The box grows with alpha: u = alpha' x.
    #expect(try value(.velocity, x) == x)
    #expect(try value(.divergence, x) == [2])
    #expect(try value(.logDensityRate, x) == [-2])
  }

  @Test(arguments: [[1.0, 2], [0, 0.5], [1.5, 3], [0.5, 0.5], [7, 7]])
  func onBoundariesAndOutsideTheEndIsSingular(_ x: [Double]) throws {
    let field = MarginalField(path: CosinePath(), target: try Self.pair())
    #expect(failure { try field.value(of: .score, at: .end, of: x) }?.code == .singular)
    #expect(failure { try field.value(of: .score, at: try Time(remaining: 1e-9), of: x) } == nil)
  }

  @Test func badBoxesAreRefused() {
    func code(_ lower: [Double], _ upper: [Double], _ weights: [Double]? = nil) -> FlowError.Code? {
      failure { try UniformBoxes(dimension: 2, lower: lower, upper: upper, weights: weights) }?.code
    }
    #expect(code([0, 0], [1, 1]) == nil)
    #expect(code([0, 0], [1, 0]) == .outOfDomain)
    #expect(code([0], [1]) == .dimensionMismatch)
    #expect(code([0, 0], [1, 1, 1, 1]) == .dimensionMismatch)
    #expect(code([0, .nan], [1, 1]) == .nonFinite)
    #expect(code([-1e308, 0], [1e308, 1]) == .outOfDomain)
    #expect(code([0, 0], [1, 1], [-1]) == .outOfDomain)
    #expect(code([0, 0], [1, 1], [0]) == .outOfDomain)
  }

  /// Outside of a box 6 sigmas wide, 4.5 sigmas from its edge, the quadrature ends exactly on the far
  /// edge: `p = (erfc(4.5/sqrt 2) - erfc(10.5/sqrt 2))/(2 alpha 2)`.
  @Test(arguments: [-4.125, -0.375]) func aCutThatIsTheFarEdgeIsNoCut(_ x: Double) throws {
    let field = MarginalField(
      path: try OptimalTransportPath(),
      target: try UniformBoxes(dimension: 1, lower: [-4], upper: [-2]))
    let found = try field.value(of: .logDensity, at: try Time(0.75), of: [x])[0]
    let root = 2.0.squareRoot()
    let mass = (Plain<Double>.erfc(4.5 / root) - Plain<Double>.erfc(10.5 / root)) / 2
    #expect(abs(found - Plain<Double>.log(mass / 1.5)) < 1e-14)
  }

  /// A box cut in two is the same distribution, at every distance and on both sides of sigma.
  @Test(
    arguments: [0.01, 0.3, 0.9, 0.999, 1 - 0x1p-30], [-3.0, -1, -0.25, 0.1, 0.9999, 1, 1.5, 8])
  func aBoxIsTheSumOfItsParts(_ t: Double, _ place: Double) throws {
    let whole = try UniformBoxes(dimension: 1, lower: [-1], upper: [1])
    let parts = try UniformBoxes(
      dimension: 1, lower: [-1, 0.125, 0.25], upper: [0.125, 0.25, 1], weights: [9, 1, 6])
    let time = try Time(t)
    let path = try OptimalTransportPath()
    let x = [time.t * place + time.remaining / 3]
    for quantity in MarginalQuantity.allCases where quantity != .posteriorWeights {
      let a = try MarginalField(path: path, target: whole).value(of: quantity, at: time, of: x)
      let b = try MarginalField(path: path, target: parts).value(of: quantity, at: time, of: x)
      // The magnitudes that rates and divergences are sums of.
      let scale = 1 + abs(a[0]) + (quantity.needsRates ? 1 / time.remaining : 0)
      #expect(abs(a[0] - b[0]) <= 1e-13 * scale, "\(quantity): \(a) and \(b)")
    }
  }

  @Test(arguments: EveryPath.kinds, 0...3)
  func theResidualOfTheContinuityEquationIsRoundingNoise(kind: String, seed: Int) throws {
    var random = SplitMix(seed: seed)
    let path = try EveryPath.make(kind, seed: seed).path
    let targets: [any Target] = [
      try Preset.checkerboard(), try Self.pair(),
      try Ring(radius: 2, std: 0.25), try Ring(radius: 1.5, std: 0.01, center: [1, -0.5]),
    ]
    for target in targets {
      let field = MarginalField(path: path, target: target)
      let times = try (0..<20).map { _ in try Time(random.uniform(0.02...0.98)) }
      let points = times.flatMap { time -> [Double] in
        let s = path.schedule(at: time)
        return random.vector(2).map { $0 * (s.alpha + s.sigma) }
      }
      for method in ResidualMethod.allCases {
        let values = try field.continuityResiduals(at: times, of: points, method: method)
        for (i, value) in values.enumerated() {
          #expect(
            abs(value.residual) <= 2000 * 0x1p-53 * value.scale, "\(method), \(times[i])")
        }
      }
    }
  }

  /// What lanes of different regimes hold does not depend on their neighbours.
  @Test func aPointAloneIsThePointInABatch() throws {
    let field = MarginalField(path: CosinePath(), target: try Preset.checkerboard())
    let times = try [0, 0x1p-30, 0.2, 0.5, 0.9, 0.999, 1, 0.7].map { try Time($0) }
    let points = [0, 0, 9, -9, 2, 2, 3.9, -7, 0.1, 0.3, 5, 5, 0.5, 0.5, -1, 3]
    for quantity in MarginalQuantity.allCases {
      let together = try field.values(of: quantity, at: times, of: points)
      let alone = try times.indices.flatMap {
        try field.value(of: quantity, at: times[$0], of: Array(points[2 * $0..<2 * $0 + 2]))
      }
      #expect(bits(together) == bits(alone), "\(quantity)")
    }
  }

  @Test func theCheckerboardHasItsEightSquares() throws {
    let field = MarginalField(path: CosinePath(), target: try Preset.checkerboard())
    for column in -2..<2 {
      for row in -2..<2 {
        let x = [2 * Double(column) + 1, 2 * Double(row) + 1]
        let isDark = (column + row) % 2 == 0
        let value = try? field.value(of: .logDensity, at: .end, of: x)
        #expect((value != nil) == isDark, "\(x)")
        if let value { #expect(abs(value[0] + Plain<Double>.log(32)) < 1e-14) }
      }
    }
  }
}
