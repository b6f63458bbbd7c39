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
      Standard output is data, standard error is talk. Exit codes: 0 all holds, 1 a claim does not \
      (verify, validate, fuzz), 2 trouble with files, numbers or processes, 64 wrong usage. The digits and the \
      fixtures are found by the program; FLOWREF_DATA names another directory that holds Fixtures.
      """,
    version: version + (PackageFile.commit.map { " (\($0))" } ?? ""),
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
