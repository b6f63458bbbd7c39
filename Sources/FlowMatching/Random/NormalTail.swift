import RealModule

/// Tails of the standard normal law.
public enum NormalTail {
  /// `P(|Z| > z)`.
  public static func twoSided(beyond z: Double) -> Double { Double.erfc(z / Double.sqrt(2)) }

  /// The z with `P(|Z| > z) = probability`, by bisection.
  ///
  /// *Accuracy*: a few u. *Edge cases*: 0 for a probability of 1 or more; infinity for 0 or less.
  public static func bound(twoSided probability: Double) -> Double {
    if probability >= 1 { return 0 }
    if probability <= 0 { return .infinity }
    var low = 0.0
    var high = 40.0
    while true {
      let middle = low + (high - low) / 2
      if middle <= low || middle >= high { return middle }
      if twoSided(beyond: middle) > probability { low = middle } else { high = middle }
    }
  }
}
