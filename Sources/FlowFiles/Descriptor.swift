#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Reads and writes on file descriptors that survive interruption and partial transfer.
public enum Descriptor {
  /// Reads at most `buffer.count` bytes; 0 at the end of the input.
  public static func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, path: String
  ) throws(FileError) -> Int {
    while true {
      #if canImport(Darwin)
        let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #elseif canImport(Glibc)
        let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #else
        let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 { return count }
      if isWorthRetrying(descriptor, events: Int16(POLLIN)) { continue }
      throw FileError(path: path, .cannotRead(reason: systemReason()))
    }
  }

  /// Writes every byte.
  public static func write(
    _ bytes: [UInt8], to descriptor: Int32, path: String
  ) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
        #if canImport(Darwin)
          return Darwin.write(descriptor, rest.baseAddress, rest.count)
        #elseif canImport(Glibc)
          return Glibc.write(descriptor, rest.baseAddress, rest.count)
        #else
          return Musl.write(descriptor, rest.baseAddress, rest.count)
        #endif
      }
      if count >= 0 {
        written += count
      } else if !isWorthRetrying(descriptor, events: Int16(POLLOUT)) {
        throw FileError(path: path, .cannotWrite(reason: systemReason()))
      }
    }
  }

  /// A write to a reader that has gone becomes an error instead of ending the process.
  public static func ignoreBrokenPipes() {
    _ = signal(SIGPIPE, SIG_IGN)
  }

  /// The text of the last system error.
  static func systemReason() -> String { String(cString: strerror(errno)) }

  /// Whether the last call was merely interrupted; waits where a descriptor is non-blocking.
  private static func isWorthRetrying(_ descriptor: Int32, events: Int16) -> Bool {
    if errno == EINTR { return true }
    guard errno == EAGAIN || errno == EWOULDBLOCK else { return false }
    var request = pollfd(fd: descriptor, events: events, revents: 0)
    _ = poll(&request, 1, -1)
    return true
  }
}
