public import FlowFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Lines from a descriptor, read in large chunks.
public struct LineReader: ~Copyable {
  /// One line, without its LF.
  public enum Line: Equatable, Sendable {
    /// The line's bytes.
    case text([UInt8])
    /// A line beyond the limit; its bytes were dropped as they came.
    case tooLong
  }

  private static let chunkSize = 1 << 16

  private let descriptor: Int32
  private let path: String
  private let limit: Int
  private var buffer = [UInt8](repeating: 0, count: LineReader.chunkSize)
  /// The bytes read and not yet returned.
  private var unread = 0..<0
  /// How far `unread` was searched for an LF, and the LF found.
  private var searched = 0
  private var newline: Int?
  private var isDiscarding = false

  /// Lines of at most `limit` bytes from an open descriptor, which is not closed.
  public init(
    descriptor: Int32, path: String = "standard input", limit: Int = JSONDocument.maximumLength
  ) {
    self.descriptor = descriptor
    self.path = path
    self.limit = limit
  }

  /// Whether `next()` can answer without reading.
  public var hasCompleteLine: Bool {
    mutating get {
      if newline == nil { search() }
      return newline != nil
    }
  }

  /// The next line, or `nil` at the end; a last line without LF is a line.
  public mutating func next() throws(FileError) -> Line? {
    while true {
      if hasCompleteLine, let end = newline {
        let line = take(upTo: end)
        unread = end + 1..<unread.upperBound
        return line
      }
      if unread.count > limit { isDiscarding = true }
      if isDiscarding { unread = unread.upperBound..<unread.upperBound }
      if try !fill() {
        guard isDiscarding || !unread.isEmpty else { return nil }
        let line = take(upTo: unread.upperBound)
        unread = 0..<0
        searched = 0
        return line
      }
    }
  }

  private mutating func take(upTo end: Int) -> Line {
    let line = unread.lowerBound..<end
    newline = nil
    searched = end + 1
    defer { isDiscarding = false }
    return isDiscarding || line.count > limit ? .tooLong : .text(Array(buffer[line]))
  }

  private mutating func search() {
    let range = max(searched, unread.lowerBound)..<unread.upperBound
    guard !range.isEmpty else { return }
    newline = buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress,
        let found = memchr(base + range.lowerBound, 0x0A, range.count)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
    searched = unread.upperBound
  }

  /// Reads a chunk behind `unread`, making room first; false at the end of the input.
  private mutating func fill() throws(FileError) -> Bool {
    makeRoom()
    let start = unread.upperBound
    let (descriptor, path) = (descriptor, path)
    let result = buffer.withUnsafeMutableBytes { bytes in
      Result { () throws(FileError) in
        let free = UnsafeMutableRawBufferPointer(rebasing: bytes[start...])
        return try Descriptor.read(descriptor, into: free, path: path)
      }
    }
    let count = try result.get()
    unread = unread.lowerBound..<start + count
    return count > 0
  }

  private mutating func makeRoom() {
    if unread.isEmpty {
      // A long line has passed: give its memory back.
      if buffer.count > Self.chunkSize { buffer = [UInt8](repeating: 0, count: Self.chunkSize) }
      unread = 0..<0
    } else if unread.upperBound == buffer.count {
      let rest = Array(buffer[unread])
      let grown = rest.count > buffer.count / 2 ? buffer.count * 2 : buffer.count
      buffer = rest + [UInt8](repeating: 0, count: grown - rest.count)
      unread = 0..<rest.count
    } else {
      return
    }
    searched = unread.upperBound
  }
}
