import ArgumentParser
import FlowConformance
import FlowFiles

/// `flowref fuzz`.
struct FuzzCommand: AsyncParsableCommand, Exemplified {
  static let example = "flowref fuzz --seed 1 --cases 200 -- flowref oracle"

  static let configuration = CommandConfiguration(
    commandName: "fuzz",
    abstract: "Compares another implementation with this one on random requests.",
    discussion: """
      Draws requests over the whole domain of every operation that the command offers, its edges \
      among them, and compares the answers with the engine's. What differs is shrunk to the simplest \
      request that still differs and printed as a fixture to keep. The sensitivity of an answer is \
      estimated from differences, and the engine's own error is allowed for, so that a difference is \
      a mistake of one of the two.

      Exit code 0: no difference in at least one comparison; 1: some; 2: trouble, or nothing to compare; \
      64: wrong usage.
      """)

  @Option(
    parsing: .unconditional, help: "Which random requests: any whole number from 0 to 2^64 - 1.")
  var seed: UInt64

  @Option(
    parsing: .unconditional, help: ArgumentHelp("How many requests to draw.", valueName: "count"))
  var cases = 1000

  @Option(
    help: ArgumentHelp(
      "Only operations that match; may be given several times.", valueName: "glob"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp(
      "Judge by float64 or float32 instead of the declared precision.", valueName: "format"))
  var precision: Precision?

  @OptionGroup var patience: PatienceOptions

  @Argument(parsing: .postTerminator, help: "The command to check, after --.")
  var command: [String] = []

  func validate() throws {
    guard !command.isEmpty else { throw ValidationError("Give the command to check after --.") }
    guard (1...10_000_000).contains(cases) else {
      throw ValidationError("--cases must be between 1 and 10000000.")
    }
    guard precision == nil || precision == .float64 || precision == .float32 else {
      throw ValidationError("--precision must be float64 or float32 here.")
    }
  }

  func run() async throws {
    try await Trouble.reported {
      var settings = Validator.Settings()
      settings.precision = precision
      patience.apply(to: &settings)
      let bar = ProgressBar(total: cases)
      let result = await Fuzzer(command: command, settings: settings)
        .run(seed: seed, cases: cases, only: only.map(Glob.init)) { bar.advance(by: $0) }
      bar.finish()
      try AtomicFile.write(to: .standardOutput) { output throws(FileError) in
        try output.append(result.text(command: command))
      }
      if result.agrees { return }
      throw ExitCode(result.findings.isEmpty ? 2 : 1)
    }
  }
}
