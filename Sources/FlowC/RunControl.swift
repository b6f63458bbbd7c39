// swift-format-ignore-file: AlwaysUseLowerCamelCase

import CFlowReference
import FlowMatching
import Synchronization

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Ends the calls that are under way with it, and those that begin afterwards.
final class Cancellation: Sendable {
  private struct State {
    var isCancelled = false
    var budgets: [ObjectIdentifier: Budget] = [:]
  }
  private let state = Mutex(State())

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  func cancel() {
    state.withLock { state in
      state.isCancelled = true
      for budget in state.budgets.values { budget.cancel() }
    }
  }

  func add(_ budget: Budget) {
    state.withLock { state in
      state.budgets[ObjectIdentifier(budget)] = budget
      if state.isCancelled { budget.cancel() }
    }
  }

  func remove(_ budget: Budget) {
    state.withLock { $0.budgets[ObjectIdentifier(budget)] = nil }
  }
}

/// How one call runs: its threads and limits, and whoever may end it.
struct RunControl {
  private let settings: flowref_run
  private let cancellation: Cancellation?
  private let isPlain: Bool

  init(_ run: UnsafePointer<flowref_run>?) throws {
    settings = run?.pointee ?? flowref_run()
    isPlain = run == nil
    guard settings.threads >= 0 else {
      throw FlowError.outOfDomain("threads", settings.threads, accepted: "[0, infinity)")
    }
    for (name, value) in [("seconds", settings.seconds), ("memory", settings.memory)]
    where !(value >= 0) {
      throw FlowError.outOfDomain(name, value, accepted: "[0, infinity)")
    }
    cancellation =
      settings.cancellation == nil
      ? nil : try Handle<Cancellation>.at(settings.cancellation, "cancellation").value
  }

  /// Of the machine, in bytes.
  static let machineMemory =
    Double(sysconf(Int32(_SC_PHYS_PAGES))) * Double(sysconf(Int32(_SC_PAGESIZE)))

  /// Runs a body within the limits.
  func run(_ body: () throws -> Void) throws {
    // Without wishes nothing is to be watched: what needs more than the machine has is refused all the same.
    let budget = Budget(
      memory: settings.memory > 0 ? settings.memory : Self.machineMemory,
      seconds: settings.seconds > 0 ? settings.seconds : .infinity)
    cancellation?.add(budget)
    defer { cancellation?.remove(budget) }
    do {
      try Budget.$current.withValue(budget) {
        try budget.check()
        guard settings.threads > 0 else { return try body() }
        try Parallel.$threads.withValue(Int(settings.threads)) { try body() }
      }
    } catch let error as FlowError
      where error.code == .noConvergence && cancellation?.isCancelled == true
    {
      throw CallFailure.cancelled
    }
  }

  /// Runs a body on slices of `count` rows, each of some tenths of a second where a row takes `work`
  /// nanoseconds, and tells the caller between them. Nobody to tell: one slice.
  func slices(
    _ count: Int, dimension: Int, work: @autoclosure () -> Double,
    _ body: (Range<Int>) throws -> Void
  ) throws {
    // What is over at once needs no watching, which would take as long.
    if isPlain, count <= 8, dimension <= 64 { return try body(0..<count) }
    try run {
      guard let progress = settings.progress else { return try body(0..<count) }
      let rows = max(Self.fewestRows, Int(min(2e8 / max(work(), 1), 1e9)))
      for first in stride(from: 0, to: count, by: rows) {
        let slice = first..<min(count, first + rows)
        try body(slice)
        guard rows < count else { return }
        guard progress(settings.context, slice.upperBound, count) == 0 else {
          throw CallFailure.cancelled
        }
      }
    }
  }

  /// Enough for every thread to have work.
  private static let fewestRows = 64 * max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
}

@c @implementation
public func flowref_cancellation_create() -> OpaquePointer? {
  Handle<Cancellation>.make(Cancellation())
}

@c @implementation
public func flowref_cancel(_ cancellation: OpaquePointer?) {
  (try? Handle<Cancellation>.at(cancellation, "cancellation"))?.value.cancel()
}

@c @implementation
public func flowref_cancellation_free(_ cancellation: OpaquePointer?) {
  Handle<Cancellation>.free(cancellation)
}
