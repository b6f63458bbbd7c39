import Dispatch
import FlowFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The progress of a training run on standard error, if that is a terminal: a bar, the mean loss of the
/// last hundred or so updates, the true loss, samples per second and the time left.
final class TrainingBar {
  private let total: Int
  private let batch: Int
  private let first: Int
  private var done: Int
  private let start = DispatchTime.now().uptimeNanoseconds
  private var drawn: UInt64 = 0
  let isShown = isatty(STDERR_FILENO) == 1
  /// Averaged over about a hundred updates.
  private(set) var meanLoss = 0.0
  /// The mean of the first ten losses, and how many of them there were.
  private var beginning = (sum: 0.0, count: 0)
  var trueLoss: Double?

  init(total: Int, batch: Int, first: Int) {
    self.total = total
    self.batch = batch
    self.first = first
    done = first
  }

  func advance(_ loss: Double) {
    done += 1
    let weight = max(0.01, 1 / Double(done - first))
    meanLoss += weight * (loss - meanLoss)
    if beginning.count < 10 { beginning = (beginning.sum + loss, beginning.count + 1) }
    let now = DispatchTime.now().uptimeNanoseconds
    guard isShown, now - drawn > 100_000_000 || done == total else { return }
    drawn = now
    let seconds = Double(now - start) * 1e-9
    let rate = Double(done - first) / max(seconds, 1e-9)
    let filled = 30 * done / max(total, 1)
    let bar = String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
    let truth = trueLoss.map { "  true \(DecimalText.short($0))" } ?? ""
    let left = Int((Double(total - done) / rate).rounded())
    show(
      "\r[\(bar)] \(done)/\(total)  loss \(DecimalText.short(meanLoss))\(truth)  "
        + "\(Int(rate * Double(batch))) samples/s  \(left / 60)m\(left % 60)s left\u{1B}[K")
  }

  /// The mean loss where the run began and where it ended, of a run from the start that is long enough to tell.
  var ends: (first: Double, last: Double)? {
    guard first == 0, done >= 20 else { return nil }
    return (beginning.sum / Double(beginning.count), meanLoss)
  }

  /// Takes the bar away.
  func finish() { show("\r\u{1B}[K") }

  private func show(_ text: String) {
    guard isShown else { return }
    try? Descriptor.write(Array(text.utf8), to: STDERR_FILENO, path: "standard error")
  }
}
