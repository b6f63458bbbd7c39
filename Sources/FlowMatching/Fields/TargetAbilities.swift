/// What a target offers beyond the contract, asked once for each field.
struct TargetAbilities: Sendable {
  let partial: (any PartialTarget)?
  let grouped: (any GroupedTarget)?
  /// The number of components.
  let count: Int?
  let isSourced: Bool
  /// The kernel that needs no arrays.
  let small: SmallMixture?

  init(_ target: any Target) {
    partial = target as? any PartialTarget
    grouped = target as? any GroupedTarget
    count = (target as? any WeightedTarget)?.count
    isSourced = target is any SourcedTarget
    small = (target as? any SmallTarget)?.small
  }

  /// Throws where what is asked of the point's posterior does not exist.
  func check(
    _ x: ArraySlice<Double>, at schedule: Schedule<Double>, for wanted: Moments
  ) throws(FlowError) {
    try partial?.check(x, at: schedule, for: wanted)
  }

  /// The posteriors of several groups, by shared work where the target has some to share.
  func posteriors(
    _ target: any Target, of points: [[Lanes]], at schedules: [Schedule<Lanes>],
    _ wanted: Moments
  ) throws(FlowError) -> [Posterior<Lanes>] {
    if let grouped { return try grouped.posteriors(of: points, at: schedules, wanted) }
    var results: [Posterior<Lanes>] = []
    for (x, schedule) in zip(points, schedules) {
      results.append(try target.posterior(of: x, at: schedule, wanted))
    }
    return results
  }
}
