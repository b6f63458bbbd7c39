import ArgumentParser
import FlowFiles

@main
struct FlowReference: AsyncParsableCommand, Exemplified {
  /// The version of the tool and of the library.
  static let version = "0.1.0"
  static let example = "flowref verify --data eight_gaussians --path ot"

  static let configuration = CommandConfiguration(
    commandName: "flowref",
    abstract: "Exact reference values for flow matching.",
    discussion: """
      Standard output is data, standard error is talk. Exit codes: 0 conforms, 1 does not, \
      2 trouble, 64 wrong usage.
      """,
    version: version,
    subcommands: [
      VerifyCommand.self, FieldCommand.self, FlowCommand.self, SampleCommand.self,
      LikelihoodCommand.self, ConservationCommand.self, CouplingsCommand.self, OracleCommand.self,
      ValidateCommand.self, FuzzCommand.self, TrainCommand.self, ResumeCommand.self,
      ScoreCommand.self, BenchmarkCommand.self, StudyCommand.self, CatalogueCommand.self,
    ])

  static func main() async {
    Termination.handleSignals()
    await runWithExamples()
  }
}
