import ArgumentParser
import FlowConformance
import FlowFiles

/// Where the fixtures lie.
struct FixturesOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The directory of the fixtures (default: the one that came with this program).",
      valueName: "dir"))
  var fixtures: String?

  func library() throws(FileError) -> FixtureLibrary {
    try FixtureLibrary(root: try directory())
  }

  private func directory() throws(FileError) -> String {
    if let fixtures { return fixtures }
    return String(try PackageFile.path("Fixtures/schema").dropLast("/schema".count))
  }
}
