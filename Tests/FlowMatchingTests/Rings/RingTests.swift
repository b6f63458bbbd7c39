import FlowMatching
import Testing

struct RingTests {
  /// The ring as a mixture of many Gaussians on its circle, which is the trapezoidal rule over the
  /// angle: the same distribution up to exp(-n^2 V/(2 alpha^2 R^2)).
  @Test(arguments: [0.05, 0.4, 0.8, 0.97], [0.0, 0.01, 0.7, 2, 2.4])
  func theRingIsTheLimitOfAMixture(_ t: Double, _ distance: Double) throws {
    let ring = try Ring(radius: 2, std: 0.25, center: [1, -0.5])
    let count = 400
    let means = (0..<count).flatMap { k in
      let turn = 2 * Double(k) / Double(count)
      return [1 + 2 * Plain<Double>.cosPi(turn), -0.5 + 2 * Plain<Double>.sinPi(turn)]
    }
    let mixture = try GaussianMixture(dimension: 2, means: means, stds: [0.25])
    let time = try Time(t)
    let path = CosinePath()
    let alpha = path.schedule(at: time).alpha
    let x = [alpha * (1 + 0.6 * distance), alpha * (-0.5 + 0.8 * distance)]
    for quantity in MarginalQuantity.allCases where quantity != .posteriorWeights {
      let a = try MarginalField(path: path, target: ring).value(of: quantity, at: time, of: x)
      let b = try MarginalField(path: path, target: mixture).value(of: quantity, at: time, of: x)
      let scale = b.map(abs).max()! + 1
      for (a, b) in zip(a, b) {
        #expect(abs(a - b) <= 1e-12 * scale * (1 + scale), "\(quantity): \(a) and \(b)")
      }
    }
  }

  @Test func derivativesExistAtTheCentre() throws {
    let field = MarginalField(path: CosinePath(), target: try Ring(radius: 2, std: 0.25))
    let time = try Time(0.75)
    let closed = try field.value(of: .jacobian, at: time, of: [0, 0])
    let automatic = try field.automaticJacobians(of: .velocity, at: [time], of: [0, 0])
    #expect(relativeError(automatic, closed, floor: 1) < 1e-13)
    for method in ResidualMethod.allCases {
      let value = try field.continuityResiduals(at: [time], of: [0, 0], method: method)[0]
      #expect(abs(value.residual) <= 20 * 0x1p-53 * value.scale)
    }
  }

  @Test func aRingWithoutWidthIsSingularAtTheEnd() throws {
    let thin = MarginalField(path: CosinePath(), target: try Ring(radius: 1, std: 0))
    #expect(failure { try thin.value(of: .score, at: .end, of: [1, 0]) }?.code == .singular)
    let wide = MarginalField(path: CosinePath(), target: try Ring(radius: 1, std: 0.1))
    #expect(failure { try wide.value(of: .score, at: .end, of: [1, 0]) } == nil)
  }

  @Test func badRingsAreRefused() {
    #expect(failure { try Ring(radius: -1, std: 0) }?.code == .outOfDomain)
    #expect(failure { try Ring(radius: 1, std: -0.1) }?.code == .outOfDomain)
    #expect(failure { try Ring(radius: .infinity, std: 1) }?.code == .nonFinite)
    #expect(failure { try Ring(radius: 1, std: 1, center: [0]) }?.code == .dimensionMismatch)
  }
}
