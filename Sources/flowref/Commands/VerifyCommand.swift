import ArgumentParser
import FlowFiles
import FlowMatching
import FlowStudies
import FlowTraining
import FlowVerification

struct VerifyCommand: ParsableCommand, Exemplified {
  static let example = "flowref verify --data eight_gaussians --path ot"

  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks that exact fields satisfy their equations.",
    discussion: """
      Draws points from p_t over t and checks on every path and target: the continuity equation in \
      three ways, score and density, velocity and score, Tweedie's formula, Jacobian and divergence, \
      normalisation, moments, the gap between the two losses, and samples against the density. \
      Without --data: two toy mixtures, a mixture with full covariances in five dimensions, one on \
      the line, a checkerboard, intervals, a ring, a mixture whose source is a mixture, two moons by \
      quadrature, and 1,797 handwritten digits in 64 dimensions. Without --path: every kind. \
      Without --data also the float32 trainer against the engine: what it draws, its kernels, \
      theorem 2 on a network, its optimiser, its sampler, its bits.

      Exit code 0: all passed; 1: some failed; 2: trouble; 64: wrong usage.
      """)

  @OptionGroup var data: DataOptions
  @OptionGroup var source: SourceOption
  @OptionGroup var path: PathOptions

  @Option(
    parsing: .unconditional, help: "Which random points: any whole number from 0 to 2^64 - 1.")
  var seed: UInt64 = 0

  @Option(
    help: ArgumentHelp(
      "Writes index.html, verify.md and verify.json into this directory.", valueName: "dir"))
  var out: String?

  @Flag(help: "Checks the trainer alone (a few seconds).")
  var training = false

  @Flag(help: "Writes JSON to the standard output instead of a table.")
  var json = false

  func validate() throws {
    try source.check(data)
    try data.checkLayout()
    if training, data.data != nil { throw ValidationError("--training has data of its own.") }
  }

  func run() throws {
    try Trouble.reported {
      let verification = Verification(
        paths: try paths(), targets: training ? [] : try targets(), seed: seed)
      let trainer = data.data != nil ? nil : TrainingVerification(verification)
      if let out { try Directory.prepare(out) }
      let progress = VerificationProgress(verification, further: trainer?.stepCount ?? 0)
      var results = verification.run { progress.add($0, $1) }
      if let trainer {
        let found = trainer.run { progress.advance("training") }
        progress.say(TargetSummary("training", found).line)
        results += found
      }
      progress.finish()
      let outcome = VerificationReport(
        verification, results: results,
        further: trainer == nil ? [] : TrainingVerification.statements)
      if let out {
        try write(Array(outcome.markdown.utf8), to: .path("\(out)/verify.md"))
        try write(outcome.json, to: .path("\(out)/verify.json"))
        try write(Array(try page(outcome, verification).html.utf8), to: .path("\(out)/index.html"))
        Trouble.note("the report is \(out)/index.html")
      }
      try write(json ? outcome.json : Array(outcome.text.utf8), to: .standardOutput)
      if !outcome.passed { throw ExitCode(1) }
    }
  }

  private func page(
    _ outcome: VerificationReport, _ verification: Verification
  ) throws -> VerificationPage {
    var pictures: [String: (png: [UInt8], caption: String)] = [:]
    for named in verification.targets {
      guard let (image, caption) = try TargetPicture.picture(of: named.target) else { continue }
      pictures[named.name] = (image.png, caption)
    }
    let words = CommandLine.arguments.dropFirst().map { $0.contains(" ") ? "'\($0)'" : $0 }
    return VerificationPage(
      outcome, command: (["flowref"] + words).joined(separator: " "), pictures: pictures)
  }

  private func paths() throws -> [NamedPath] {
    guard let kind = path.kind else { return try NamedPath.all() }
    return [NamedPath(name: kind.rawValue, path: try path.path())]
  }

  private func targets() throws -> [NamedTarget] {
    if let (name, target) = try data.target().map(source.applied) {
      return [NamedTarget(name: name, target: target)]
    }
    return try NamedTarget.toys()
      + [try .preset(.twoMoons)]
      + [NamedTarget(name: "digits", target: try Digits.target(std: 0))]
  }

  private func write(_ bytes: [UInt8], to destination: FileDestination) throws(FileError) {
    try AtomicFile.write(to: destination) { output throws(FileError) in
      output.pending += bytes
      try output.flushIfLarge()
    }
  }
}

extension TrainingVerification {
  /// On the same paths and seed.
  fileprivate init(_ verification: Verification) {
    self.init(paths: verification.paths.map { ($0.name, $0.path) }, seed: verification.seed)
  }
}
