import ArgumentParser
import FlowMatching

/// The exact field that --data, --source and --path ask for.
enum ExactField {
  static func field(
    _ data: DataOptions, _ source: SourceOption, _ path: PathOptions
  ) throws -> MarginalField {
    guard let (_, target) = try data.target().map(source.applied) else {
      throw ValidationError("--data is missing.")
    }
    return MarginalField(path: try path.path(), target: target)
  }
}
