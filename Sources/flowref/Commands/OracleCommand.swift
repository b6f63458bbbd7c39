import ArgumentParser
import FlowConformance

/// `flowref oracle`.
struct OracleCommand: ParsableCommand, Exemplified {
  static let example =
    #"echo '{"id":1,"op":"schedule","path":{"kind":"vp"},"t":0.5}' | flowref oracle"#

  static let configuration = CommandConfiguration(
    commandName: "oracle",
    abstract: "Answers requests of the wire protocol on standard input, one JSON object per line.",
    discussion: """
      The end of the input ends it. A bad line is answered with an error and changes nothing.
      """)

  @Flag(help: "Let targets of kind \"file\" read data files.")
  var allowFiles = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Refuse requests that need more memory, in gigabytes.", valueName: "GB"))
  var memory = 4.0

  @Option(
    parsing: .unconditional,
    help: "Refuse requests that need more seconds, and give up those that take more.")
  var seconds = 60.0

  func validate() throws {
    for (name, value) in [("--memory", memory), ("--seconds", seconds)] where !(value > 0) {
      throw ValidationError("\(name) \(value) must be above 0")
    }
  }

  func run() throws {
    try Trouble.reported {
      var oracle = Oracle(
        version: FlowReference.version, allowsFiles: allowFiles,
        limits: RequestLimits(memory: memory * 1e9, seconds: seconds))
      try oracle.run()
    }
  }
}
