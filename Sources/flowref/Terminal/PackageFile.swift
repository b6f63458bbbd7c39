import FlowFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Files that come with the package.
enum PackageFile {
  /// The file below the current directory, or below a directory that holds the executable.
  static func path(_ relativePath: String) throws(FileError) -> String {
    var directory = executableDirectory ?? ""
    var candidates = [relativePath]
    while let slash = directory.lastIndex(of: "/") {
      candidates.append("\(directory)/\(relativePath)")
      directory = String(directory[..<slash])
    }
    if let found = candidates.first(where: { access($0, R_OK) == 0 }) { return found }
    throw FileError(
      path: relativePath,
      .cannotOpen(
        reason: "it is neither below the current directory nor above the executable; "
          + "run in the package's directory, or name another place"))
  }

  private static var executableDirectory: String? {
    guard let path = realpath("/proc/self/exe", nil) ?? realpath(CommandLine.arguments[0], nil)
    else { return nil }
    defer { free(path) }
    let text = String(cString: path)
    return text.lastIndex(of: "/").map { String(text[..<$0]) }
  }
}
