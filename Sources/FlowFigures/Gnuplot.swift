package import FlowFiles
import Subprocess

#if canImport(System)
  import System
#else
  import SystemPackage
#endif
#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Draws figures with gnuplot, which is optional: without it scripts and data are written all the same.
package enum Gnuplot {
  /// What became of the figures.
  package enum Outcome: Equatable, Sendable {
    case drawn
    /// There is no gnuplot in PATH.
    case missing
  }

  /// How to get it, in one line.
  package static let advice =
    "gnuplot was not found: the figures' data and scripts were written, but no pictures; install it "
    + "(apt install gnuplot-nox, or brew install gnuplot) and run this again, or gnuplot NAME.gp there"

  /// Writes `NAME.dat` and `NAME.gp` of every figure into the directory and draws `NAME.svg` and
  /// `NAME.png`; each file appears whole or not at all.
  /// - Parameter program: the name in PATH, or the path, of gnuplot.
  /// - Throws: `FileError`; `damaged` with gnuplot's words where it fails.
  package static func draw(
    _ figures: [any Figure], in directory: String, program: String = "gnuplot",
    progress: () -> Void = {}
  ) async throws(FileError) -> Outcome {
    for figure in figures {
      try write(figure.data.text, to: "\(directory)/\(figure.name).dat")
      try write(figure.script, to: "\(directory)/\(figure.name).gp")
    }
    let executable: Executable = program.contains("/") ? .path(FilePath(program)) : .name(program)
    guard (try? await executable.resolveExecutablePath(in: .inherit)) != nil else {
      return .missing
    }
    for figure in figures {
      try await draw(figure, in: directory, executable)
      progress()
    }
    return .drawn
  }

  private static func draw(
    _ figure: any Figure, in directory: String, _ gnuplot: Executable
  ) async throws(FileError) {
    let script = "\(figure.name).gp"
    let suffix = ".\(getpid()).part"
    let parts = figure.pictures.map { "\(directory)/\(figure.name)\($0)" }
    func failed(_ reason: String) -> FileError {
      for part in parts { unlink(part + suffix) }
      return FileError(path: "\(directory)/\(script)", .damaged(reason: "gnuplot: \(reason)"))
    }
    let step = Termination.add { for part in parts { unlink(part + suffix) } }
    defer { Termination.remove(step) }
    let outcome: (isSuccess: Bool, words: String)
    do {
      let result = try await Subprocess.run(
        gnuplot, arguments: ["-e", "suffix = '\(suffix)'", script],
        workingDirectory: FilePath(directory), output: .discarded, error: .string(limit: 1 << 20))
      outcome = (result.terminationStatus.isSuccess, result.standardError)
    } catch {
      throw failed("\(error)")
    }
    guard outcome.isSuccess else { throw failed(outcome.words) }
    for part in parts where rename(part + suffix, part) != 0 {
      throw failed("it wrote no \(part)")
    }
  }

  private static func write(_ text: String, to path: String) throws(FileError) {
    try AtomicFile.write(to: .path(path)) { output throws(FileError) in try output.append(text) }
  }
}
