import Testing

@testable import FlowMatching

struct ProductTargetTests {
  /// Mixtures as factors against the mixture that they multiply to.
  @Test func aProductOfMixturesIsTheMixtureOfProducts() throws {
    let a = try GaussianMixture(dimension: 1, means: [-1, 1], stds: [0.5], weights: [1, 3])
    let b = try GaussianMixture(dimension: 2, means: [0, 1, 2, -1], stds: [0.5])
    let product = try ProductTarget([a, b])
    let whole = try GaussianMixture(
      dimension: 3, means: [-1, 0, 1, -1, 2, -1, 1, 0, 1, 1, 2, -1], stds: [0.5],
      weights: [1, 1, 3, 3])
    let time = try Time(0.6)
    for quantity in MarginalQuantity.allCases where quantity != .posteriorWeights {
      let x = [0.3, 0.7, -0.2]
      let one = try MarginalField(path: CosinePath(), target: product)
        .value(of: quantity, at: time, of: x)
      let other = try MarginalField(path: CosinePath(), target: whole)
        .value(of: quantity, at: time, of: x)
      #expect(relativeError(one, other, floor: 1) < 1e-14, "\(quantity)")
    }
  }

  @Test func theContinuityEquationHoldsInBothWays() throws {
    let product = try ProductTarget([
      LineTarget(LaplaceDensity()), LineTarget(BetaDensity(a: 2, b: 3, lower: -1, upper: 1)),
    ])
    let field = MarginalField(path: CosinePath(), target: product)
    for method in ResidualMethod.allCases {
      for t in [0.0, 0.1, 0.5, 0.9, 0.999] {
        let time = try Time(t)
        let found = try field.continuityResiduals(at: [time], of: [0.4, -0.3], method: method)
        #expect(
          abs(found[0].residual) <= 64 * 0x1p-53 * found[0].scale, "\(method), t = \(t)")
      }
    }
  }

  /// A mean of 1/2 has magnitudes of its own; that of a box around zero is exactly zero, and so are they.
  @Test func magnitudesAreThoseOfTheFactors() throws {
    let box = try UniformBoxes(dimension: 1, lower: [-1], upper: [2])
    let laplace = try LineTarget(LaplaceDensity(location: 1))
    let product = try ProductTarget([laplace, box])
    let schedules = [CosinePath().schedule(at: .start)]
    let joint = try product.componentMagnitudes(of: [0.3, 0.7, -1, 2], at: schedules)
    let first = try laplace.componentMagnitudes(of: [0.3, -1], at: schedules)
    let second = try box.componentMagnitudes(of: [0.7, 2], at: schedules)
    for row in 0..<2 {
      #expect(joint[row].denoiser == first[row].denoiser + second[row].denoiser)
      #expect(joint[row].spread == first[row].spread + second[row].spread)
      #expect(joint[row].denoiser[1] > 0)
    }
  }

  @Test func refusals() throws {
    #expect(failure { try ProductTarget([]) }?.code == .outOfDomain)
    let product = try ProductTarget([LineTarget(LaplaceDensity()), LineTarget(LaplaceDensity())])
    let field = MarginalField(path: CosinePath(), target: product)
    let half = try Time(0.5)
    #expect(
      failure { try field.value(of: .posteriorWeights, at: half, of: [0, 0]) }?.code == .unsupported
    )
    #expect(
      failure { try field.estimate(of: .score, at: half, of: [0]) }?.code == .dimensionMismatch)
    let estimate = try field.estimate(of: .velocity, at: half, of: [0.1, 0.2])
    #expect(estimate.errors.allSatisfy { $0 < 1e-14 } && estimate.evaluations > 100)
    #expect(
      bits(estimate.values) == bits(try field.value(of: .velocity, at: half, of: [0.1, 0.2])))
  }
}
