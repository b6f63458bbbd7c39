import Dispatch
import Synchronization

/// Independent parts of a calculation, side by side. What comes out does not depend on how many threads there
/// are, nor on which of them does which part.
///
///     try Parallel.$threads.withValue(1) { try field.values(of: .velocity, at: [time], of: points) }
public enum Parallel {
  /// The most threads that the calculation at hand may use; `nil`: one per processor.
  @TaskLocal public static var threads: Int?

  /// Runs `part(0)` to `part(count - 1)`, each once and in any order; returns when all are done.
  package static func perform(_ count: Int, _ part: @Sendable (Int) -> Void) {
    guard let threads else {
      return DispatchQueue.concurrentPerform(iterations: count, execute: part)
    }
    if threads == 1 {
      for index in 0..<count { part(index) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(max(1, threads), count)) { _ in
      // What a part divides in its turn stays on its thread.
      $threads.withValue(1) {
        while true {
          let index = next.add(1, ordering: .relaxed).oldValue
          if index >= count { return }
          part(index)
        }
      }
    }
  }
}
