import ArgumentParser
import FlowFiles
import FlowMatching

/// A source other than the standard normal, for the commands whose quantities are defined with one.
struct SourceOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      The source, a mixture like the data: a preset, a file or a target as in requests (default: the \
      standard normal).
      """, valueName: "preset|file|json"))
  var source: String?

  /// Throws for a source without data.
  func check(_ data: DataOptions) throws {
    if source != nil, data.data == nil { throw ValidationError("--source needs --data.") }
  }

  /// The data with this source.
  func applied(
    to data: (name: String, target: any Target)
  ) throws -> (name: String, target: any Target) {
    guard let source else { return data }
    let other = try DataOptions.named(source, std: 0) {
      try TableLayout.read(source, DataSelection())
    }.target
    guard let mixture = data.target as? GaussianMixture, let noise = other as? GaussianMixture
    else {
      throw FlowError(.unsupported, "source", "with a source both ends must be mixtures")
    }
    return ("\(data.name)_sourced", try SourcedMixture(data: mixture, source: noise))
  }
}
