import ArgumentParser
import FlowConformance

/// How long another program is waited for.
struct PatienceOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The longest wait for one answer.", valueName: "seconds"))
  var timeout = 10.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The longest wait for the first answers of a process, in which it loads libraries.",
      valueName: "seconds"))
  var startTimeout = 60.0

  mutating func validate() throws {
    guard timeout > 0, timeout <= 86_400, startTimeout > 0, startTimeout <= 86_400 else {
      throw ValidationError("A timeout must be above 0 and at most 86400 seconds.")
    }
  }

  func apply(to settings: inout Validator.Settings) {
    settings.timeout = .seconds(timeout)
    settings.startTimeout = .seconds(startTimeout)
  }
}
