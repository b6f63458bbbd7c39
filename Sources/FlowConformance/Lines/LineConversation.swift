import Dispatch
import FlowFiles
import Synchronization

/// Answers lines with lines, in order.
enum LineConversation {
  /// Gives every line of `input` to `answer`, which appends its answer and an LF to the bytes and may ask something back
  /// before.
  ///
  /// Answers are written at once when no further complete line waits, so that a partner that waits for one is
  /// never kept waiting; while lines wait they are collected, but not for longer than some hundredths of a
  /// second, however slow the next answer is.
  ///
  /// *Throws*: when a descriptor fails, for instance because the reader has gone.
  static func run(
    input: Int32, output: Int32,
    answer: (LineReader.Line, LineExchange, inout [UInt8]) -> Void
  ) throws(FileError) {
    Descriptor.ignoreBrokenPipes()
    let answers = SharedOutput(descriptor: output, path: "standard output")
    let exchange = LineExchange(input: input, output: answers)
    let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "answers"))
    timer.schedule(deadline: .now() + 0.02, repeating: 0.02)
    timer.setEventHandler { answers.flushInPassing() }
    timer.activate()
    defer { timer.cancel() }
    var bytes: [UInt8] = []
    while let line = try exchange.next() {
      answer(line, exchange, &bytes)
      try answers.append(bytes, flushing: !exchange.hasCompleteLine)
      bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
    }
    try answers.append([], flushing: true)
  }
}

/// An output that two threads write to: the one that answers, and the one that sees to it that no answer waits
/// for the next.
final class SharedOutput: Sendable {
  private let output: Mutex<(file: FileOutput, failure: FileError?)>

  init(descriptor: Int32, path: String) {
    output = Mutex((FileOutput(descriptor: descriptor, path: path), nil))
  }

  /// - Throws: what this write, or one in passing, met.
  func append(_ bytes: [UInt8], flushing: Bool) throws(FileError) {
    let result = output.withLock { output in
      Result { () throws(FileError) in
        if let failure = output.failure { throw failure }
        output.file.pending += bytes
        if flushing { try output.file.flush() } else { try output.file.flushIfLarge() }
      }
    }
    try result.get()
  }

  /// Writes what waits; what goes wrong is said at the next answer.
  func flushInPassing() {
    output.withLock { output in
      do throws(FileError) { try output.file.flush() } catch { output.failure = error }
    }
  }
}
