#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Whole files in memory.
public enum FileBytes {
  /// No more are read into memory: a device may have no end.
  public static let maximumSize = 4 << 30

  /// Throws unless the path, links followed, names a regular file of at most `limit` bytes. A pipe would be waited
  /// for, and a device may have no end.
  public static func checkRegular(_ path: String, limit: Int = maximumSize) throws(FileError) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw FileError(path: path, .cannotOpen(reason: Descriptor.systemReason()))
    }
    if status.st_mode & S_IFMT == S_IFDIR { throw FileError(path: path, .isDirectory) }
    guard status.st_mode & S_IFMT == S_IFREG else { throw FileError(path: path, .notRegular) }
    guard status.st_size <= limit else { throw FileError(path: path, .tooLarge(limit: limit)) }
  }

  /// Every byte of a file, of at most `limit`.
  public static func read(
    _ path: String, limit: Int = maximumSize
  ) throws(FileError) -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw FileError(path: path, .cannotOpen(reason: Descriptor.systemReason()))
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw FileError(path: path, .cannotRead(reason: Descriptor.systemReason()))
    }
    if status.st_mode & S_IFMT == S_IFDIR { throw FileError(path: path, .isDirectory) }

    guard status.st_size <= limit else { throw FileError(path: path, .tooLarge(limit: limit)) }

    // One byte more than the size, so that the end shows without growing; pipes have size 0.
    var bytes = [UInt8](repeating: 0, count: max(Int(status.st_size) + 1, 1 << 16))
    var count = 0
    while true {
      if count == bytes.count {
        bytes.append(contentsOf: repeatElement(0, count: bytes.count))
      }
      var failure: FileError?
      let received = bytes.withUnsafeMutableBytes { buffer -> Int in
        let free = UnsafeMutableRawBufferPointer(rebasing: buffer[count...])
        do throws(FileError) {
          return try Descriptor.read(descriptor, into: free, path: path)
        } catch {
          failure = error
          return 0
        }
      }
      if let failure { throw failure }
      if received == 0 { break }
      count += received
      guard count <= limit else { throw FileError(path: path, .tooLarge(limit: limit)) }
    }
    bytes.removeLast(bytes.count - count)
    return bytes
  }
}
