import Dispatch
import FlowVerification

/// What `flowref verify` says while it works: a bar, and a line for every target when all its paths are done.
final class VerificationProgress: @unchecked Sendable {
  // The lock guards `results`.
  private let lock = DispatchQueue(label: "verification")
  private var results: [String: [[CheckResult]]] = [:]
  private let paths: Int
  private let bar: ProgressBar

  init(_ verification: Verification, further: Int) {
    paths = verification.paths.count
    bar = ProgressBar(total: verification.stepCount + further)
  }

  func add(_ target: String, _ found: [CheckResult]) {
    bar.advance(by: 1, target)
    let done = lock.sync { () -> [CheckResult]? in
      results[target, default: []].append(found)
      return results[target]?.count == paths ? results[target]?.flatMap { $0 } : nil
    }
    if let done { bar.say(TargetSummary(target, done).line) }
  }

  func advance(_ label: String) { bar.advance(by: 1, label) }

  func say(_ message: String) { bar.say(message) }

  func finish() { bar.finish() }
}
