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
/// name. A symbolic link is followed; a device or a pipe is written directly.
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
        try replace(path, mode: exists ? status.st_mode & 0o7777 : nil, body)
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
    let temporary = "\(target).\(getpid())-\(UInt32.random(in: 0 ... .max)).tmp"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw openFailure(path) }
    do throws(FileError) {
      defer { close(descriptor) }
      var output = FileOutput(descriptor: descriptor, path: path)
      try body(&output)
      try output.flush()
      if let mode { _ = fchmod(descriptor, mode) }
      guard fsync(descriptor) == 0 else { throw writeFailure(path) }
    } catch {
      unlink(temporary)
      throw error
    }
    guard rename(temporary, target) == 0 else {
      let failure = writeFailure(path)
      unlink(temporary)
      throw failure
    }
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

  private static func writeFailure(_ path: String) -> FileError {
    FileError(path: path, .cannotWrite(reason: Descriptor.systemReason()))
  }
}
