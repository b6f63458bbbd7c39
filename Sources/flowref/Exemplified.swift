import ArgumentParser
import FlowFiles

/// A command whose help ends with an example that works.
protocol Exemplified: ParsableCommand {
  static var example: String { get }
}

extension Exemplified {
  /// The command's help with its example at the end.
  fileprivate static func help(within root: any ParsableCommand.Type) -> String {
    let plain = self == root ? root.helpMessage() : root.helpMessage(for: self)
    return plain.trimmedEnd + "\n\nEXAMPLE:\n  \(example)\n"
  }
}

extension AsyncParsableCommand {
  /// Parses and runs, as the default `main` does, except that help ends with an example.
  static func runWithExamples() async {
    do {
      var command = try parseAsRoot()
      if var command = command as? any AsyncParsableCommand {
        try await command.run()
      } else {
        try command.run()
      }
    } catch {
      let message = fullMessage(for: error)
      let subcommands = configuration.subcommands
      let commands = [self] + subcommands + subcommands.flatMap { $0.configuration.subcommands }
      for case let command as any Exemplified.Type in commands
      where exitCode(for: error).isSuccess && message.contains("USAGE:") {
        let plain = command == self ? helpMessage() : helpMessage(for: command)
        if message.trimmedEnd == plain.trimmedEnd {
          print(command.help(within: self), terminator: "")
          return
        }
      }
      exit(withError: error)
    }
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    String(self[..<(lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? startIndex)])
  }
}
