public import FlowMatching

extension NamedTarget {
  /// The toy targets of the default run: eight Gaussians, a ring of Gaussians, three components with
  /// full covariances in five dimensions, three Gaussians on the line, a checkerboard, intervals narrow
  /// and wide, a ring, and a mixture whose source is another mixture.
  public static func toys() throws(FlowError) -> [NamedTarget] {
    [
      try preset(.eightGaussians), try preset(.ringOfGaussians),
      NamedTarget(name: "full_covariance_5d", target: try fullCovariance()),
      NamedTarget(
        name: "line",
        target: try GaussianMixture(
          dimension: 1, means: [-2, 0.5, 3], stds: [0.5, 0.1, 1], weights: [0.3, 0.2, 0.5])),
      try preset(.checkerboard),
      NamedTarget(
        name: "intervals",
        target: try UniformBoxes(
          dimension: 1, lower: [-3, 0.25, 1], upper: [-1, 0.375, 2], weights: [0.5, 0.2, 0.3])),
      NamedTarget(
        name: "ring_off_centre", target: try Ring(radius: 2, std: 0.1, center: [0.5, -1])),
      NamedTarget(
        name: "from_eight_gaussians",
        target: try SourcedMixture(
          data: try Preset.ringOfGaussians(modes: 5), source: try Preset.eightGaussians())),
    ]
  }

  /// A preset with its defaults.
  public static func preset(_ kind: PresetKind) throws(FlowError) -> NamedTarget {
    NamedTarget(name: kind.name, target: try kind.example())
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
