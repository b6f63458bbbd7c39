import Dispatch
import FlowFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A bar on standard error with what is done and about how long the rest takes, if that is a terminal; nothing
/// otherwise.
final class ProgressBar: @unchecked Sendable {
  // The lock guards `done`, `label` and `drawn`; everything else is constant.
  private let lock = DispatchQueue(label: "progress")
  private var done = 0
  private var label = ""
  private var drawn: UInt64 = 0
  private let start = DispatchTime.now().uptimeNanoseconds
  private let total: Int
  private let isShown = isatty(STDERR_FILENO) == 1

  init(total: Int) {
    self.total = total
    lock.sync { draw() }
  }

  /// So many parts more are done; `label` says of what.
  func advance(by count: Int = 1, _ label: String = "") {
    guard isShown else { return }
    lock.sync {
      done += count
      self.label = label
      let now = DispatchTime.now().uptimeNanoseconds
      // A bar that is drawn a hundred thousand times slows what it reports on.
      if done == total || now - drawn > 100_000_000 { draw() }
    }
  }

  /// A line that stays, above the bar; without a terminal a line as any other.
  func say(_ message: String) {
    lock.sync {
      if isShown { show("\r\u{1B}[K") }
      Trouble.note(message)
      draw()
    }
  }

  /// Takes the bar away.
  func finish() { show("\r\u{1B}[K") }

  private func draw() {
    let width = 30
    // A program may have more to be asked than the files say: every integrator.
    let filled = total == 0 ? width : width * min(done, total) / total
    let bar =
      String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    let now = DispatchTime.now().uptimeNanoseconds
    drawn = now
    var text = "\r[\(bar)] \(done)/\(total)"
    if !label.isEmpty { text += "  \(label)" }
    let seconds = Double(now - start) * 1e-9
    if done > 0, done < total, seconds > 2 {
      text += "  about \(Self.duration(seconds * Double(total - done) / Double(done))) left"
    }
    show(text + "\u{1B}[K")
  }

  /// Minutes and seconds.
  static func duration(_ seconds: Double) -> String {
    let whole = Int(seconds.rounded())
    return whole < 60 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }

  private func show(_ text: String) {
    guard isShown else { return }
    try? Descriptor.write(Array(text.utf8), to: STDERR_FILENO, path: "standard error")
  }
}
