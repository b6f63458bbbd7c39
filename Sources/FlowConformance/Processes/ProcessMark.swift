import FlowFiles
import Subprocess

#if canImport(Darwin)
  import Darwin
#elseif canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// By what a program and all that it starts are found again, to end them.
///
/// They are the process group of the program, and on Linux also what left that group (`setsid`, daemons):
/// it inherited an environment variable whose value is this program's alone.
struct ProcessMark: Sendable {
  private static let name = "FLOWREF_PROCESS"
  private let value = "\(getpid())-\(UInt64.random(in: 0 ... .max))"

  /// The environment of this process with the mark.
  var environment: Environment {
    .inherit.updating([Environment.Key(stringLiteral: Self.name): value])
  }

  /// Kills the group of `leader` and whoever carries the mark.
  func kill(groupOf leader: pid_t) {
    Self.kill(-leader)
    // Whoever forks while it is looked for is found in the next round.
    for _ in 0..<20 {
      let found = marked()
      if found.isEmpty { return }
      for process in found { Self.kill(process) }
      usleep(1000)
    }
  }

  private static func kill(_ process: pid_t) {
    #if canImport(Darwin)
      _ = Darwin.kill(process, SIGKILL)
    #elseif canImport(Glibc)
      _ = Glibc.kill(process, SIGKILL)
    #else
      _ = Musl.kill(process, SIGKILL)
    #endif
  }

  /// The processes with the mark; none where the system does not tell.
  private func marked() -> [pid_t] {
    let text = Array("\(Self.name)=\(value)\0".utf8)
    return ((try? DirectoryContents.names(of: "/proc")) ?? []).compactMap { name in
      guard let process = pid_t(name), process != getpid(),
        let environment = try? FileBytes.read("/proc/\(name)/environ"),
        environment.count >= text.count
      else { return nil }
      let isMarked = environment.indices.contains { start in
        environment[start] == text[0] && environment[start...].starts(with: text)
      }
      return isMarked ? process : nil
    }
  }
}
