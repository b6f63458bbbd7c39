import FlowFiles

/// Lines in and out, for who asks something back before it answers.
final class LineExchange: @unchecked Sendable {
  // Used by the one that answers, one line at a time.
  private var reader: LineReader
  private let output: SharedOutput
  /// A line that came in place of a reply.
  private var waiting: LineReader.Line?

  init(input: Int32, output: SharedOutput) {
    reader = LineReader(descriptor: input)
    self.output = output
  }

  /// The next line, or `nil` at the end.
  func next() throws(FileError) -> LineReader.Line? {
    if let line = waiting {
      waiting = nil
      return line
    }
    return try reader.next()
  }

  /// Whether `next()` can answer without reading.
  var hasCompleteLine: Bool { waiting != nil || reader.hasCompleteLine }

  /// Writes a question and reads what comes; nil at the end of the input.
  func ask(_ question: [UInt8]) throws(FileError) -> LineReader.Line? {
    try output.append(question + [0x0A], flushing: true)
    return try reader.next()
  }

  /// Takes back a line that was no reply: it comes again.
  func putBack(_ line: LineReader.Line) { waiting = line }
}
