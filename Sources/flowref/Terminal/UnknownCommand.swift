import ArgumentParser

/// Names of commands that there are not.
enum UnknownCommand {
  /// Throws for a first word, or a second one of a command that has nothing but commands, that is no command.
  static func refuse(_ words: [String], below root: CommandConfiguration) throws {
    var configuration = root
    for word in words {
      let below: [CommandConfiguration] = configuration.subcommands.map { $0.configuration }
      guard !word.hasPrefix("-"), word != "help", !below.isEmpty,
        configuration.defaultSubcommand == nil
      else { return }
      guard let next = below.first(where: { $0.commandName == word }) else {
        throw ValidationError(
          Nearest.refusal("command", word, among: below.compactMap { $0.commandName }))
      }
      configuration = next
    }
  }
}
