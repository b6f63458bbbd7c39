public import FlowFiles

/// Answers lines with lines, in order.
public enum LineConversation {
  /// Gives every line of `input` to `answer`, which appends its answer and an LF to the bytes.
  ///
  /// An answer is written at once when no further complete line waits, so that a partner that
  /// waits for it is never kept waiting; while lines wait, answers are collected.
  ///
  /// *Throws*: when a descriptor fails, for instance because the reader has gone.
  public static func run(
    input: Int32, output: Int32, answer: (LineReader.Line, inout [UInt8]) -> Void
  ) throws(FileError) {
    Descriptor.ignoreBrokenPipes()
    var reader = LineReader(descriptor: input)
    var answers = FileOutput(descriptor: output, path: "standard output")
    while let line = try reader.next() {
      answer(line, &answers.pending)
      if reader.hasCompleteLine {
        try answers.flushIfLarge()
      } else {
        try answers.flush()
      }
    }
  }
}
