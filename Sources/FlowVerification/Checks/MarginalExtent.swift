import FlowMatching

/// Where `p_t` lives: within `lower` and `upper` on every axis up to Gaussian tails of std `wide`, its
/// density being one convolved with a Gaussian of std `narrow`.
struct MarginalExtent {
  let lower: Double
  let upper: Double
  let narrow: Double
  let wide: Double

  /// `nil` for heavy tails and where `p_t` has an atom.
  init?(of target: any Target, at schedule: Schedule<Double>) {
    guard let data = (target as? any LocatedTarget)?.extent else { return nil }
    var noise = Extent(lower: 0, upper: 0, smallestVariance: 1, largestVariance: 1)
    if let source = (target as? any SourcedTarget)?.noise {
      guard let extent = (source as? any LocatedTarget)?.extent else { return nil }
      noise = extent
    }
    func std(_ part: KeyPath<Extent, Double>) -> Double {
      let (data, noise) = (data[keyPath: part], noise[keyPath: part])
      return (schedule.variance * noise + schedule.alpha * schedule.alpha * data).squareRoot()
    }
    narrow = std(\.smallestVariance)
    wide = std(\.largestVariance)
    lower = schedule.alpha * data.lower + schedule.sigma * noise.lower
    upper = schedule.alpha * data.upper + schedule.sigma * noise.upper
    guard narrow > 0 else { return nil }
  }

  /// Equidistant places with the step `narrow/parts`, `reach` stds beyond the ends.
  func grid(reach: Double, parts: Double) -> (first: Double, step: Double, count: Int) {
    let (first, step) = (lower - reach * wide, narrow / parts)
    let steps = (upper + reach * wide - first) / step
    // Beyond any grid that somebody would walk.
    return (first, step, steps < 1e9 ? Int(steps) + 1 : Int.max)
  }
}
