#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A directory that one process at a time may write to.
public enum DirectoryLock {
  /// The file that is locked and holds the number of the process that has the lock.
  private static let name = "flowref.lock"

  /// Runs `body` alone in the directory; what killed writers left there, `*.tmp`, goes first.
  ///
  /// The lock is the system's, so that it ends with the process however that ends.
  /// - Throws: `inUse` with the process that has it, and what `body` throws.
  public static func whileHeld<Value>(_ directory: String, _ body: () throws -> Value) throws
    -> Value
  {
    let path = "\(directory)/\(name)"
    let descriptor = try acquire(path, of: directory)
    let step = Termination.add { unlink(path) }
    defer {
      unlink(path)
      Termination.remove(step)
      close(descriptor)
    }
    TemporaryFile.removeLeftovers(in: directory)
    return try body()
  }

  private static func acquire(_ path: String, of directory: String) throws(FileError) -> Int32 {
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666)
      guard descriptor >= 0 else {
        throw FileError(path: directory, .cannotOpen(reason: Descriptor.systemReason()))
      }
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        let (isTaken, reason) = (errno == EWOULDBLOCK, Descriptor.systemReason())
        defer { close(descriptor) }
        guard isTaken else { throw FileError(path: directory, .cannotOpen(reason: reason)) }
        throw FileError(path: directory, .inUse(by: owner(descriptor)))
      }
      // Whoever had it before may have removed the name in the meantime.
      var (ours, named) = (stat(), stat())
      if fstat(descriptor, &ours) == 0, stat(path, &named) == 0, ours.st_ino == named.st_ino {
        _ = ftruncate(descriptor, 0)
        try Descriptor.write(Array("\(getpid())\n".utf8), to: descriptor, path: path)
        return descriptor
      }
      close(descriptor)
    }
  }

  /// The process that the file names.
  private static func owner(_ descriptor: Int32) -> Int? {
    var bytes = [UInt8](repeating: 0, count: 24)
    let count = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, 0) }
    return Int(
      String(decoding: bytes.prefix { $0 &- 0x30 <= 9 }.prefix(max(count, 0)), as: UTF8.self))
  }
}
