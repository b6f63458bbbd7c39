import ArgumentParser
import FlowFigures
import FlowFiles
import FlowMatching
import FlowStudies

/// `flowref study notebook`.
struct NotebookStudyCommand: AsyncParsableCommand, Exemplified {
  static let example = "flowref study notebook --shortened 50 --out notebook"

  static let configuration = CommandConfiguration(
    commandName: "notebook",
    abstract: "Trains a small network on a ring of Gaussians and shows it beside the exact field.",
    discussion: """
      The experiment of introductory notebooks: a Gaussian, a uniform and a data-set source (the ink of \
      a handwritten digit), 500 updates of 1,000 rows (4,000 for the last), Euler with 500 steps, the \
      field at t = 0, 0.5 and 1, and an explorer that animates the samples.
      """)

  @Option(help: ArgumentHelp("The directory to write to.", valueName: "dir"))
  var out: String

  @Option(parsing: .unconditional, help: "The seed of the data, the network and the samples.")
  var seed: UInt64 = 42

  @Flag(
    help:
      "Takes each of the 1,000 samples once per epoch, as textbooks do; otherwise batches are drawn with replacement."
  )
  var epochs = false

  @OptionGroup var running: ThreadsOption

  @Option(parsing: .unconditional, help: "Divides the numbers of updates, for a quick look.")
  var shortened = 1

  mutating func validate() throws {
    guard (1...500).contains(shortened) else {
      throw ValidationError("--shortened must be from 1 to 500.")
    }
  }

  func run() async throws {
    try await Trouble.reported {
      try Directory.prepare(out)
      let digits = try Digits.table()
      // Ink from 0 to 2 of the first picture, a zero.
      let image = digits.values.prefix(digits.dimension).map { $0 + 1 }
      let study = try NotebookStudy(
        image: image, width: 8, seed: seed, threads: running.threads, takesEpochs: epochs,
        shortened: shortened)
      let bar = ProgressBar(total: study.parts)
      let results = try NotebookResults(study) { bar.advance() }
      bar.finish()
      try await StudyOutput(directory: out).write(
        title: "A ring of Gaussians, learned and exact",
        introduction: [
          """
          A network of 128 neurons a layer learns the velocity from three sources to eight Gaussians on \
          a circle of radius 3 (std 0.2): N(0, I), the uniform law on [-3.5, 3.5]^2, and the ink of a \
          handwritten zero. The exact field of each is known in closed form. Seed \(seed).
          """
        ], explorer: results.explorer, results.figures, results.tables)
    }
  }
}
