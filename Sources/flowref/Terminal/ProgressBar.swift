import Dispatch
import FlowFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A bar on standard error, if that is a terminal; nothing otherwise.
final class ProgressBar: @unchecked Sendable {
  // The lock guards `done`; everything else is constant.
  private let lock = DispatchQueue(label: "progress")
  private var done = 0
  private let total: Int
  private let isShown: Bool

  init(total: Int) {
    self.total = total
    isShown = isatty(STDERR_FILENO) == 1
    draw(0)
  }

  func advance(by count: Int = 1) {
    guard isShown else { return }
    lock.sync {
      done += count
      // A bar that is drawn a hundred thousand times slows what it reports on.
      if done == total || done * 200 / max(total, 1) != (done - count) * 200 / max(total, 1) {
        draw(done)
      }
    }
  }

  /// Takes the bar away.
  func finish() { show("\r\u{1B}[K") }

  private func draw(_ done: Int) {
    let width = 40
    let filled = total == 0 ? width : width * done / total
    let bar =
      String(repeating: "#", count: filled) + String(repeating: ".", count: width - filled)
    show("\r[\(bar)] \(done)/\(total)")
  }

  private func show(_ text: String) {
    guard isShown else { return }
    try? Descriptor.write(Array(text.utf8), to: STDERR_FILENO, path: "standard error")
  }
}
