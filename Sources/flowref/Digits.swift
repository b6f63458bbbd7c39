import FlowFiles
import FlowMatching

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The handwritten digits that come with the package, scaled to [-1, 1].
enum Digits {
  static let relativePath = "Fixtures/data/digits.csv"

  static func target(std: Double) throws -> GaussianMixture {
    let selection = DataSelection(labelColumn: .name("label"), scale: 0.125, offset: -1)
    return try DataTable.read(try path(), selection: selection).target(std: std)
  }

  /// The file below the current directory, or below a directory that holds the executable.
  private static func path() throws(FileError) -> String {
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
          + "run in the package's directory, or name other data with --data"))
  }

  private static var executableDirectory: String? {
    guard let path = realpath("/proc/self/exe", nil) ?? realpath(CommandLine.arguments[0], nil)
    else { return nil }
    defer { free(path) }
    let text = String(cString: path)
    return text.lastIndex(of: "/").map { String(text[..<$0]) }
  }
}
