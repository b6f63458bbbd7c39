import RealModule

/// Named toy distributions of the literature.
public enum Preset {
  /// Gaussians on a circle: `modes` means `radius (cos 2 pi k/modes, sin 2 pi k/modes)`.
  /// - Throws: `outOfDomain`.
  public static func ringOfGaussians(
    modes: Int = 8, radius: Double = 3, std: Double = 0.2
  ) throws(FlowError) -> GaussianMixture {
    guard modes > 0 else {
      throw FlowError.outOfDomain("modes", modes, accepted: "[1, infinity)")
    }
    try FlowError.checkNonNegative(radius, "radius")
    try Budget.check(bytes: 400 * Double(modes), "modes")
    var means: [Double] = []
    for k in 0..<modes {
      let turn = 2 * Double(k) / Double(modes)
      means += [radius * Double.cosPi(turn), radius * Double.sinPi(turn)]
    }
    return try GaussianMixture(dimension: 2, means: means, stds: [std])
  }

  /// Eight Gaussians on a circle of radius 4 with std 0.3.
  /// - Throws: `outOfDomain`.
  public static func eightGaussians(
    radius: Double = 4, std: Double = 0.3
  ) throws(FlowError) -> GaussianMixture {
    try ringOfGaussians(modes: 8, radius: radius, std: std)
  }

  /// The eight squares of side 2 on [-4, 4]^2 that the FFJORD code draws from: the columns that start
  /// at -4 and 0 hold squares from -4 and 0 upwards, the others from -2 and 2.
  ///
  /// *Reference*: Grathwohl et al. (2019).
  public static func checkerboard() throws(FlowError) -> UniformBoxes {
    var lower: [Double] = []
    for column in [-4.0, -2, 0, 2] {
      let start = column == -4 || column == 0 ? -4.0 : -2
      lower += [column, start, column, start + 4]
    }
    return try UniformBoxes(dimension: 2, lower: lower, upper: lower.map { $0 + 2 })
  }
}

extension Preset {
  /// Two interleaved half circles with Gaussian noise of std 0.1.
  /// - Throws: `outOfDomain`.
  public static func twoMoons(
    std: Double = 0.1, scale: Double = 1
  ) throws(FlowError) -> CurveTarget {
    try CurveTarget(.twoMoons(scale: scale), std: std)
  }

  /// Two interleaved spirals of one and a half turns with Gaussian noise of std 0.1.
  /// - Throws: `outOfDomain`.
  public static func twoSpirals(
    std: Double = 0.1, scale: Double = 1
  ) throws(FlowError) -> CurveTarget {
    try CurveTarget(.twoSpirals(scale: scale), std: std)
  }

  /// A spiral of one and a half turns with Gaussian noise of std 0.1.
  /// - Throws: `outOfDomain`.
  public static func swissRoll(
    std: Double = 0.1, scale: Double = 1
  ) throws(FlowError) -> CurveTarget {
    try CurveTarget(.swissRoll(scale: scale), std: std)
  }

  /// Two circles of radius 1 and `factor` with Gaussian noise of std 0.05.
  /// - Throws: `outOfDomain`.
  public static func circles(
    std: Double = 0.05, factor: Double = 0.5, scale: Double = 1
  ) throws(FlowError) -> CurveTarget {
    try CurveTarget(.circles(factor: factor, scale: scale), std: std)
  }
  /// `exp(-a^2/2 - 2 (b - a^2/2)^2)` on [-3, 3] x [-2, 6], normalised.
  /// - Throws: `noConvergence`.
  public static func banana() throws(FlowError) -> PlaneTarget {
    try PlaneTarget(.init(lower: -3, upper: 3), .init(lower: -2, upper: 6, center: 0.5)) { a, b in
      let bend = b - a * a / 2
      return -a * a / 2 - 2 * bend * bend
    }
  }
}
