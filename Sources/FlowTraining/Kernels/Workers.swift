import Dispatch
import Synchronization

/// Runs numbered tasks on a fixed number of threads. Which thread runs which task is left open:
/// tasks must not depend on it, and every task must write only what is its own.
struct Workers: Sendable {
  /// How many threads.
  let count: Int

  /// `body(worker, task)` for every task; workers are numbered from 0, and none runs twice at a time.
  func perform(_ tasks: Int, _ body: @Sendable (Int, Int) -> Void) {
    if count == 1 || tasks <= 1 {
      for task in 0..<tasks { body(0, task) }
      return
    }
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(count, tasks)) { worker in
      while true {
        let task = next.add(1, ordering: .relaxed).oldValue
        if task >= tasks { return }
        body(worker, task)
      }
    }
  }
}
