import FlowMatching
import RealModule
import Testing

@testable import FlowIntegration

struct ErrorGrowthTests {
  /// A Gaussian's flow is a line: `x(t) = m + (x0 - m0) S(t)/S(0)`, and its Jacobian the ratio of stds.
  @Test(arguments: [0.05, 0.5, 3.0]) func aGaussianIsStretchedByItsStd(std: Double) throws {
    let target = try GaussianMixture(dimension: 2, means: [1, -2], stds: [std])
    let field = MarginalField(path: try OptimalTransportPath(), target: target)
    let growth = try ErrorGrowth(of: field)
    let there = try growth.log10(from: 0, to: 1, at: [0.3, 0.4])[0]
    let back = try growth.log10(from: 1, to: 0, at: [1, -2])[0]
    #expect(abs(there - max(0, Double.log10(std))) < 0.01)
    #expect(abs(back - max(0, -Double.log10(std))) < 0.01)
  }

  /// At the centre of eight Gaussians all errors grow alike, so that the volume grows by the square, and that is the
  /// ratio of the densities: `growth^2 = p_0(0)/p_1(0)`.
  @Test func anEquilibriumLosesAllDigits() throws {
    let field = MarginalField(
      path: try OptimalTransportPath(), target: try Preset.eightGaussians())
    let growth = try ErrorGrowth(of: field).log10(from: 0, to: 1, at: [0, 0, 1, 0.2])
    let logs = try [Time(0), Time(1)].map { time in
      try field.value(of: .logDensity, at: time, of: [0, 0])[0]
    }
    #expect(abs(growth[0] - (logs[0] - logs[1]) / 2 / Double.log(10)) < 0.02)
    #expect(growth[0] > 16 && growth[1] < 2)
  }

  /// One random direction beyond eight axes: of a Gaussian's equal growth it is the growth.
  @Test func oneDirectionStandsForMany() throws {
    let target = try GaussianMixture(
      dimension: 12, means: [Double](repeating: 0, count: 12), stds: [5])
    let field = MarginalField(path: try OptimalTransportPath(), target: target)
    let growth = try ErrorGrowth(of: field).log10(
      from: 0, to: 1, at: [Double](repeating: 0.1, count: 12))
    #expect(abs(growth[0] - Double.log10(5)) < 0.01)
  }
}
