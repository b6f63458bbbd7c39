import ArgumentParser
import FlowConformance
import FlowFiles
import FlowMatching

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Exit code 2: something other than a wrong result or a wrong command line.
enum Trouble {
  /// Runs `body`; an error of a file or of the engine becomes one line on standard error.
  static func reported(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as FileError {
      throw stop(error.description + options(error))
    } catch let error as FlowError {
      throw stop(error.description)
    } catch let error as WireError {
      throw stop(error.message)
    } catch let error as JSONError {
      throw stop("\(error)")
    }
  }

  /// The options that change how a file is read, where that is the trouble.
  private static func options(_ error: FileError) -> String {
    switch error.problem {
    case .notANumber, .neitherHeaderNorData, .raggedRow:
      "; --delimiter, --header and --columns say how data is read, --points-delimiter and so on how points are"
    case .invalidSelection, .unknownColumn, .ambiguousColumn:
      "; --columns and --label-column choose those of data, --points-columns those of points"
    default: ""
    }
  }

  /// The same for a body that waits.
  static func reported(_ body: () async throws -> Void) async throws {
    var result = Result<Void, any Error>.success(())
    do { try await body() } catch { result = .failure(error) }
    try reported { try result.get() }
  }

  /// One line on standard error.
  static func note(_ message: String) {
    let line = "flowref: \(message)\n"
    try? Descriptor.write(Array(line.utf8), to: STDERR_FILENO, path: "standard error")
  }

  private static func stop(_ message: String) -> ExitCode {
    note(message)
    return ExitCode(2)
  }
}
