import Foundation
import Testing

@testable import FlowMatching

/// The error estimates against certified moments of random targets, made by `Fixtures/generate/quadrature.py`,
/// 2,500 in the repository, and beta densities of any exponents, made by `Fixtures/generate/beta_moments.py`.
/// For more:
///
///     python3 Fixtures/generate/quadrature.py 10000 7 > cases.csv
///     QUADRATURE_CASES=$PWD/cases.csv swift test -c release --filter QuadratureHonestyTests
struct QuadratureHonestyTests {
  struct Case {
    let name: String
    let numbers: [Double]
    let schedule: Schedule<Double>
    let x: [Double]
    /// Value and tail of every moment.
    let moments: [(Double, Double)]
    let line: String

    init(_ line: Substring) {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      name = String(fields[0])
      numbers = fields[1...4].compactMap { Double($0) }
      let sigma = Double(fields[6])!
      schedule = Schedule(
        alpha: Double(fields[5])!, sigma: sigma, variance: sigma * sigma, alphaDot: 0, sigmaDot: 0,
        varianceDot: 0)
      x = fields[7...8].compactMap { Double($0) }
      moments = (0..<7).map { (Double(fields[9 + 2 * $0])!, Double(fields[10 + 2 * $0])!) }
      self.line = String(line)
    }

    func target(_ limits: QuadratureLimits) throws -> any QuadratureTarget {
      let p = numbers
      switch name {
      case "laplace":
        return try LineTarget(LaplaceDensity(location: p[0], scale: p[1]), limits: limits)
      case "student_t":
        return try LineTarget(
          StudentTDensity(degrees: p[0], location: p[1], scale: p[2]), limits: limits)
      case "triangular":
        return try LineTarget(
          TriangularDensity(lower: p[0], mode: p[1], upper: p[2]), limits: limits)
      case "beta":
        return try LineTarget(
          BetaDensity(a: p[0], b: p[1], lower: p[2], upper: p[3]), limits: limits)
      case "uniform":
        return try LineTarget(UniformDensity(lower: p[0], upper: p[1]), limits: limits)
      case "gaussian":
        let (mean, std) = (p[0], p[1])
        return try LineTarget(
          CustomDensity(center: mean, scale: std) { y in
            let s = (y - Jet(mean)) / Jet(std)
            return (s * s).scaled(by: -0.5)
          }, limits: limits)
      default:
        return try CurveTarget(.ring(radius: p[0]), std: p[1])
      }
    }
  }

  static let cases: [Case] = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
      .deletingLastPathComponent()
    let own = ["moments", "beta"].map { root.appending(path: "Fixtures/quadrature/\($0).csv").path }
    let paths = ProcessInfo.processInfo.environment["QUADRATURE_CASES"].map { [$0] } ?? own
    return paths.flatMap { path in
      let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
      return text.split(separator: "\n").dropFirst().map(Case.init)
    }
  }()

  static let names = [
    "log density", "denoiser", "g", "dg/dx", "Cov/v", "d/dalpha", "d/dv",
  ]

  static func flat(_ p: Posterior<Double>) -> [Double] {
    [
      p.logDensity, p.denoiser[0], p.negativeScore[0], p.negativeScoreTrace,
      p.covarianceTraceOverVariance, p.alphaRate, p.varianceRate,
    ]
  }

  /// Fewer than one answer in a thousand is worse than its estimate, none ten times.
  @Test(arguments: [nil, 1e-6, 1e-3])
  func estimatesAreHonest(_ tolerance: Double?) throws {
    let limits =
      try tolerance.map { try QuadratureLimits(relativeTolerance: $0) } ?? .standard
    var (count, worse) = (0, 0)
    for test in Self.cases {
      let found = try test.target(limits).estimate(
        of: test.x, at: test.schedule, [.means, .traces, .rates])
      let (values, errors) = (Self.flat(found.posterior), Self.flat(found.error))
      for (k, (value, tail)) in test.moments.enumerated() {
        count += 1
        let off = abs((values[k] - value) - tail)
        // Not `>`: a NaN is worse.
        if !(off <= errors[k]) {
          worse += 1
          #expect(
            off <= 10 * errors[k],
            "\(Self.names[k]): off by \(off), estimate \(errors[k]), truth \(value): \(test.line)")
        }
      }
    }
    #expect(count > 10_000 && 1000 * worse < count, "\(worse) of \(count)")
  }

  /// A test of the test: a tenth of the estimates would not do.
  @Test func estimatesAreNotBlank() throws {
    var sizes: [Double] = []
    for test in Self.cases.prefix(500) {
      let found = try test.target(.standard).estimate(of: test.x, at: test.schedule, .means)
      sizes.append(found.error.negativeScore[0] / abs(found.posterior.negativeScore[0]))
    }
    sizes.sort()
    #expect(sizes[sizes.count / 2] < 1e-13)
  }
}
