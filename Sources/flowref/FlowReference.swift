import ArgumentParser

@main
struct FlowReference: ParsableCommand {
  /// The version of the tool and of the library.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "flowref",
    abstract: "Exact reference values for flow matching.",
    discussion: """
      Standard output is data, standard error is talk. Exit codes: 0 conforms, 1 does not, \
      2 trouble, 64 wrong usage.

      Example:
        flowref verify --data eight_gaussians --path ot
      """,
    version: version,
    subcommands: [VerifyCommand.self, OracleCommand.self])
}
