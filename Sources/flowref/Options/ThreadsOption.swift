import ArgumentParser

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// How many threads work; results do not depend on it.
struct ThreadsOption: ParsableArguments {
  @Option(parsing: .unconditional, help: "Threads (default: one per processor).")
  var threads: Int = standard

  /// One per processor.
  static let standard = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))

  mutating func validate() throws {
    if threads < 1 { throw ValidationError("--threads must be at least 1.") }
  }
}
