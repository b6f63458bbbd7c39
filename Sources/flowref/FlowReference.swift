import ArgumentParser

@main
struct FlowReference: ParsableCommand {
  /// The version of the tool and of the library.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "flowref",
    abstract: "Exact reference values for flow matching.",
    version: version,
    subcommands: [OracleCommand.self])
}
