import Synchronization
import Testing

@testable import FlowTraining

@Suite struct WorkersTests {
  /// Every task once, by a worker that runs nothing else, and not before the phases in front of it.
  @Test(arguments: 1...4)
  func aPhaseWaitsForTheOnesBefore(threads: Int) {
    let phases = [3, 0, 40, 1, 17]
    let total = phases.reduce(0, +)
    for _ in 0..<200 {
      let finished = Atomic<Int>(0)
      let tooEarly = Atomic<Int>(0)
      let sum = Atomic<Int>(0)
      let busy = (0..<threads).map { _ in Seat() }
      Workers(count: threads).perform(phases: phases) { worker, phase, task in
        let isFree = busy[worker].enter()
        let before = phases[..<phase].reduce(0, +)
        if finished.load(ordering: .acquiring) < before || !isFree {
          tooEarly.add(1, ordering: .relaxed)
        }
        sum.add(before + task, ordering: .relaxed)
        busy[worker].leave()
        finished.add(1, ordering: .releasing)
      }
      #expect(finished.load(ordering: .relaxed) == total)
      #expect(sum.load(ordering: .relaxed) == total * (total - 1) / 2)
      #expect(tooEarly.load(ordering: .relaxed) == 0)
    }
  }

  /// Tells whether a second task enters.
  private final class Seat: Sendable {
    private let isBusy = Atomic<Bool>(false)
    func enter() -> Bool { !isBusy.exchange(true, ordering: .acquiring) }
    func leave() { isBusy.store(false, ordering: .releasing) }
  }
}
