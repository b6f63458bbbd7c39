import ArgumentParser
import FlowConformance
import FlowFiles

struct CatalogueCommand: ParsableCommand, Exemplified {
  static let example = "flowref catalogue --json"

  static let configuration = CommandConfiguration(
    commandName: "catalogue",
    abstract: "Lists everything that has a name.",
    discussion: """
      Paths, targets, densities, curves, presets, solvers, quantities and operations: names, parameters \
      with their defaults and accepted values, and one line about each, as Markdown.
      """)

  @Flag(help: "Writes JSON: an object with a list per kind of thing.")
  var json = false

  func run() throws {
    try Trouble.reported {
      let catalogue = Catalogue()
      let bytes = json ? catalogue.json : Array(catalogue.markdown.utf8)
      try AtomicFile.write(to: .standardOutput) { output throws(FileError) in
        output.pending += bytes
        try output.flushIfLarge()
      }
    }
  }
}
