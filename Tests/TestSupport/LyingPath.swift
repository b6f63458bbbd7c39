public import FlowMatching

/// The cosine path, but for one lie about its numbers; on dual numbers it is honest.
public struct LyingPath: ProbabilityPath {
  public let kind = "lie"
  private let honest = CosinePath()
  private let lie: @Sendable (inout Schedule<Double>) -> Void

  public init(_ lie: @escaping @Sendable (inout Schedule<Double>) -> Void) { self.lie = lie }

  public func schedule(at time: Time<Double>) -> Schedule<Double> {
    var schedule = honest.schedule(at: time)
    lie(&schedule)
    return schedule
  }

  public func schedule(at time: Time<Dual<Double>>) -> Schedule<Dual<Double>> {
    honest.schedule(at: time)
  }
}
