import Synchronization

/// What a calculation may use: memory, and time until a deadline. Whoever runs requests of strangers sets one
/// around each; what is long looks at it from time to time, and what is large before it allocates.
///
///     try Budget.$current.withValue(Budget(memory: 1e9, seconds: 10)) { try field.values(...) }
///
/// Without one nothing is limited.
public final class Budget: Sendable {
  /// In bytes.
  public let memory: Double
  /// From the moment the budget was made.
  public let seconds: Double
  private let deadline: ContinuousClock.Instant
  private let isCancelled = Atomic<Bool>(false)

  /// The budget of the calculation at hand. Threads that a calculation starts do not inherit it: it is handed
  /// to them.
  @TaskLocal public static var current: Budget?

  /// - Parameters:
  ///   - memory: In bytes.
  ///   - seconds: From now on; more than a century is no limit.
  public init(memory: Double = .infinity, seconds: Double = .infinity) {
    (self.memory, self.seconds) = (memory, seconds)
    deadline = .now + .seconds(min(seconds, 3.2e9))
  }

  /// Ends the calculation at its next look, from any thread.
  public func cancel() { isCancelled.store(true, ordering: .relaxed) }

  /// Whether the calculation should end.
  public var isSpent: Bool { isCancelled.load(ordering: .relaxed) || .now >= deadline }

  /// - Throws: `noConvergence` where the time is up.
  public func check() throws(FlowError) {
    guard isSpent else { return }
    throw FlowError(
      .noConvergence, "seconds",
      isCancelled.load(ordering: .relaxed)
        ? "cancelled" : "not done within the limit of \(seconds) s")
  }

  /// - Throws: `tooLarge` where `bytes` are more than the memory of the budget at hand.
  package static func check(bytes: Double, _ field: String) throws(FlowError) {
    guard let memory = current?.memory, bytes > memory else { return }
    throw FlowError(
      .tooLarge, field, "needs \(gigabytes(bytes)) GB of memory, the limit is \(gigabytes(memory))")
  }

  private static func gigabytes(_ bytes: Double) -> Double { (bytes / 1e7).rounded() / 100 }
}
