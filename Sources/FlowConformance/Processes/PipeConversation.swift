import FlowFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Lines to and from another process over three pipes, without ever waiting longer than asked.
///
/// Writing, reading and emptying the standard error happen in one `poll` loop, so that a partner
/// that does not read, does not answer or writes without end cannot block the caller. A partner
/// that has gone is news, not an error.
struct PipeConversation: ~Copyable {
  /// What can come next.
  enum Event: Equatable {
    case line([UInt8])
    /// A line beyond `JSONDocument.maximumLength`; the conversation is over.
    case lineTooLong
    /// The other side has closed its output.
    case ended
    /// Nothing complete until the deadline.
    case silence
  }

  private static let chunkSize = 1 << 16
  private static let keptErrorText = 4096

  private var input: Int32?
  private var output: Int32?
  private var error: Int32?
  private var outgoing: [UInt8] = []
  private var written = 0
  private var lines = LineSplitter()
  private var chunk = [UInt8](repeating: 0, count: PipeConversation.chunkSize)
  /// The end of what came on the standard error.
  private(set) var errorText: [UInt8] = []
  /// Whether any byte has come on the standard output.
  private(set) var hasReceived = false

  /// Takes over the descriptors: `input` is written to, the others are read from.
  init(input: Int32, output: Int32, error: Int32) {
    self.input = input
    self.output = output
    self.error = error
    for descriptor in [input, output, error] {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
  }

  deinit { for descriptor in [input, output, error] { if let descriptor { close(descriptor) } } }

  /// What came after the last line feed.
  var unfinishedLine: [UInt8] { Array(lines.unfinished) }

  /// Sends a line; what the pipe does not take at once goes out while `next` waits.
  mutating func send(_ line: [UInt8]) {
    guard input != nil else { return }
    outgoing += line
    outgoing.append(0x0A)
    writeWhatFits()
  }

  /// Ends the other side's input once everything is sent.
  mutating func finishInput() {
    writeWhatFits()
    if let input { close(input) }
    input = nil
  }

  /// The next line or other news, at the latest at `deadline`.
  mutating func next(until deadline: ContinuousClock.Instant) -> Event {
    while true {
      switch lines.next() {
      case .text(let line)?: return .line(line)
      case .tooLong?: return .lineTooLong
      case nil: break
      }
      guard let output else { return .ended }
      let rest = deadline - ContinuousClock.now
      if rest <= .zero { return .silence }
      let waits = written < outgoing.count
      var polled = [
        pollfd(fd: output, events: Int16(POLLIN), revents: 0),
        pollfd(fd: error ?? -1, events: Int16(POLLIN), revents: 0),
        pollfd(fd: waits ? input ?? -1 : -1, events: Int16(POLLOUT), revents: 0),
      ]
      _ = poll(&polled, nfds_t(polled.count), Int32(min(rest / .milliseconds(1), 1e6).rounded(.up)))
      if polled[2].revents != 0 { writeWhatFits() }
      if polled[1].revents != 0 { readError() }
      if polled[0].revents != 0 { readOutput(output) }
    }
  }

  /// Empties the standard error once more, for what was written just before the end.
  mutating func collectErrorText() {
    for _ in 0..<64 where error != nil {
      if !readError() { return }
    }
  }

  private mutating func writeWhatFits() {
    while let input, written < outgoing.count {
      let count = outgoing.withUnsafeBytes { bytes in
        write(input, bytes.baseAddress! + written, bytes.count - written)
      }
      if count >= 0 {
        written += count
      } else if errno == EINTR {
        continue
      } else {
        if errno != EAGAIN && errno != EWOULDBLOCK {
          close(input)
          self.input = nil
        }
        return
      }
    }
    if written == outgoing.count || input == nil {
      outgoing.removeAll(keepingCapacity: true)
      written = 0
    }
  }

  private mutating func readOutput(_ descriptor: Int32) {
    switch receive(descriptor) {
    case .some(0):
      close(descriptor)
      output = nil
    case .some(let count):
      hasReceived = true
      lines.append(chunk[..<count])
    case nil: return
    }
  }

  /// Whether something was there.
  @discardableResult private mutating func readError() -> Bool {
    guard let descriptor = error, let count = receive(descriptor) else { return false }
    if count == 0 {
      close(descriptor)
      error = nil
      return false
    }
    errorText += chunk[..<count]
    if errorText.count > Self.keptErrorText {
      errorText.removeFirst(errorText.count - Self.keptErrorText)
    }
    return true
  }

  /// The number of bytes now in `chunk`, 0 at the end, nil if there is nothing yet.
  private mutating func receive(_ descriptor: Int32) -> Int? {
    let count = chunk.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    if count >= 0 { return count }
    return errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK ? nil : 0
  }
}
