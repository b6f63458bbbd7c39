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
  /// The variable that names the directory which holds them.
  static let variable = "FLOWREF_DATA"

  /// The file below the first of these directories that has it: that of ``variable`` and no other if that is set;
  /// the current one; `share/flowref` beside the program's `bin`, where `make install` puts them; those that hold the
  /// program; and the package that it was built from.
  static func path(_ relativePath: String) throws(FileError) -> String {
    let named = getenv(variable).map { String(cString: $0) }
    let candidates = (named.map { [$0] } ?? places).map { "\($0)/\(relativePath)" }
    if let found = candidates.first(where: { access($0, R_OK) == 0 }) { return found }
    throw FileError(
      path: relativePath,
      .cannotOpen(
        reason: named.map { "\(variable) is \($0), which has no such file" }
          ?? "it is neither below the current directory nor installed with this program; set \(variable) to the "
          + "directory that holds Fixtures"))
  }

  /// The commit that the program was built from: what the build wrote beside it, or `make install` among its files.
  static var commit: String? {
    guard let directory = executableDirectory else { return nil }
    for place in ["\(directory)/flowref.commit", "\(directory)/../share/flowref/flowref.commit"] {
      if let bytes = try? FileBytes.read(place) {
        return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
      }
    }
    return nil
  }

  private static var places: [String] {
    var places = ["."]
    if var directory = executableDirectory {
      places.append("\(directory)/../share/flowref")
      while let slash = directory.lastIndex(of: "/") {
        places.append(directory)
        directory = String(directory[..<slash])
      }
    }
    // Sources/flowref/Terminal/PackageFile.swift
    let source = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    return places + [source.dropLast(4).joined(separator: "/")]
  }

  private static var executableDirectory: String? {
    guard let path = realpath("/proc/self/exe", nil) ?? realpath(CommandLine.arguments[0], nil)
    else { return nil }
    defer { free(path) }
    let text = String(cString: path)
    return text.lastIndex(of: "/").map { String(text[..<$0]) }
  }
}
