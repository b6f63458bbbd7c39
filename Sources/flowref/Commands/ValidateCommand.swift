public import ArgumentParser
public import FlowConformance
import FlowFiles

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// `flowref validate`.
struct ValidateCommand: AsyncParsableCommand, Exemplified {
  static let example = "flowref validate --only 'schedule/*' -- flowref oracle"

  static let configuration = CommandConfiguration(
    commandName: "validate",
    abstract: "Checks another implementation against the certified fixtures.",
    discussion: """
      Starts the command, sends it requests of the wire protocol, one JSON object per line, and \
      judges its answers by the one pass rule. Numbers are sent there and back first. A process that \
      crashes or hangs is started again and the rest goes on. What an implementation does not offer \
      (unsupported) is counted and never a failure.

      Failures have tiers. A wrong value, or no answer, fails the run; what is wrong at an end of time, \
      refusals and their codes, and requests of the wrong form are counted and listed apart, and fail it \
      with --strict. Counts of evaluations and error estimates are judged for the methods that the \
      greeting claims.

      Exit code 0: conforms; 1: does not; 2: trouble, such as a command that cannot be started; 64: \
      wrong usage.
      """)

  @OptionGroup var fixtures: FixturesOption

  @Option(
    help: ArgumentHelp(
      "Only cases whose id, file (schedule/vp) or operation matches; may be given several times.",
      valueName: "glob"))
  var only: [String] = []

  @Option(
    help: ArgumentHelp(
      "Judge by this precision instead of the declared one: float64, float32, float16, bfloat16.",
      valueName: "format"))
  var precision: Precision?

  @OptionGroup var patience: PatienceOptions

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many requests may wait for answers.", valueName: "count"))
  var window = 64

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many restarts before giving up.", valueName: "count"))
  var restarts = 100

  @Option(
    help: ArgumentHelp(
      "Patterns of ids that are known to fail, one a line; one that passes is an error.",
      valueName: "file"))
  var expect: String?

  @Option(help: ArgumentHelp("Writes a JUnit report.", valueName: "file"))
  var junit: String?

  @Option(help: ArgumentHelp("Writes a page with the matrix of operations.", valueName: "file"))
  var html: String?

  @Flag(help: "Fails for failures of every tier, not only for wrong values and missing answers.")
  var strict = false

  @Flag(help: "Writes JSON to the standard output instead of a table.")
  var json = false

  @Argument(parsing: .postTerminator, help: "The command to check, after --.")
  var command: [String] = []

  func validate() throws {
    guard !command.isEmpty else { throw ValidationError("Give the command to check after --.") }
    guard (1...4096).contains(window) else {
      throw ValidationError("--window must be between 1 and 4096.")
    }
    guard restarts >= 0 else { throw ValidationError("--restarts must not be negative.") }
  }

  func run() async throws {
    try await Trouble.reported {
      for path in [junit, html].compactMap({ $0 }) { try Directory.checkWritable(fileAt: path) }
      let expected = try expect.map { path throws(FileError) in try ExpectedFailures(path: path) }
      let all = try fixtures.library()
      let library = all.selecting(only.map(Glob.init))
      guard !library.entries.isEmpty else {
        throw ValidationError("No case matches --only \(only.joined(separator: ", ")).")
      }
      var settings = Validator.Settings()
      settings.precision = precision
      patience.apply(to: &settings)
      settings.window = window
      settings.maximumRestarts = restarts
      let bar = ProgressBar(total: library.entries.count)
      let validation = await Validator(command: command, settings: settings).run(library) {
        bar.advance(by: $0)
      }
      bar.finish()
      let report = ValidationReport(
        validation, of: library, command: command, expected: expected,
        knownIDs: all.entries.map(\.fixture.id), isStrict: strict)
      if let junit { try Self.write(Array(report.junit.utf8), to: .path(junit)) }
      if let html { try Self.write(Array(report.page.utf8), to: .path(html)) }
      let inColour = isatty(1) != 0 && getenv("NO_COLOR") == nil
      try Self.write(
        json ? report.json : Array(report.text(inColour: inColour).utf8), to: .standardOutput)
      if validation.trouble != nil {
        throw ExitCode(report.hasFailures ? 1 : 2)
      }
      if !report.conforms { throw ExitCode(1) }
    }
  }

  private static func write(
    _ bytes: [UInt8], to destination: FileDestination
  ) throws(FileError) {
    try AtomicFile.write(to: destination) { output throws(FileError) in
      output.pending += bytes
      try output.flushIfLarge()
    }
  }
}

extension Precision: ExpressibleByArgument {}
