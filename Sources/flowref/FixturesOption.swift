import ArgumentParser
import FlowConformance
import FlowFiles

/// Where the fixtures lie.
struct FixturesOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The directory of the fixtures; looked for below the current one and above this program.",
      valueName: "dir"))
  var fixtures: String?

  func library() throws -> FixtureLibrary {
    do {
      return try FixtureLibrary(root: try directory())
    } catch let error as FixtureFile.Malformed {
      throw FileError(path: error.path, .cannotRead(reason: error.what))
    }
  }

  private func directory() throws(FileError) -> String {
    if let fixtures { return fixtures }
    return String(try PackageFile.path("Fixtures/schema").dropLast("/schema".count))
  }
}
