import ArgumentParser
import FlowFiles
import FlowMatching

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
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      try UnknownCommand.refuse(arguments, below: configuration)
      let command = try parseAsRoot()
      // Nothing that this machine's memory cannot hold is begun.
      try await Budget.$current.withValue(Budget(memory: PhysicalMemory.bytes)) {
        if var command = command as? any AsyncParsableCommand {
          try await command.run()
        } else {
          var command = command
          try command.run()
        }
      }
    } catch {
      let error = UnknownOption.refusal(arguments, of: self, insteadOf: error) ?? error
      let message = fullMessage(for: error)
      let subcommands = configuration.subcommands
      let commands = [self] + subcommands + subcommands.flatMap { $0.configuration.subcommands }
      for case let command as any Exemplified.Type in commands
      where exitCode(for: error).isSuccess && message.contains("USAGE:") {
        let plain = command == self ? helpMessage() : helpMessage(for: command)
        if message.trimmedEnd == plain.trimmedEnd {
          end(printing: command.help(within: self))
        }
      }
      if exitCode(for: error).isSuccess { end(printing: message + "\n") }
      exit(withError: error)
    }
  }

  /// Help and the version are output like any other: where it cannot be written the exit code is 2.
  private static func end(printing text: String) -> Never {
    do throws(FileError) {
      Descriptor.ignoreBrokenPipes()
      try Descriptor.write(Array(text.utf8), to: 1, path: "standard output")
      exit(withError: nil)
    } catch {
      Trouble.note(error.description)
      exit(withError: ExitCode(2))
    }
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    String(self[..<(lastIndex { !$0.isWhitespace }.map { index(after: $0) } ?? startIndex)])
  }
}
