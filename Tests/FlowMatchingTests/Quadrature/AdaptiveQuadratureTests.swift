import CGSL
import RealModule
import Testing

@testable import FlowMatching

struct AdaptiveQuadratureTests {
  static func integrate(
    _ limits: QuadratureLimits = .standard, _ f: @escaping (Double) -> [Double], width: Int = 1
  ) -> QuadratureResult {
    AdaptiveQuadrature(limits: limits, width: width).integrate(pieces: [0]) { _, t, row, noise in
      for lane in 0..<Lanes.count {
        // t is rounded to its own size: seen by how f changes over 2^-26 of t.
        let (values, beside) = (f(t[lane]), f(t[lane] * (1 - 0x1p-26)))
        for i in values.indices {
          row[i][lane] = values[i]
          noise[i][lane] = 2 * abs(values[i]) + 0x1p26 * abs(values[i] - beside[i])
        }
      }
    }
  }

  /// Smooth, oscillating, with a kink, with a jump, with an algebraic end, a narrow peak.
  static let cases: [(name: String, f: @Sendable (Double) -> Double, exact: Double)] = [
    ("exponential", { Double.exp($0) }, 1.718281828459045235),
    ("oscillation", { Double.cos(100 * $0) }, -0.005063656411097587937),
    ("kink", { abs($0 - 0.3) }, 0.29),
    ("jump", { $0 < 1.0 / 3 ? 1 : 0 }, 1.0 / 3),
    ("root", { $0.squareRoot() }, 2.0 / 3),
    ("peak", { 1 / (1e-8 + ($0 - 0.5) * ($0 - 0.5)) }, 2e4 * Double.atan(5000)),
  ]

  @Test(arguments: 0..<6)
  func integralsAndTheirErrorsAreRight(_ k: Int) {
    let (name, f, exact) = Self.cases[k]
    let result = Self.integrate(.standard) { [f($0)] }
    let off = abs(result.values[0] - exact)
    #expect(result.converged && off <= result.errors[0], "\(name): off by \(off)")
    #expect(off <= 1e-12 * result.magnitudes[0], "\(name)")
  }

  /// The same integrals by GSL's doubly adaptive Clenshaw-Curtis quadrature.
  @Test(arguments: 0..<6)
  func gslAgrees(_ k: Int) {
    let (name, f, _) = Self.cases[k]
    let result = Self.integrate(.standard) { [f($0)] }
    let (value, error) = GSLQuadrature.integrate(from: 0, to: 1, f)
    let allowed = error + result.errors[0] + 1e-13 * result.magnitudes[0]
    #expect(abs(value - result.values[0]) <= allowed, "\(name)")
  }

  /// Noise that the integrand does not know of ends the halving too, and is in the estimate.
  @Test(arguments: [1e-14, 1e-12, 1e-10])
  func unknownNoiseIsFoundByHalving(_ size: Double) {
    let result = AdaptiveQuadrature(limits: .standard, width: 1).integrate(pieces: [0]) {
      _, t, row, noise in
      for lane in 0..<Lanes.count {
        // Some function without any smoothness.
        let scatter = (t[lane] * 0x1.8c3p20).truncatingRemainder(dividingBy: 1) - 0.5
        row[0][lane] = Double.exp(t[lane]) + size * scatter
      }
      noise[0] = .zero
    }
    #expect(result.converged && result.evaluations < 2000, "\(result.evaluations) evaluations")
    let off = abs(result.values[0] - 1.718281828459045235)
    #expect(off <= result.errors[0] && result.errors[0] < size)
  }

  /// All components share the nodes, and each of them converges.
  @Test func theHardestComponentDecides() {
    let result = Self.integrate(
      .standard, { [1, Double.cos(300 * $0), $0 < 0.7 ? 1 : 2] }, width: 3)
    #expect(result.converged)
    #expect(abs(result.values[0] - 1) < 1e-15)
    #expect(abs(result.values[1] - Double.sin(300) / 300) < 1e-15)
    #expect(abs(result.values[2] - 1.3) < 1e-14)
  }

  @Test func aLooserToleranceCostsLess() throws {
    func cost(_ tolerance: Double) throws -> Int {
      let limits = try QuadratureLimits(relativeTolerance: tolerance)
      let result = Self.integrate(limits) { [$0.squareRoot()] }
      #expect(abs(result.values[0] - 2.0 / 3) < tolerance)
      return result.evaluations
    }
    #expect(try cost(1e-4) < cost(1e-9) && cost(1e-9) < cost(1e-14))
  }

  @Test func theLimitEndsItWithTheBestValueSoFar() throws {
    let limits = try QuadratureLimits(evaluations: 100)
    let result = Self.integrate(limits) { [Double.cos(1e6 * $0)] }
    #expect(!result.converged && result.evaluations < 400 && result.values[0].isFinite)
  }

  @Test func badLimitsAreRefused() {
    for tolerance in [0, 1, -1, 0x1p-60, Double.nan] {
      #expect(failure { try QuadratureLimits(relativeTolerance: tolerance) }?.code == .outOfDomain)
    }
    #expect(failure { try QuadratureLimits(evaluations: 20) }?.code == .outOfDomain)
  }
}

/// GSL's `cquad` on a Swift function.
enum GSLQuadrature {
  private final class Box {
    let f: (Double) -> Double
    init(_ f: @escaping (Double) -> Double) { self.f = f }
  }

  static func integrate(
    from a: Double, to b: Double, absolute: Double = 0, relative: Double = 1e-13,
    _ f: @escaping (Double) -> Double
  ) -> (value: Double, error: Double) {
    let box = Box(f)
    var function = gsl_function(
      function: { x, box in
        Unmanaged<Box>.fromOpaque(box!).takeUnretainedValue().f(x)
      }, params: Unmanaged.passUnretained(box).toOpaque())
    let workspace = gsl_integration_cquad_workspace_alloc(1000)
    defer { gsl_integration_cquad_workspace_free(workspace) }
    var (value, error, count) = (0.0, 0.0, 0)
    gsl_set_error_handler_off()
    withExtendedLifetime(box) {
      _ = gsl_integration_cquad(
        &function, a, b, absolute, relative, workspace, &value, &error, &count)
    }
    return (value, error)
  }
}
