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
}
