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

  func run() throws {
    var oracle = Oracle(version: FlowReference.version, allowsFiles: allowFiles)
    try oracle.run()
  }
}
