import FlowMatching
import RealModule
import Testing

@testable import FlowSpectral

/// A field with a mistake in it.
struct WrongField: VelocityField {
  let exact: MarginalField
  let mistake: @Sendable (Time<Double>, _ u: [Double], _ x: [Double]) -> [Double]

  var dimension: Int { exact.dimension }

  func velocities(
    at times: [Time<Double>], of points: [Double]
  ) throws(FlowError) -> [Double] {
    mistake(times[0], try exact.velocities(at: times, of: points), points)
  }
}

struct ConservationTests {
  /// A drift c of one Gaussian leaves `-c . grad p`: half its absolute integral is `|c|` times the
  /// density of one axis at its middle.
  @Test func theRateOfADriftIsItsClosedForm() throws {
    let target = try GaussianMixture(dimension: 2, means: [1, 2], stds: [0.5])
    let path = try OptimalTransportPath()
    let field = MarginalField(path: path, target: target)
    let wrong = WrongField(exact: field) { _, u, _ in
      u.enumerated().map { $0.offset % 2 == 0 ? $0.element + 0.01 : $0.element }
    }
    let spectral = try SpectralPath(path: path, target: target)
    let score = try spectral.conservation(of: wrong, count: 4)
    for residual in score.residuals {
      let s = path.schedule(at: residual.time)
      let std = (s.variance + 0.25 * s.alpha * s.alpha).squareRoot()
      let exact = 0.01 / (2 * Double.pi).squareRoot() / std
      // The kink of the absolute value costs the trapezoidal rule the square of the step.
      #expect(abs(residual.totalVariationRate / exact - 1) < 0.02)
    }
    // The integral of the rate over half of the time.
    let late = try spectral.conservation(of: wrong, from: 0.5, to: 1, count: 8)
    let mean = late.residuals.reduce(0) { $0 + $1.totalVariationRate } / 8
    #expect(abs(late.totalVariation / (mean / 2) - 1) < 1e-12)
    let honest = try spectral.conservation(of: field, count: 4)
    #expect(honest.totalVariation < 1e-11)
  }

  /// A rotation around the middle of a ring moves no mass: a wrong field can conserve a symmetric path.
  @Test func whatCannotBeSeenIsNotReported() throws {
    let target = try Ring(radius: 2, std: 0.3)
    let spectral = try SpectralPath(path: CosinePath(), target: target)
    let turning = WrongField(exact: MarginalField(path: CosinePath(), target: target)) { _, u, x in
      u.indices.map { u[$0] + ($0 % 2 == 0 ? -x[$0 + 1] : x[$0 - 1]) }
    }
    let score = try spectral.conservation(of: turning, count: 2)
    #expect(score.totalVariation < 1e-11, "\(score.totalVariation)")
  }

  /// Flipped signs and dropped terms are seen at once, small errors in proportion.
  @Test func mistakesAreSeen() throws {
    let target = try Preset.eightGaussians()
    let path = try VariancePreservingPath()
    let field = MarginalField(path: path, target: target)
    let spectral = try SpectralPath(path: path, target: target)
    let time = try Time(0.75)
    let marginal = try spectral.marginal(at: time, on: try spectral.grid(at: time))
    let mistakes: [(Double, @Sendable (Double) -> Double)] = [
      (0.9, { -$0 }), (0.5, { _ in 0 }), (1e-7, { $0 * (1 + 1e-6) }),
    ]
    for (least, mistake) in mistakes {
      let wrong = WrongField(exact: field) { _, u, _ in u.map(mistake) }
      let relative = try marginal.residual(of: wrong).relative
      #expect(relative > least, "\(relative)")
    }
    #expect(try marginal.residual(of: field).relative < 1e-12)
  }
}
