/// Bytes on their way to a descriptor, collected into large writes.
public struct FileOutput {
  /// The descriptor that is written to.
  public let descriptor: Int32
  /// The name for error messages.
  public let path: String
  /// What waits to be written; append here, then call `flushIfLarge()`.
  public var pending: [UInt8] = []

  private static let largeSize = 1 << 16

  /// An output to an open descriptor, which it does not close.
  public init(descriptor: Int32, path: String) {
    self.descriptor = descriptor
    self.path = path
  }

  /// Writes everything that waits.
  public mutating func flush() throws(FileError) {
    guard !pending.isEmpty else { return }
    try Descriptor.write(pending, to: descriptor, path: path)
    // One huge answer must not hold its memory for ever.
    pending.removeAll(keepingCapacity: pending.capacity <= 16 * Self.largeSize)
  }

  /// Writes what waits once it is worth a system call.
  public mutating func flushIfLarge() throws(FileError) {
    if pending.count >= Self.largeSize { try flush() }
  }

  /// Appends text.
  public mutating func append(_ text: String) throws(FileError) {
    pending.append(contentsOf: text.utf8)
    try flushIfLarge()
  }
}
