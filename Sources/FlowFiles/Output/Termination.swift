import Dispatch
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What must be undone when a signal ends this process: temporary files, programs that it started.
///
/// Nothing happens unless the program asks for it by ``handleSignals()``.
public enum Termination {
  /// A step that waits.
  public struct Step: Sendable {
    fileprivate let number: Int
  }

  private struct Steps {
    var next = 0
    var waiting: [Int: @Sendable () -> Void] = [:]
  }

  private static let steps = Mutex(Steps())

  /// Where the handler tells which signal came; written once, before the handler is set.
  nonisolated(unsafe) private static var news: Int32 = -1

  /// Adds a step. It runs on a thread of its own, at most once, while the others still work; none can be
  /// added or removed from then on.
  public static func add(_ step: @escaping @Sendable () -> Void) -> Step {
    steps.withLock { steps in
      steps.next += 1
      steps.waiting[steps.next] = step
      return Step(number: steps.next)
    }
  }

  /// Takes a step away, once there is nothing to undo any more.
  public static func remove(_ step: Step) {
    steps.withLock { _ = $0.waiting.removeValue(forKey: step.number) }
  }

  /// From now on SIGINT, SIGTERM and SIGHUP run the steps and then end the process as they always do; one
  /// that is ignored, as under `nohup`, stays so.
  public static func handleSignals() {
    var ends: [Int32] = [-1, -1]
    guard news < 0, pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let reading = ends[0]
    news = ends[1]
    DispatchQueue(label: "termination").async { end(by: nextSignal(reading)) }
    for number in [SIGINT, SIGTERM, SIGHUP] {
      var action = sigaction()
      guard sigaction(number, nil, &action) == 0, !isIgnored(action) else { continue }
      signal(number) { number in
        // Nothing but a write is allowed here.
        let previous = errno
        var byte = UInt8(truncatingIfNeeded: number)
        _ = write(Termination.news, &byte, 1)
        errno = previous
      }
    }
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    #if canImport(Darwin)
      unsafeBitCast(action.__sigaction_u.__sa_handler, to: Int.self) == 1
    #elseif canImport(Glibc)
      unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
    #else
      unsafeBitCast(action.__sa_handler.sa_handler, to: Int.self) == 1
    #endif
  }

  private static func nextSignal(_ descriptor: Int32) -> Int32 {
    var byte: UInt8 = 0
    while read(descriptor, &byte, 1) != 1 {}
    return Int32(byte)
  }

  private static func end(by number: Int32) {
    steps.withLock { steps in
      for step in steps.waiting.values { step() }
      signal(number, SIG_DFL)
      kill(getpid(), number)
      // The signal is on its way; nothing may begin anew.
      while true { pause() }
    }
  }
}
