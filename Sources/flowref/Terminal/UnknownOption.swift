import ArgumentParser

/// Names of options that there are not.
enum UnknownOption {
  /// A misspelt option is said before what is missing because of it: `--dat ring` leaves `--data` out, but that is not the
  /// mistake. `nil` where all options exist, and for an error that is not one of usage.
  static func refusal(
    _ arguments: [String], of root: any ParsableCommand.Type, insteadOf error: any Error
  ) -> ValidationError? {
    guard root.exitCode(for: error) == .validationFailure else { return nil }
    var command = root
    var path = "flowref"
    for word in arguments {
      guard
        let next = command.configuration.subcommands.first(where: {
          $0.configuration.commandName == word
        })
      else { break }
      command = next
      path += " \(word)"
    }
    let known = options(in: command == root ? root.helpMessage() : root.helpMessage(for: command))
    for word in arguments {
      if word == "--" { return nil }
      guard word.hasPrefix("--"), let name = options(in: word).first, !known.contains(name) else {
        continue
      }
      let meant = Nearest.word(to: name, among: known).map { "; did you mean \($0)?" } ?? "."
      return ValidationError("There is no option \(name)\(meant) \(path) --help has them all.")
    }
    return nil
  }

  /// The words of a text that are names of options.
  private static func options(in text: String) -> [String] {
    text.matches(of: /--[a-z][a-z0-9-]*/).map { String($0.output) }
  }
}
