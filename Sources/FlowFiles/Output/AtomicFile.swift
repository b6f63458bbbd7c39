#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where a table or report goes.
public enum FileDestination: Equatable, Sendable {
  /// The standard output.
  case standardOutput
  /// A file, by its path.
  case path(String)
}

/// A file that appears whole or not at all.
///
/// The text goes to a temporary file in the same directory, reaches the disk, and then takes the
/// name. A symbolic link is followed, and one that leads nowhere is an error; a device or a pipe is written
/// directly. A file that is replaced keeps its permissions, but no set-user-ID, set-group-ID or sticky bit.
public enum AtomicFile {
  /// Runs `body` on an output whose bytes become the file when `body` returns.
  ///
  /// *Edge cases*: when `body` throws, what stood under the name before still stands there.
  public static func write(
    to destination: FileDestination, _ body: (inout FileOutput) throws(FileError) -> Void
  ) throws(FileError) {
    switch destination {
    case .standardOutput:
      var output = FileOutput(descriptor: STDOUT_FILENO, path: "standard output")
      try body(&output)
      try output.flush()
    case .path(let path):
      var status = stat()
      let exists = stat(path, &status) == 0
      if exists, status.st_mode & S_IFMT == S_IFDIR { throw FileError(path: path, .isDirectory) }
      if exists, status.st_mode & S_IFMT != S_IFREG {
        try writeDirectly(to: path, body)
      } else {
        if !exists { try refuseDanglingLink(path) }
        try replace(path, mode: exists ? status.st_mode & 0o777 : nil, body)
      }
    }
  }

  private static func writeDirectly(
    to path: String, _ body: (inout FileOutput) throws(FileError) -> Void
  ) throws(FileError) {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw openFailure(path) }
    defer { close(descriptor) }
    var output = FileOutput(descriptor: descriptor, path: path)
    try body(&output)
    try output.flush()
  }

  private static func replace(
    _ path: String, mode: mode_t?, _ body: (inout FileOutput) throws(FileError) -> Void
  ) throws(FileError) {
    let target = resolved(path)
    let temporary = try TemporaryFile(beside: target)
    do throws(FileError) {
      var output = FileOutput(descriptor: temporary.descriptor, path: path)
      try body(&output)
      try output.flush()
      if let mode { _ = fchmod(temporary.descriptor, mode) }
      guard fsync(temporary.descriptor) == 0 else {
        throw FileError(path: path, .cannotWrite(reason: Descriptor.systemReason()))
      }
    } catch {
      temporary.discard()
      throw error
    }
    try temporary.rename(to: target)
  }

  private static func refuseDanglingLink(_ path: String) throws(FileError) {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = readlink(path, &target, Int(PATH_MAX))
    guard count >= 0 else { return }
    let text = String(decoding: target.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
    throw FileError(path: path, .danglingLink(to: text))
  }

  /// The path behind symbolic links, or the path itself where nothing stands there yet.
  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func openFailure(_ path: String) -> FileError {
    FileError(path: path, .cannotOpen(reason: Descriptor.systemReason()))
  }
}
