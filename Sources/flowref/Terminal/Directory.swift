import FlowFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Directories for reports.
enum Directory {
  /// Makes the directory unless it exists, and refuses one that cannot be written: before the work,
  /// not after it.
  static func prepare(_ path: String) throws(FileError) {
    if mkdir(path, 0o777) != 0, errno != EEXIST { throw failure(path) }
    if access("\(path)/.", W_OK | X_OK) != 0 { throw failure(path) }
  }

  /// Refuses a file whose directory cannot be written to.
  static func checkWritable(fileAt path: String) throws(FileError) {
    let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "./"
    if access("\(directory).", W_OK | X_OK) != 0 { throw failure(path) }
  }

  private static func failure(_ path: String) -> FileError {
    FileError(path: path, .cannotWrite(reason: String(cString: strerror(errno))))
  }
}
