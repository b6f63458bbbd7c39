import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Runs numbered tasks on a fixed number of threads. Which thread runs which task is left open:
/// tasks must not depend on it, and every task must write only what is its own.
struct Workers: Sendable {
  /// How many threads.
  let count: Int

  /// `body(worker, task)` for every task; workers are numbered from 0, and none runs twice at a time.
  func perform(_ tasks: Int, _ body: @Sendable (Int, Int) -> Void) {
    perform(phases: [tasks]) { worker, _, task in body(worker, task) }
  }

  /// `body(worker, phase, task)` for every task of a phase after those of the phases before it, without
  /// leaving the threads: to wake one takes as long as a small phase. Tasks are handed out in their
  /// order, so that those that a worker waits for are done or being done: it need not know whether
  /// there is another worker.
  func perform(phases: [Int], _ body: @Sendable (Int, Int, Int) -> Void) {
    let starts = phases.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) }
    let total = starts[phases.count]
    let next = Atomic<Int>(0)
    let done = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(count, total)) { worker in
      var phase = 0
      while true {
        let task = next.add(1, ordering: .relaxed).oldValue
        if task >= total { return }
        while task >= starts[phase + 1] { phase += 1 }
        while done.load(ordering: .acquiring) < starts[phase] { sched_yield() }
        body(worker, phase, task - starts[phase])
        done.add(1, ordering: .releasing)
      }
    }
  }
}
