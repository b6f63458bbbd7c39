import ArgumentParser

@main
struct FlowReference: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "flowref")
}
