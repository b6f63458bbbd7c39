public import FlowMatching

extension NamedTarget {
  /// The toy targets of the default run: eight Gaussians, a ring of Gaussians, three components with
  /// full covariances in five dimensions, three Gaussians on the line, a checkerboard, intervals narrow
  /// and wide, a ring, and a mixture whose source is another mixture.
  public static func toys() throws(FlowError) -> [NamedTarget] {
    [
      NamedTarget(name: "eight_gaussians", target: try Preset.eightGaussians()),
      NamedTarget(name: "ring_of_gaussians", target: try Preset.ringOfGaussians()),
      NamedTarget(name: "full_covariance_5d", target: try fullCovariance()),
      NamedTarget(
        name: "line",
        target: try GaussianMixture(
          dimension: 1, means: [-2, 0.5, 3], stds: [0.5, 0.1, 1], weights: [0.3, 0.2, 0.5])),
      NamedTarget(name: "checkerboard", target: try Preset.checkerboard()),
      NamedTarget(
        name: "intervals",
        target: try UniformBoxes(
          dimension: 1, lower: [-3, 0.25, 1], upper: [-1, 0.375, 2], weights: [0.5, 0.2, 0.3])),
      NamedTarget(name: "ring", target: try Ring(radius: 2, std: 0.1, center: [0.5, -1])),
      NamedTarget(
        name: "from_eight_gaussians",
        target: try SourcedMixture(
          data: try Preset.ringOfGaussians(modes: 5), source: try Preset.eightGaussians())),
    ]
  }

  /// Targets by quadrature: curves with noise, densities on the line, a product of two, a density in the
  /// plane.
  public static let byQuadrature = [
    "two_moons", "two_spirals", "swiss_roll", "circles", "laplace", "student_t", "arcsine",
    "triangular_x_beta", "banana",
  ]

  /// One of ``byQuadrature``; `nil` for other names.
  public static func byQuadrature(_ name: String) throws(FlowError) -> NamedTarget? {
    let target: any Target
    switch name {
    case "two_moons": target = try Preset.twoMoons()
    case "two_spirals": target = try Preset.twoSpirals()
    case "swiss_roll": target = try Preset.swissRoll()
    case "circles": target = try Preset.circles()
    case "laplace": target = try LineTarget(LaplaceDensity(location: 0.5, scale: 0.5))
    case "student_t": target = try LineTarget(StudentTDensity(degrees: 12))
    case "arcsine": target = try LineTarget(BetaDensity(a: 0.5, b: 0.5, lower: -1, upper: 1))
    case "banana":
      target = try PlaneTarget(
        .init(lower: -3, upper: 3), .init(lower: -2, upper: 6, center: 0.5)
      ) { a, b in
        let bend = b - a * a / 2
        return -a * a / 2 - 2 * bend * bend
      }
    case "triangular_x_beta":
      target = try ProductTarget([
        LineTarget(TriangularDensity(lower: -1, mode: 0.5, upper: 2)),
        LineTarget(BetaDensity(a: 2, b: 3, lower: -1, upper: 1)),
      ])
    default: return nil
    }
    return NamedTarget(name: name, target: target)
  }

  /// Three components whose covariances `A A^T + 0.05 I` share no axes.
  private static func fullCovariance() throws(FlowError) -> GaussianMixture {
    let d = 5
    let random = RandomStream(seed: 5)
    var covariances: [[Double]] = []
    for k in 0..<UInt64(3) {
      let a = random.normals(d * d, at: k * 16)
      covariances.append(
        (0..<d * d).map { place in
          let (i, j) = (place / d, place % d)
          let dot = (0..<d).reduce(0.0) { $0 + a[i * d + $1] * a[j * d + $1] }
          return dot / 5 + (i == j ? 0.05 : 0)
        })
    }
    return try GaussianMixture(
      dimension: d, means: random.normals(3 * d, at: 1000).map { 2 * $0 },
      covariances: covariances, weights: [0.5, 0.3, 0.2])
  }
}
